"""The inbox: each subscriber's memory of what it has handled and what it still has to.

A healthy batch is one transaction. When something in it fails, its events go one by one, and the failing one is parked:
later events of the same publisher and key queue behind it, all others go on.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, NamedTuple

from msgspec import DecodeError
from sqlalchemy import func, select, tuple_, update

from smartflow.shared.bus.bus import Message
from smartflow.shared.database import erased
from smartflow.shared.database.database import Database
from smartflow.shared.database.faults import Faults
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.events.event import Event
from smartflow.shared.events.subscriptions import Reaction
from smartflow.shared.events.tables import inbox
from smartflow.shared.events.watch import Reacted, Watch
from smartflow.shared.kernel.codec import from_json
from smartflow.shared.kernel.refusal import in_short
from smartflow.shared.kernel.trace import Origin, continued, span

BATCH = 100
_LONGEST_WAIT = timedelta(minutes=10)


class Inbox:
    """One subscriber's inbox: receives messages, runs `on` reactions, parks the rest."""

    def __init__(
        self, subscriber: str, reactions: Mapping[str, Reaction], database: Database, faults: Faults, *, watch: Watch | None = None
    ) -> None:
        self.subscriber = subscriber
        self.reactions = reactions
        self.watch = watch or Watch()
        self._database = database
        self._faults = faults

    async def receive(self, messages: Sequence[Message]) -> None:
        """Handle or park every message; returning means that each is in the inbox's table."""
        for start in range(0, len(messages), BATCH):
            batch = messages[start : start + BATCH]
            try:
                await self._handle(batch)
            except Exception:  # noqa: BLE001 - whatever fails in a batch is found by going one by one
                await self._one_by_one(batch)
            self._faults.at("inbox.after_commit")

    async def _one_by_one(self, batch: Sequence[Message]) -> None:
        for message in batch:
            try:
                await self._handle([message])
            except Exception as error:  # noqa: BLE001 - a failing reaction is parked, whatever it raises
                await self._park(message, error)

    async def _handle(self, batch: Sequence[Message]) -> None:
        async with self._database.work() as unit:
            fresh = await self._fresh(unit, batch)
            blocked = await self._blocked(unit, fresh)
            rows, handled = [], list[tuple[Reacted, float]]()
            for message in fresh:
                rows.append(self._row(unit.now, message, parked=(message.publisher, message.key) in blocked))
                if rows[-1]["state"] != "done":
                    blocked.add((message.publisher, message.key))
            gone = await erased.among(unit, {message.user_id for message in fresh})
            for message, row in zip(fresh, rows, strict=True):
                reaction = self.reactions[message.kind]
                if row["state"] == "done" and (message.user_id not in gone or reaction.event.outlives):
                    handled.append(await self._react(unit, message, reaction))
            if rows:
                await unit.run(inbox.insert(), rows)
            self._faults.at("inbox.before_commit")
        # Told of what is committed only: a batch that fails is run again, one by one.
        self._tell(handled, again=len(batch) - len(fresh))

    def _tell(self, handled: Sequence[tuple[Reacted, float]], again: int) -> None:
        for reacted, seconds in handled:
            self.watch.handled(reacted, seconds)
        if again:
            self.watch.absorbed(self.subscriber, again)

    async def _react(self, unit: Unit, message: Message, reaction: Reaction) -> tuple[Reacted, float]:
        reacted, began = self._reacted(message), perf_counter()
        with continued(reacted.origin), span("event.react", subscriber=reacted.subscriber, kind=reacted.kind):
            await reaction.run(unit, decode(message.payload, reaction.event))
        return reacted, perf_counter() - began

    async def _fresh(self, reader: Read, batch: Sequence[Message]) -> list[Message]:
        ids = [message.event_id for message in batch]
        known = select(inbox.c.event_id).where(inbox.c.subscriber == self.subscriber, inbox.c.event_id.in_(ids))
        seen = {row.event_id for row in await reader.all(known)}
        return [message for message in {m.event_id: m for m in batch}.values() if message.event_id not in seen]

    async def _blocked(self, reader: Read, batch: Sequence[Message]) -> set[tuple[str, str]]:
        """Find the keys with something unfinished: what comes later waits behind it."""
        keys = {(message.publisher, message.key) for message in batch}
        if not keys:
            return set()
        waiting = (
            select(inbox.c.publisher, inbox.c.ordering_key)
            .where(inbox.c.subscriber == self.subscriber, inbox.c.state.in_(("retry", "work")))
            .where(tuple_(inbox.c.publisher, inbox.c.ordering_key).in_(list(keys)))
            .distinct()
        )
        return {(row.publisher, row.ordering_key) for row in await reader.all(waiting)}

    async def _park(self, message: Message, error: Exception) -> None:
        async with self._database.work() as unit:
            if not await self._fresh(unit, [message]):
                return
            row = self._row(unit.now, message, parked=True)
            row.update(after_failure(row, error, unit.now, self.reactions[message.kind].tries))
            await unit.run(inbox.insert(), [row])
        self.watch.failed(self._reacted(message), error, dead=row["state"] == "dead")

    def _reacted(self, message: Message) -> Reacted:
        return Reacted(self.subscriber, message.kind, message.event_id, Origin.read(message.trace))

    def _row(self, now: datetime, message: Message, *, parked: bool) -> dict[str, Any]:
        reaction = self.reactions[message.kind]
        known = message.schema <= reaction.event.schema
        state = "work" if reaction.apart and known else "retry" if parked or not known else "done"
        return {
            "subscriber": self.subscriber,
            "event_id": message.event_id,
            "publisher": message.publisher,
            "kind": message.kind,
            "schema_version": message.schema,
            "ordering_key": message.key,
            "position": message.position,
            "user_id": message.user_id,
            "payload": None if state == "done" else message.payload,
            "trace": message.trace,
            "occurred_at": message.occurred_at,
            "state": state,
            "attempts": 0,
            "next_attempt_at": None if state == "done" else now,
            "last_error": None,
            "received_at": now,
            "done_at": now if state == "done" else None,
        }


class Parked(NamedTuple):
    """How many events of a subscriber wait for a try, and how many for an operator."""

    waiting: int = 0
    dead: int = 0


async def parked(reader: Read, subscribers: Collection[str]) -> dict[str, Parked]:
    """Count what is not over."""
    mine = (inbox.c.subscriber.in_(subscribers), inbox.c.state.in_(("retry", "work", "dead")))
    counted = select(inbox.c.subscriber, inbox.c.state, func.count().label("events"))
    found = dict.fromkeys(subscribers, Parked())
    for row in await reader.all(counted.where(*mine).group_by(inbox.c.subscriber, inbox.c.state)):
        waiting, dead = found[row.subscriber]
        found[row.subscriber] = Parked(waiting, row.events) if row.state == "dead" else Parked(waiting + row.events, dead)
    return found


def decode(payload: str, kind: type[Event]) -> Event:
    """Read an event from its payload.

    Raises:
        msgspec.DecodeError: It does not have the shape of that event.
    """
    return from_json(payload, kind)


def after_failure(row: Mapping[str, Any], error: Exception, now: datetime, tries: int) -> dict[str, Any]:
    """Say what becomes of an event whose reaction failed: another try later, or `dead`, visible and replayable."""
    attempts = row["attempts"] + 1
    # What cannot be read will not become readable: no tries are spent on it.
    dead = attempts >= tries or isinstance(error, DecodeError)
    # What failed together does not come back together; an event's own id spreads it.
    spread = 0.75 + (row["event_id"].int % 50) / 100
    wait = min(timedelta(seconds=2 ** min(attempts, 12)), _LONGEST_WAIT) * spread
    return {
        "state": "dead" if dead else row["state"],
        "attempts": attempts,
        "next_attempt_at": None if dead else now + wait,
        "last_error": in_short(error)[:500],
        "lease": None,
    }


async def finish(unit: Unit, subscriber: str, event_id: object) -> None:
    """Mark an event as handled; its payload goes."""
    mine = (inbox.c.subscriber == subscriber) & (inbox.c.event_id == event_id)
    done = {"state": "done", "payload": None, "done_at": unit.now, "next_attempt_at": None, "lease": None}
    await unit.run(update(inbox).where(mine).values(**done))
