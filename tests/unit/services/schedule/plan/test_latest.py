"""One job per person at a time."""

import asyncio

import pytest

from smartflow.services.schedule.plan.latest import Latest
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import Unavailable

MING, LI = OwnerId(1), OwnerId(2)


class Bench:
    """Where jobs are done, as soon as they are let go."""

    def __init__(self) -> None:
        self.latest = Latest()
        self.begun: list[bytes] = []
        self.ended: list[bytes] = []
        self.free = asyncio.Event()

    async def begin(self, job: bytes) -> bytes:
        self.begun.append(job)
        try:
            await self.free.wait()
        except asyncio.CancelledError:
            self.ended.append(job)
            raise
        if job == b"broken":
            raise ZeroDivisionError
        return job.upper()

    async def asks(self, owner: OwnerId, job: bytes) -> "asyncio.Task[bytes]":
        task = asyncio.create_task(self.latest.run(owner, job, self.begin))
        await self.settle()
        return task

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_newer_job_ends_the_older_one_of_the_same_person_alone(bench: Bench) -> None:
    older, others, newer = await bench.asks(MING, b"a"), await bench.asks(LI, b"a"), await bench.asks(MING, b"b")
    bench.free.set()

    with pytest.raises(Unavailable):
        await older

    assert (await others, await newer, bench.ended) == (b"A", b"B", [b"a"])


async def test_an_equal_job_is_done_once_for_all_who_wait(bench: Bench) -> None:
    first, second = await bench.asks(MING, b"a"), await bench.asks(MING, b"a")
    first.cancel()
    await bench.settle()
    bench.free.set()

    assert (await second, bench.begun, bench.ended) == (b"A", [b"a"], [])
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_nobody_waits_for_any_more_ends_and_is_begun_anew_when_asked_again(bench: Bench) -> None:
    left = await bench.asks(MING, b"a")
    left.cancel()
    await bench.settle()
    again = await bench.asks(MING, b"a")
    bench.free.set()

    assert (await again, bench.begun, bench.ended) == (b"A", [b"a", b"a"], [b"a"])


async def test_what_a_job_raises_reaches_all_who_wait(bench: Bench) -> None:
    waiting = [await bench.asks(MING, b"broken") for _ in range(2)]
    bench.free.set()

    for each in waiting:
        with pytest.raises(ZeroDivisionError):
            await each
