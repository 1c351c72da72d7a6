"""A process: what it runs, what stops it, and in which order it ends."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from smartflow.shared.process.lifecycle import EndedEarlyError, Lifecycle, Stage
from smartflow.shared.process.loop import Loop, Rounds
from tests.kit.ports import SeededEntropy
from tests.unit.shared.process.waits import ManualWaits


@pytest.fixture
def waits() -> ManualWaits:
    return ManualWaits()


@pytest.fixture
def life(waits: ManualWaits) -> Lifecycle:
    return Lifecycle(Rounds(waits, SeededEntropy(1)), patience=timedelta(milliseconds=300))


class Told:
    """Notes what happened, in order."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, what: str) -> Callable[[], Awaitable[None]]:
        async def noted() -> None:
            self.notes.append(what)

        return noted


async def test_everything_runs_until_the_stop_and_is_drained_in_order(life: Lifecycle, waits: ManualWaits) -> None:
    told, closing = Told(), asyncio.Event()

    async def serve() -> None:
        await closing.wait()
        told.notes.append("served the last")

    async def close() -> None:
        told.notes.append("no new work")
        closing.set()

    life.at(Stage.FLUSH, "database", told.note("database closed"))
    life.at(Stage.FLUSH, "pool", told.note("pool closed"))
    life.at(Stage.STREAMS, "live", told.note("streams told"))
    life.at(Stage.ACCEPT, "http", told.note("stopped listening"))
    life.at(Stage.FINISH, "http", close)
    life.must_run("http", serve)
    life.loop(Loop("sweep", timedelta(seconds=1), told.note("swept")))
    running = asyncio.create_task(life.run())
    await waits.until_asked(1)

    life.stop.set()
    await running

    assert told.notes == ["swept", "stopped listening", "streams told", "no new work", "served the last", "pool closed", "database closed"]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_and_a_second_one_is_no_longer_caught(life: Lifecycle, sent: signal.Signals) -> None:
    before = signal.getsignal(sent)
    with life.signals():
        running = asyncio.create_task(life.run())
        await asyncio.sleep(0)
        signal.raise_signal(sent)
        await running
        after = signal.getsignal(sent)

    signal.signal(sent, before)
    assert after in {signal.SIG_DFL, signal.default_int_handler}


async def test_the_end_of_what_must_run_is_the_end_of_all(life: Lifecycle) -> None:
    told = Told()
    life.at(Stage.FLUSH, "database", told.note("database closed"))
    life.must_run("http", told.note("ended"))

    with pytest.raises(EndedEarlyError, match="http"):
        await life.run()

    assert told.notes == ["ended", "database closed"]


async def test_the_failure_of_what_must_run_is_told_after_the_drain(life: Lifecycle) -> None:
    async def fail() -> None:
        raise OSError(98, "Address already in use")

    told = Told()
    life.at(Stage.FLUSH, "database", told.note("database closed"))
    life.must_run("http", fail)

    with pytest.raises(EndedEarlyError) as ended:
        await life.run()

    assert isinstance(ended.value.__cause__, OSError)
    assert told.notes == ["database closed"]


async def test_a_loop_that_fails_takes_nothing_along(life: Lifecycle, waits: ManualWaits) -> None:
    async def fail() -> None:
        raise LookupError

    life.loop(Loop("sweep", timedelta(seconds=1), fail))
    running = asyncio.create_task(life.run())
    await waits.until_asked(1)

    assert not running.done()
    life.stop.set()
    await running


async def test_what_will_not_finish_is_cut_off_and_the_rest_still_happens(life: Lifecycle) -> None:
    told = Told()

    async def hang() -> None:
        await asyncio.Event().wait()

    life.must_run("http", hang)
    life.at(Stage.STREAMS, "live", hang)
    life.at(Stage.FLUSH, "database", told.note("database closed"))
    life.stop.set()

    await life.run()

    assert told.notes == ["database closed"]
