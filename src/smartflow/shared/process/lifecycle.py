"""A process from its start to its orderly end: one task group, one stop signal, a drain with bounds."""

import asyncio
import signal
from asyncio import Task, TaskGroup
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import IntEnum

from smartflow.shared.process.logs import logger
from smartflow.shared.process.loop import Lease, Loop, LoopRunner, Rounds

Action = Callable[[], Awaitable[object]]
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stage(IntEnum):
    """The drain, in its order: no new work, open streams told, work in hand finished, everything written and closed."""

    ACCEPT = 1
    STREAMS = 2
    FINISH = 3
    FLUSH = 4


class EndedEarlyError(Exception):
    """What the process cannot go on without has ended by itself."""


class Lifecycle:
    """Runs loops and servers until `stop` is set, then drains them."""

    def __init__(self, rounds: Rounds, *, patience: timedelta = timedelta(seconds=10)) -> None:
        self.stop = asyncio.Event()
        self._rounds = rounds
        self._patience = patience.total_seconds()
        self._runs: list[tuple[str, Action]] = []
        self._actions: list[tuple[Stage, str, Action]] = []
        self._failed: BaseException | None = None
        self._log = logger("lifecycle")

    def loop(self, loop: Loop, lease: Lease | None = None) -> None:
        """Run a loop; when it fails it is tried again, and the rest goes on."""
        self._runs.append((loop.name, LoopRunner(loop, self._rounds, stop=self.stop, lease=lease).run))

    def must_run(self, name: str, run: Action) -> None:
        """Run what the process is there for, such as a server: if it ends before the stop, all ends."""
        self._runs.append((name, lambda: self._watch(name, run)))

    def at(self, stage: Stage, name: str, action: Action) -> None:
        """Do something in a stage of the drain; within a stage what was added last comes first."""
        self._actions.append((stage, name, action))

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT; a second signal ends the process at once."""
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.add_signal_handler(each, self._signalled)
        try:
            yield
        finally:
            self._unsignalled()

    async def run(self) -> None:
        """Run everything until the stop, then drain.

        Raises:
            EndedEarlyError: Something that must run has ended by itself.
        """
        async with TaskGroup() as group:
            tasks = [group.create_task(_awaited(run), name=name) for name, run in self._runs]
            await self.stop.wait()
            await self._drain(tasks)
        if self._failed is not None:
            raise EndedEarlyError(str(self._failed)) from self._failed

    async def _drain(self, tasks: list[Task[None]]) -> None:
        for stage in Stage:
            for wanted, name, action in reversed(self._actions):
                if wanted is stage:
                    await self._bounded(name, action)
            if stage is Stage.FINISH:
                await self._finish(tasks)

    async def _bounded(self, name: str, action: Action) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await action()
        except Exception:  # noqa: BLE001 - the rest of the drain matters more than any one step of it
            self._log.exception("drain.failed", step=name)

    async def _finish(self, tasks: list[Task[None]]) -> None:
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=self._patience)
        for task in late:
            self._log.warning("drain.cut_off", step=task.get_name())
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=self._patience)

    async def _watch(self, name: str, run: Action) -> None:
        try:
            await run()
        except Exception as error:  # noqa: BLE001 - told after the drain
            self._log.exception("run.failed", run=name)
            self._failed = error
        if not self.stop.is_set():
            self._failed = self._failed or RuntimeError(name)
            self.stop.set()

    def _signalled(self) -> None:
        self._unsignalled()
        self.stop.set()

    def _unsignalled(self) -> None:
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.remove_signal_handler(each)


async def _awaited(run: Action) -> None:
    await run()
