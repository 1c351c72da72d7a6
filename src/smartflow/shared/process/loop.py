"""Loops: named work that comes round again and again, by one process at a time where it is leased."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import perf_counter
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct, field

from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.process.logs import logger
from smartflow.shared.process.telemetry import Metrics

LEASE = timedelta(seconds=30)
_RENEWAL = LEASE / 3
_LONGEST_PAUSE = 60.0
_Outcome: TypeAlias = Literal["done", "failed", "lost"]


class Lease(Protocol):
    """One lease, kept for a loop."""

    async def fence(self) -> int | None:
        """Give the fence while the lease is ours (taking or renewing it as needed), else None."""
        ...

    async def release(self) -> None:
        """Let another process go on at once."""
        ...


class Loop(Struct, frozen=True):
    """Work to do every so often, and at once when `wake` is set. `leased`: by one process of all that run it."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]
    leased: bool = True
    wake: asyncio.Event | None = None


class Waits(Protocol):
    """Lets time pass; tests bring one in which none passes by itself."""

    async def first(self, seconds: float, *events: asyncio.Event) -> None:
        """Return once an event is set or the time is over."""
        ...


class SystemWaits:
    """Waits in real time."""

    async def first(self, seconds: float, *events: asyncio.Event) -> None:
        """Return once an event is set or the time is over."""
        waiting = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()


class Rounds(Struct, frozen=True):
    """What all loops of a process share: how they wait, the chance that spreads their pauses, and where runs are counted."""

    waits: Waits
    entropy: Entropy
    metrics: Metrics = field(default_factory=Metrics)


class LoopRunner:
    """Runs one loop until it is told to stop; a run that fails is logged and tried again after a growing pause."""

    def __init__(self, loop: Loop, rounds: Rounds, *, stop: asyncio.Event, lease: Lease | None = None) -> None:
        self._loop = loop
        self._rounds = rounds
        self._stop = stop
        self._lease = lease
        self._wake = loop.wake or asyncio.Event()
        self._failures = 0
        self._log = logger("loop").bind(loop=loop.name)

    async def run(self) -> None:
        """Come round until stopped; the run in hand is finished, then the lease goes back."""
        while not self._stop.is_set():
            await self._turn()
            await self._pause()
        if self._lease is not None:
            await self._lease.release()

    async def _turn(self) -> None:
        self._wake.clear()
        began = perf_counter()
        try:
            outcome = await self._run_if_ours()
            self._failures = 0
        except Exception:  # noqa: BLE001 - whatever it raises, the next round may do better
            outcome = "failed"
            self._failures += 1
            self._log.exception("loop.failed", failures=self._failures)
        if outcome is not None:
            self._rounds.metrics.loops.labels(self._loop.name, outcome).observe(perf_counter() - began)

    async def _run_if_ours(self) -> _Outcome | None:
        if self._lease is None:
            await self._loop.run()
            return "done"
        return None if await self._lease.fence() is None else await self._hold(self._lease)

    async def _hold(self, lease: Lease) -> _Outcome:
        """Run under a lease that is renewed meanwhile; a run whose lease is lost ends there."""
        work, done = asyncio.ensure_future(self._loop.run()), asyncio.Event()
        work.add_done_callback(lambda _: done.set())
        try:
            while not work.done():
                await self._rounds.waits.first(_RENEWAL.total_seconds(), done)
                if not work.done() and await lease.fence() is None:
                    self._log.warning("loop.lease_lost")
                    return "lost"
            await work
            return "done"
        finally:
            work.cancel()
            await asyncio.wait((work,))

    async def _pause(self) -> None:
        if not self._failures:
            await self._rounds.waits.first(self._loop.every.total_seconds(), self._stop, self._wake)
            return
        # While it fails a wake-up does not hurry it, or a busy bell would turn a fault into a storm.
        growing = min(2.0 ** min(self._failures - 1, 6), _LONGEST_PAUSE)
        await self._rounds.waits.first(growing * (0.5 + self._rounds.entropy.fraction() / 2), self._stop)
