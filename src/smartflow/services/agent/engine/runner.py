"""Runs runs: decides, does, commits, until a run is over or waits for the person."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from smartflow.services.agent.engine.driving import Driver
from smartflow.services.agent.engine.ending import cut
from smartflow.services.agent.engine.job import LEASE, Job, Shared, lease_of
from smartflow.services.agent.tables import runs
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.process.logs import logger

_MOST = 500
_PAUSE = timedelta(milliseconds=200)


class Runner:
    """Holds the runs of this process."""

    def __init__(self, shared: Shared, driver: Driver) -> None:
        self.readers = shared.readers
        self.leases = shared.leases
        self._shared = shared
        self._driver = driver
        self._closed = False
        self._starting: set[UUID] = set()
        self._jobs: dict[UUID, tuple[Job, asyncio.Task[None]]] = {}
        self._log = logger("agent")

    @contextmanager
    def starting(self, run: UUID) -> Iterator[None]:
        """Know that a run is being written here and begins in a moment, so that it is not taken for left."""
        self._starting.add(run)
        try:
            yield
        finally:
            self._starting.discard(run)

    def begin(self, run: Row[object], fence: int | None = None, *, taken_over: bool = False) -> None:
        """Answer a run, beside everything else; the fence is that of its lease, if it came with one."""
        if self._closed or run.id in self._jobs:
            return
        job = Job(self._shared, run, fence)
        task = asyncio.get_running_loop().create_task(self._driver.drive(job, taken_over=taken_over), name=f"run.{run.id}")
        self._jobs[run.id] = (job, task)
        job.metrics.running.inc()
        task.add_done_callback(lambda ended: self._left(run.id, ended))

    def cancel(self, run: UUID) -> None:
        """Tell a run of this process to stop."""
        if run in self._jobs:
            self._jobs[run][0].cancel()

    async def take_over(self) -> None:
        """Go on with runs that nobody answers any more."""
        for run in await self._unanswered():
            self.begin(run, taken_over=True)

    async def _unanswered(self) -> list[Row[Any]]:
        """Find a portion of the runs that nobody holds, the oldest first, however many are held."""
        found, running = list[Row[Any]](), select(runs).where(runs.c.status == "running").order_by(runs.c.id).limit(_MOST)
        async with self._shared.database.read() as reader:
            page = await reader.all(running)
            while page and len(found) < _MOST:
                others = [run for run in page if run.id not in self._jobs and run.id not in self._starting]
                left = await self.leases.unheld(reader, [lease_of(run.id) for run in others])
                found += [run for run in others if lease_of(run.id) in left]
                page = [] if len(page) < _MOST else await reader.all(running.where(runs.c.id > page[-1].id))
        return found

    async def beat(self) -> None:
        """Keep the leases of all runs of this process, hear which are to stop, and note which conversations are followed."""
        held = {job.lease: job for job, _ in self._jobs.values() if job.fence is not None}
        async with self._shared.database.work() as unit:
            fences = {name: job.fence for name, job in held.items() if job.fence is not None}
            lost = await self.leases.renew(unit, fences, LEASE)
            asked = select(runs.c.id).where(runs.c.id.in_([job.run.id for job in held.values()]), runs.c.cancel_asked == 1)
            stopped = [row.id for row in await unit.all(asked)] if held else []
            await self.readers.note(unit)
        for name in lost:
            held[name].lose()
        for run in stopped:
            self.cancel(run)

    async def look(self) -> None:
        """Wake readers of runs that other processes answer."""
        await self.readers.look(self._jobs.keys())

    async def settle(self) -> None:
        """Wait until every run of this process is over or waits."""
        while self._jobs:
            await asyncio.gather(*(task for _, task in self._jobs.values()), return_exceptions=True)
        await self._driver.settle()

    async def ended(self, run: UUID, within: timedelta) -> None:
        """Wait for a run to end, for a while; for one that nobody answers there is nothing to wait for."""
        if run in self._jobs:
            await asyncio.wait((self._jobs[run][1],), timeout=within.total_seconds())
            return
        for _ in range(within // _PAUSE):
            if not await self._is_answered_elsewhere(run):
                return
            await asyncio.sleep(_PAUSE.total_seconds())

    async def _is_answered_elsewhere(self, run: UUID) -> bool:
        async with self._shared.database.read() as reader:
            return not await self.leases.unheld(reader, [lease_of(run)])

    async def cut(self, owner: OwnerId, run: UUID) -> None:
        """End a run that its process, whichever it is, does not end."""
        if run in self._jobs:
            self._jobs[run][0].lose()
        async with self._shared.database.work() as unit:
            ended = await cut(unit, owner, run)
        if ended:
            self._shared.metrics.runs.labels("cancelled").inc()
            self.readers.wake(run)

    async def close(self) -> None:
        """Leave every run where it is: another process, or the next start, goes on."""
        self._closed = True
        tasks = [task for _, task in self._jobs.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._driver.close()

    def _left(self, run: UUID, ended: asyncio.Task[None]) -> None:
        self._jobs.pop(run, None)
        self._shared.metrics.running.dec()
        if not ended.cancelled() and ended.exception() is not None:
            self._log.warning("run.left", run_id=str(run))
