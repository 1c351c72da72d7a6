"""One run in the hands of this process: what it knows, and the one way in which it writes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from smartflow.client.agent.log import LogRow
from smartflow.services.agent import repository
from smartflow.services.agent.engine.readers import Readers
from smartflow.services.agent.repository import Line
from smartflow.shared.database.database import Database
from smartflow.shared.database.lease import Held, LeaseLost, Leases, still_ours
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import OwnerId

LEASE = timedelta(seconds=10)
Also = Callable[[Unit, Sequence[LogRow]], Awaitable[None]]
"""What is committed beside rows."""


class Job:
    """A run, its rows so far, and its lease: a job that has lost that writes nothing."""

    def __init__(self, database: Database, leases: Leases, clock: Clock, readers: Readers, run: Row[Any]) -> None:
        self.run = run
        self.owner = OwnerId(run.user_id)
        self.rows: list[LogRow] = []
        self.cancelled = asyncio.Event()
        self.call = Call(
            owner=self.owner,
            request_id=str(run.id),
            actor=Actor.ASSISTANT,
            language=run.options["language"],
            zone=run.options["zone"],
        )
        self.lease = f"run.{run.id}"
        self._held = Held(leases, self.lease, LEASE, clock.now)
        self._database = database
        self._readers = readers

    async def holds(self) -> bool:
        """Take the lease, or renew it; false: somebody else answers."""
        return await self._held.fence() is not None

    async def release(self) -> None:
        """Let another process go on at once."""
        with suppress(LeaseLost):
            await self._held.release()

    async def load(self) -> bool:
        """Read the run and its conversation as they are; false: the run is over or gone."""
        async with self._database.read() as reader:
            found = await repository.run(reader, self.owner, self.run.id)
            if found is None or found.status != "running":
                return False
            self.run = found
            self.rows = await repository.rows(reader, self.owner, found.conversation_id)
        if found.cancel_asked:
            self.cancelled.set()
        return True

    async def write(self, lines: Sequence[Line], also: Also | None = None) -> list[LogRow]:
        """Commit rows, and what belongs to them, under the lease; then tell readers.

        Raises:
            LeaseLost: Another process answers by now.
        """
        fence = await self._held.fence()
        if fence is None:
            raise LeaseLost
        async with self._database.work() as unit:
            await still_ours(unit, self.lease, fence)
            written = await repository.append(unit, self.owner, self.run, lines)
            if lines and not written:  # the conversation is gone, and the run with it
                raise LeaseLost
            if also is not None:
                await also(unit, written)
        self.rows += written
        self._readers.wake(self.run.id)
        return written
