"""Loops: when they come round, what a failure does, and who may run them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from smartflow.shared.process.loop import Loop, LoopRunner, Rounds, SystemWaits
from smartflow.shared.process.telemetry import Metrics
from tests.kit.ports import SeededEntropy
from tests.unit.shared.process.waits import ManualWaits


class Work:
    """Counts its runs; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.runs = 0
        self._failures = failures

    async def run(self) -> None:
        self.runs += 1
        if self.runs <= self._failures:
            raise ConnectionError


class PassedAround:
    """A lease that is ours as long as a test says so."""

    def __init__(self, *, ours: bool) -> None:
        self.ours = ours
        self.asked = 0
        self.released = False

    async def fence(self) -> int | None:
        self.asked += 1
        return 7 if self.ours else None

    async def release(self) -> None:
        self.released = True


class Rig:
    """One loop that runs."""

    def __init__(self, waits: ManualWaits, stop: asyncio.Event, running: asyncio.Task[None], metrics: Metrics) -> None:
        self.waits = waits
        self._metrics = metrics
        self.stop = stop
        self.running = running

    async def rounds(self, count: int) -> None:
        await self.waits.until_asked(count)

    def counted(self, outcome: str) -> int:
        labels = {"loop": "task.urgency", "outcome": outcome}
        return int(self._metrics.registry.get_sample_value("smartflow_loop_run_seconds_count", labels) or 0)


Start = Callable[..., Rig]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    rigs: list[Rig] = []

    def started(loop: Loop, lease: PassedAround | None = None) -> Rig:
        waits, stop, metrics = ManualWaits(), asyncio.Event(), Metrics()
        runner = LoopRunner(loop, Rounds(waits, SeededEntropy(1), metrics), stop=stop, lease=lease)
        rigs.append(Rig(waits, stop, asyncio.create_task(runner.run()), metrics))
        return rigs[-1]

    yield started
    for rig in rigs:
        rig.stop.set()
        await asyncio.wait_for(rig.running, 10)


def a_loop(run: Callable[[], Awaitable[object]], **more: object) -> Loop:
    return replace(Loop("task.urgency", timedelta(seconds=30), run), **more)


async def test_it_runs_at_once_and_then_every_so_often(start: Start) -> None:
    work = Work()
    rig = start(a_loop(work.run))
    await rig.rounds(1)
    rig.waits.pass_by()
    await rig.rounds(2)

    assert work.runs == 2
    assert rig.waits.asked == [30, 30]


async def test_a_wake_up_makes_it_run_now(start: Start) -> None:
    work, wake = Work(), asyncio.Event()
    rig = start(a_loop(work.run, wake=wake))
    await rig.rounds(1)

    wake.set()
    await rig.rounds(2)

    assert work.runs == 2


async def test_a_wake_up_during_a_run_is_not_lost(start: Start) -> None:
    wake, runs = asyncio.Event(), list[int]()

    async def ring_once() -> None:
        runs.append(1)
        if len(runs) == 1:
            wake.set()

    rig = start(a_loop(ring_once, wake=wake))
    await rig.rounds(2)

    assert len(runs) == 2


async def test_a_failing_run_is_tried_again_after_growing_pauses_until_it_succeeds(start: Start) -> None:
    work = Work(failures=9)
    rig = start(a_loop(work.run))
    for turn in range(1, 11):
        await rig.rounds(turn)
        rig.waits.pass_by()

    await rig.rounds(11)
    pauses = rig.waits.asked[:9]
    assert all(2**n / 2 <= pause <= 2**n for n, pause in enumerate(pauses[:6]))
    assert all(30 <= pause <= 60 for pause in pauses[6:])
    assert rig.waits.asked[9] == 30


async def test_a_failing_loop_is_not_hurried_by_its_bell(start: Start) -> None:
    work, wake = Work(failures=2), asyncio.Event()
    rig = start(a_loop(work.run, wake=wake))
    await rig.rounds(1)

    wake.set()
    for _ in range(10):
        await asyncio.sleep(0)

    assert work.runs == 1


async def test_the_run_in_hand_is_finished_when_it_is_told_to_stop(start: Start) -> None:
    go, done = asyncio.Event(), list[str]()

    async def take_time() -> None:
        await go.wait()
        done.append("done")

    rig = start(a_loop(take_time))
    await asyncio.sleep(0)
    rig.stop.set()
    go.set()
    await rig.running

    assert done == ["done"]


async def test_it_runs_under_its_lease_and_gives_it_back(start: Start) -> None:
    work, lease = Work(), PassedAround(ours=True)
    rig = start(a_loop(work.run), lease)
    await rig.rounds(2)

    rig.stop.set()
    await rig.running

    assert (work.runs, lease.released) == (1, True)


async def test_it_does_not_run_while_another_process_holds_the_lease(start: Start) -> None:
    work, lease = Work(), PassedAround(ours=False)
    rig = start(a_loop(work.run), lease)
    await rig.rounds(1)
    assert work.runs == 0

    lease.ours = True
    rig.waits.pass_by()
    await rig.rounds(3)

    assert work.runs == 1


async def test_a_failure_under_a_lease_is_a_failure(start: Start) -> None:
    work = Work(failures=1)
    rig = start(a_loop(work.run), PassedAround(ours=True))
    await rig.rounds(2)
    rig.waits.pass_by()
    await rig.rounds(4)

    assert work.runs == 2


async def test_a_long_run_keeps_its_lease_and_ends_when_the_lease_is_lost(start: Start) -> None:
    stopped = asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    lease = PassedAround(ours=True)
    rig = start(a_loop(hang), lease)
    await rig.rounds(1)
    rig.waits.pass_by()
    await rig.rounds(2)
    assert (lease.asked, stopped.is_set()) == (2, False)

    lease.ours = False
    rig.waits.pass_by()
    await rig.rounds(3)

    assert stopped.is_set()


async def test_runs_are_counted_by_what_became_of_them(start: Start) -> None:
    work = Work(failures=1)
    rig = start(a_loop(work.run))
    for turn in range(1, 4):
        await rig.rounds(turn)
        rig.waits.pass_by()
    await rig.rounds(4)

    assert (rig.counted("failed"), rig.counted("done")) == (1, 3)


async def test_a_turn_of_another_process_is_no_run_and_a_lost_lease_is_one_that_was_lost(start: Start) -> None:
    lease = PassedAround(ours=False)
    rig = start(a_loop(asyncio.Event().wait), lease)
    await rig.rounds(1)
    assert [rig.counted(outcome) for outcome in ("done", "failed", "lost")] == [0, 0, 0]

    lease.ours = True
    rig.waits.pass_by()
    await rig.rounds(2)
    lease.ours = False
    rig.waits.pass_by()
    await rig.rounds(3)

    assert [rig.counted(outcome) for outcome in ("done", "failed", "lost")] == [0, 0, 1]


async def test_waiting_ends_by_time_or_by_an_event() -> None:
    never, now = asyncio.Event(), asyncio.Event()
    now.set()

    await SystemWaits().first(3600, never, now)
    await SystemWaits().first(0.001, never)
