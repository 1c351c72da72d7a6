"""Works off what an inbox has parked: retries inside a transaction, `work` outside any, in order per key."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select, update

from smartflow.shared.database import erased
from smartflow.shared.database.database import Database
from smartflow.shared.database.lease import LeaseLost
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.event import Event
from smartflow.shared.events.inbox import Inbox, after_failure, decode, finish
from smartflow.shared.events.tables import inbox
from smartflow.shared.events.watch import Reacted
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.trace import Origin, continued, span

_LEASE = timedelta(minutes=5)
_UNKNOWN_VERSION = timedelta(minutes=1)


class Worker:
    """Runs one subscriber's parked reactions."""

    def __init__(self, box: Inbox, database: Database, entropy: Entropy) -> None:
        self._box = box
        self._database = database
        self._entropy = entropy

    async def step(self) -> int:
        """Take the due events that head their keys and run each once; gives how many there were."""
        due = await self._due()
        for row in due:
            await self._run(row)
        return len(due)

    async def _due(self) -> Sequence[Row[Any]]:
        before = inbox.alias("before")
        blocked = exists().where(
            before.c.subscriber == inbox.c.subscriber,
            before.c.publisher == inbox.c.publisher,
            before.c.ordering_key == inbox.c.ordering_key,
            before.c.position < inbox.c.position,
            before.c.state.in_(("retry", "work")),
        )
        async with self._database.read() as reader:
            mine = and_(inbox.c.subscriber == self._box.subscriber, inbox.c.state.in_(("retry", "work")))
            free = or_(inbox.c.next_attempt_at.is_(None), inbox.c.next_attempt_at <= reader.now)
            return await reader.all(select(inbox).where(mine, free, ~blocked).order_by(inbox.c.position).limit(100))

    async def _run(self, row: Row[Any]) -> None:
        reaction = self._box.reactions.get(row.kind)
        if reaction is None or row.schema_version > reaction.event.schema:
            await self._wait_for_version(row)
            return
        lease = str(self._entropy.uuid()) if reaction.apart else None
        reacted, began = Reacted(self._box.subscriber, row.kind, row.event_id, Origin.read(row.trace)), perf_counter()
        try:
            event = decode(row.payload, reaction.event)
            with continued(reacted.origin), span("event.react", subscriber=reacted.subscriber, kind=reacted.kind):
                handled = await (self._again(row, event) if lease is None else self._work(row, event, lease))
        except LeaseLost:
            return
        except Exception as error:  # noqa: BLE001 - a failing reaction is parked, whatever it raises
            await self._note_failure(row, error, reacted, lease)
        else:
            if handled:
                self._box.watch.handled(reacted, perf_counter() - began)

    async def _again(self, row: Row[Any], event: Event) -> bool:
        async with self._database.work() as unit:
            if not await self._still_due(unit, row):
                return False
            if await self._gone(unit, row):
                await finish(unit, self._box.subscriber, row.event_id)
                return False
            await self._box.reactions[row.kind].run(unit, event)
            await finish(unit, self._box.subscriber, row.event_id)
        return True

    async def _work(self, row: Row[Any], event: Event, lease: str) -> bool:
        async with self._database.work() as unit:
            if not await self._still_due(unit, row):
                return False
            if await self._gone(unit, row):
                await finish(unit, self._box.subscriber, row.event_id)
                return False
            await unit.run(update(inbox).where(self._is(row)).values(lease=lease, next_attempt_at=unit.now + _LEASE))
        settled = False

        @asynccontextmanager
        async def settle() -> AsyncIterator[Unit]:
            nonlocal settled
            async with self._database.work() as unit:
                # The lease is the fence: a worker that slept past it settles nothing.
                if await unit.value(select(inbox.c.lease).where(self._is(row)).with_for_update()) != lease:
                    raise LeaseLost
                yield unit
                await finish(unit, self._box.subscriber, row.event_id)
            settled = True

        await self._box.reactions[row.kind].run(event, settle)
        if not settled:
            async with settle():
                pass
        return True

    async def _still_due(self, unit: Unit, row: Row[Any]) -> bool:
        """Make sure, under the row's lock, that nobody else has handled or taken it meanwhile."""
        found = await unit.first(select(inbox.c.state, inbox.c.attempts, inbox.c.lease).where(self._is(row)).with_for_update())
        return found is not None and found.state == row.state and found.attempts == row.attempts and found.lease == row.lease

    async def _gone(self, unit: Unit, row: Row[Any]) -> bool:
        """Tell whether the event's owner was erased while it waited: then it has no effect."""
        return not self._box.reactions[row.kind].event.outlives and bool(await erased.among(unit, [row.user_id]))

    async def _note_failure(self, row: Row[Any], error: Exception, reacted: Reacted, lease: str | None) -> None:
        """Note a failure, unless somebody else has taken the event meanwhile: what becomes of it is theirs to say."""
        held = [inbox.c.lease.is_(None) if each is None else inbox.c.lease == each for each in {row.lease, lease}]
        mine = and_(self._is(row), inbox.c.state == row.state, inbox.c.attempts == row.attempts, or_(*held))
        async with self._database.work() as unit:
            after = after_failure(row._asdict(), error, unit.now, self._box.reactions[row.kind].tries)
            noted = await unit.run(update(inbox).where(mine).values(**after))
        if noted:
            self._box.watch.failed(reacted, error, dead=after["state"] == "dead")

    async def _wait_for_version(self, row: Row[Any]) -> None:
        async with self._database.work() as unit:
            await unit.run(update(inbox).where(self._is(row)).values(next_attempt_at=unit.now + _UNKNOWN_VERSION))

    def _is(self, row: Row[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's clause types differ by operand
        return and_(inbox.c.subscriber == self._box.subscriber, inbox.c.event_id == row.event_id)
