"""Publishing: a fact is a row in the commit of the state that it tells about."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import bindparam, delete, func, select, update

from smartflow.shared.bus.bus import Message
from smartflow.shared.database import erased
from smartflow.shared.database.unit import Fact, Read, Unit
from smartflow.shared.events.event import Event, encode, every_event
from smartflow.shared.events.tables import outbox
from smartflow.shared.kernel.codec import from_json, to_json
from smartflow.shared.kernel.ids import Entropy, OwnerId
from smartflow.shared.kernel.trace import Origin


class OutboxWriter:
    """The outbox as a unit sees it, and the bell that wakes the relay of this process."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._bells: list[Callable[[str], None]] = []

    def ring(self, bell: Callable[[str], None]) -> None:
        """Have `bell` called with the publisher's name after each commit that published."""
        self._bells.append(bell)

    async def append(self, unit: Unit, facts: Sequence[Fact]) -> None:
        """Write the facts beside the state that they tell about."""
        told = zip(facts, unit.origins, strict=True)
        rows = [self._row(unit, fact, origin) for fact, origin in told if isinstance(fact, Event)]
        await unit.run(outbox.insert(), rows)

    def committed(self, facts: Sequence[Fact]) -> None:
        """Wake the relays of those facts."""
        for publisher in {fact.publisher for fact in facts if isinstance(fact, Event)}:
            for bell in self._bells:
                bell(publisher)

    def _row(self, unit: Unit, event: Event, origin: Origin) -> dict[str, object]:
        return {
            "event_id": self._entropy.uuid(),
            "publisher": event.publisher,
            "kind": event.kind,
            "schema_version": event.schema,
            "ordering_key": event.key(),
            "user_id": event.owner,
            "payload": encode(event),
            "trace": origin.line(),
            "occurred_at": unit.now,
            "state": "pending",
            "attempts": 0,
        }


class Backlog(NamedTuple):
    """How many facts of a publisher wait to be sent, and since when the oldest does."""

    waiting: int = 0
    since: datetime | None = None


async def backlogs(reader: Read, publishers: Collection[str]) -> dict[str, Backlog]:
    """Count what waits; at the cost of what waits, not of all that was ever sent."""
    mine = (outbox.c.publisher.in_(publishers), outbox.c.state == "pending")
    counted = select(outbox.c.publisher, func.count().label("waiting"), func.min(outbox.c.id).label("first"))
    rows = await reader.all(counted.where(*mine).group_by(outbox.c.publisher))
    if not rows:
        return dict.fromkeys(publishers, Backlog())
    oldest = select(outbox.c.id, outbox.c.occurred_at).where(outbox.c.id.in_([row.first for row in rows]))
    since = {row.id: row.occurred_at for row in await reader.all(oldest)}
    return dict.fromkeys(publishers, Backlog()) | {row.publisher: Backlog(row.waiting, since[row.first]) for row in rows}


async def pending(reader: Read, publisher: str, limit: int) -> list[Message]:
    """Read the oldest facts that are not sent yet: by state, never by a cursor over ids, which commit out of order."""
    waiting = select(outbox).where(outbox.c.publisher == publisher, outbox.c.state == "pending").order_by(outbox.c.id).limit(limit)
    return [
        Message(
            event_id=row.event_id,
            publisher=row.publisher,
            kind=row.kind,
            schema=row.schema_version,
            key=row.ordering_key,
            user_id=OwnerId(row.user_id),
            occurred_at=row.occurred_at,
            position=row.id,
            payload=row.payload,
            trace=row.trace,
        )
        for row in await reader.all(waiting)
    ]


class Kinds(Struct, frozen=True):
    """What is to be known of kinds of facts: which members are a person's words, and which outlive their owner."""

    private: Mapping[str, frozenset[str]]
    outliving: frozenset[str]

    @classmethod
    def known(cls) -> "Kinds":
        """Ask every event that is defined."""
        events = every_event()
        return cls({each.kind: each.private for each in events if each.private}, frozenset(each.kind for each in events if each.outlives))


async def sent(unit: Unit, messages: Sequence[Message], kinds: Kinds) -> None:
    """Mark facts as sent. What somebody said is not kept behind that, and nothing of who was erased meanwhile."""
    ids = [message.position for message in messages]
    await unit.run(update(outbox).where(outbox.c.id.in_(ids)).values(state="sent", sent_at=unit.now))
    said = [message for message in messages if message.kind in kinds.private]
    if said:
        silent = update(outbox).where(outbox.c.id == bindparam("sent")).values(payload=bindparam("rest"))
        await unit.run(silent, [{"sent": each.position, "rest": without(each.payload, kinds.private[each.kind])} for each in said])
    gone = await erased.among(unit, {message.user_id for message in messages})
    if gone:
        late = (outbox.c.id.in_(ids), outbox.c.user_id.in_(gone), outbox.c.kind.not_in(kinds.outliving))
        await unit.run(delete(outbox).where(*late))


def without(payload: str, private: Collection[str]) -> str:
    """Empty some members of a payload; it keeps its shape."""
    told = from_json(payload, dict[str, Any])
    return to_json({name: type(value)() if name in private else value for name, value in told.items()}).decode()


async def failed(unit: Unit, message: Message, error: str) -> None:
    """Note why a fact could not be sent; it stays pending, for ever if need be."""
    noted = update(outbox).where(outbox.c.id == message.position).values(attempts=outbox.c.attempts + 1, last_error=error[:500])
    await unit.run(noted)
