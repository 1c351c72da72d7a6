"""Publishing: a fact is a row in the commit of the state that it tells about."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update

from smartflow.shared.bus.bus import Message
from smartflow.shared.database.unit import Fact, Read, Unit
from smartflow.shared.events.event import Event, encode
from smartflow.shared.events.tables import outbox
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


async def sent(unit: Unit, messages: Sequence[Message]) -> None:
    """Mark facts as sent."""
    ids = [message.position for message in messages]
    await unit.run(update(outbox).where(outbox.c.id.in_(ids)).values(state="sent", sent_at=unit.now))


async def failed(unit: Unit, message: Message, error: str) -> None:
    """Note why a fact could not be sent; it stays pending, for ever if need be."""
    noted = update(outbox).where(outbox.c.id == message.position).values(attempts=outbox.c.attempts + 1, last_error=error[:500])
    await unit.run(noted)
