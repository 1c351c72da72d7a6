"""One run in the hands of this process: what it knows, and the one way in which it writes."""

import asyncio
from asyncio import Task
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row

from smartflow.client.agent.log import Kind, LogRow
from smartflow.client.memory import Recollection
from smartflow.services.agent import repository
from smartflow.services.agent.engine.fold import State, copied, extend, fold
from smartflow.services.agent.engine.readers import Readers
from smartflow.services.agent.engine.snapshot import checkpoint, read
from smartflow.services.agent.model import Phase
from smartflow.services.agent.repository import Line
from smartflow.shared.calls.local import run_again
from smartflow.shared.database.database import Database
from smartflow.shared.database.lease import LeaseLost, Leases, forget, still_ours
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.process.telemetry import Metrics

T = TypeVar("T")
LEASE = timedelta(seconds=10)
BEAT = LEASE * 0.3
# With these rows a step is done, and a checkpoint told.
_STEPS: frozenset[Kind] = frozenset({"answer", "result", "correction", "summary", "finish", "error"})
Also = Callable[[Unit, Sequence[LogRow]], Awaitable[None]]
"""What is committed beside rows."""


def lease_of(run: UUID) -> str:
    """Name the lease under which a run is answered."""
    return f"run.{run}"


class Shared(Struct, frozen=True):
    """What all runs of a process write with."""

    database: Database
    leases: Leases
    readers: Readers
    metrics: Metrics


class Job:
    """A run, its rows so far, and its lease: a job that has lost that writes nothing."""

    def __init__(self, shared: Shared, run: Row[Any], fence: int | None) -> None:
        self.run = run
        self.owner = OwnerId(run.user_id)
        self.rows: list[LogRow] = []
        self.metrics = shared.metrics
        self.phase: Phase = "route"
        self.stopped = asyncio.Event()
        self.cancelled = False
        self.spoken = False
        self.recalling: Task[Recollection] | None = None
        self.call = Call(
            owner=self.owner,
            request_id=str(run.id),
            actor=Actor.ASSISTANT,
            language=run.options["language"],
            zone=run.options["zone"],
        )
        self.lease = lease_of(run.id)
        self.fence = fence
        self._shared = shared
        self._state = State()
        self._writing = asyncio.Lock()

    def cancel(self) -> None:
        """Have the run end where it is; an effect in hand is finished."""
        self.cancelled = True
        self.stopped.set()

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do something, and leave it as soon as the run is to stop; None: it was left."""
        doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(self.stopped.wait())
        try:
            await asyncio.wait((doing, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not doing.done():
                doing.cancel()
                await asyncio.wait((doing,))
        return None if doing.cancelled() else doing.result()

    def lose(self) -> None:
        """Know that another process answers by now."""
        self.fence = None
        self.stopped.set()

    async def holds(self) -> bool:
        """Take the lease, if it did not come with the run; false: somebody else answers."""
        if self.fence is None:
            self.fence = await self._shared.leases.acquire(self.lease, LEASE)
        return self.fence is not None

    async def release(self) -> None:
        """Let another process go on at once."""
        if self.fence is not None:
            fence, self.fence = self.fence, None
            await self._shared.leases.release(self.lease, fence)

    async def leave(self) -> None:
        """Forget the lease if the run is over: it went with the run, and who took it once more made it anew."""
        async with self._shared.database.work() as unit:
            found = await repository.run(unit, self.owner, self.run.id)
            if found is None or found.status != "running":
                await forget(unit, self.lease)

    async def load(self) -> bool:
        """Read the run and its conversation as they are; false: the run is over or gone."""
        async with self._shared.database.read() as reader:
            found = await repository.run(reader, self.owner, self.run.id)
            if found is None or found.status != "running":
                return False
            self.run = found
            base = read(await repository.snapshot(reader, self.owner, found.conversation_id))
            after = 0 if base is None else min(base.watermark, found.after)  # its own rows are wanted, summed up or not
            self.rows = await repository.meant(reader, self.owner, found.conversation_id, found.id, after=after)
            self._state = fold(self.rows, base)
        if found.cancel_asked:
            self.cancel()
        return True

    def state(self) -> State:
        """Read the log as it is now."""
        return copied(self._state)

    def has_told(self, code: str) -> bool:
        """Tell whether this run has said so far that things are so."""
        return any(row.kind == "status" and row.payload["code"] == code and row.run == self.run.id for row in self.rows)

    def own_rows(self) -> list[LogRow]:
        """Give the rows of this run alone."""
        return [row for row in self.rows if row.run == self.run.id]

    async def write(self, lines: Sequence[Line], also: Also | None = None) -> list[LogRow]:
        """Commit rows, and what belongs to them, under the lease; then tell readers.

        Raises:
            LeaseLost: Another process answers by now.
        """
        async with self._writing:
            written = await run_again(partial(self._commit, lines, also))
            self.rows += written
            extend(self._state, written)
        self._shared.readers.wake(self.run.id)
        return written

    async def _commit(self, lines: Sequence[Line], also: Also | None) -> list[LogRow]:
        if self.fence is None:
            raise LeaseLost
        async with self._shared.database.work() as unit:
            await still_ours(unit, self.lease, self.fence)
            written = await repository.append(unit, self.owner, self.run, lines)
            if lines and not written:  # the run was ended from elsewhere, or is gone with its conversation
                raise LeaseLost
            if also is not None:
                await also(unit, written)
            if any(row.kind in _STEPS for row in written):
                told = checkpoint(self.owner, self.phase, self._state, written)
                if told is not None:
                    unit.publish(told)
        return written
