"""The pool: real processes that answer, refuse, die, overrun and are replaced."""

import asyncio
import os
import pickle
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from smartflow.client.task import TaskNotFound
from smartflow.shared.kernel.refusal import DeadlinePassed, FieldError, InvalidInput, Unavailable
from smartflow.shared.process.pool import ProcessPool
from smartflow.shared.process.worker import should_stop
from tests.unit.shared.process import jobs

MINUTE = timedelta(minutes=1)
AT_ONCE = timedelta(0)


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[ProcessPool]:
    made = ProcessPool(workers=1, limits={"password": 1}, waiting=2, grace=MINUTE)
    yield made
    await made.close()


async def test_a_job_is_done_elsewhere_and_the_worker_is_kept(pool: ProcessPool) -> None:
    first = await pool.run(jobs.number, deadline=MINUTE)

    assert await pool.run(jobs.number, deadline=MINUTE) == first
    assert first != jobs.number()


async def test_arguments_and_answers_of_any_size_arrive(pool: ProcessPool) -> None:
    assert await pool.run(jobs.add, 1, 2, deadline=MINUTE) == 3
    assert await pool.run(jobs.size, bytes(3_000_000), deadline=MINUTE) == 3_000_000


async def test_what_a_job_raises_is_raised_here(pool: ProcessPool) -> None:
    with pytest.raises(TaskNotFound) as refused:
        await pool.run(jobs.refuse, deadline=MINUTE)
    with pytest.raises(InvalidInput) as broken:
        await pool.run(jobs.refuse_input, deadline=MINUTE)
    with pytest.raises(jobs.Demanding, match="bread because hunger") as demanding:
        await pool.run(jobs.demand, deadline=MINUTE)

    assert (refused.value.details, refused.value.facts) == ({"task_id": 7}, {"left": 3})
    assert broken.value.errors == (FieldError("name", "required"),)
    assert demanding.value.why == "hunger"


async def test_what_cannot_travel_is_an_error_and_costs_no_worker(pool: ProcessPool) -> None:
    number = await pool.run(jobs.number, deadline=MINUTE)

    with pytest.raises(RuntimeError, match="Unportable"):
        await pool.run(jobs.stumble, deadline=MINUTE)
    with pytest.raises(Exception, match="lambda"):
        await pool.run(jobs.give_a_function, deadline=MINUTE)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        await pool.run(lambda: None, deadline=MINUTE)

    assert await pool.run(jobs.number, deadline=MINUTE) == number


async def test_a_worker_that_dies_fails_its_job_and_is_replaced(pool: ProcessPool) -> None:
    with pytest.raises(Unavailable):
        await pool.run(jobs.die, deadline=MINUTE)

    assert await pool.run(jobs.add, 1, 1, deadline=MINUTE) == 2


async def test_a_job_may_answer_with_what_it_has_when_its_time_is_up(pool: ProcessPool, tmp_path: Path) -> None:
    assert await pool.run(jobs.work_until_told, str(tmp_path / "begun"), deadline=AT_ONCE) == "what there was"


async def test_a_request_to_stop_does_not_reach_the_next_job(pool: ProcessPool, tmp_path: Path) -> None:
    await pool.run(jobs.add, 1, 2, deadline=AT_ONCE)

    assert await pool.run(jobs.add, 1, 2, deadline=MINUTE) == 3


async def test_a_job_that_overruns_is_ended_and_its_worker_replaced(tmp_path: Path) -> None:
    pool = ProcessPool(workers=1, grace=timedelta(milliseconds=50))
    number = await pool.run(jobs.number, deadline=MINUTE)

    with pytest.raises(DeadlinePassed):
        await pool.run(jobs.never_stop, str(tmp_path / "begun"), deadline=AT_ONCE)

    assert await pool.run(jobs.number, deadline=MINUTE) != number
    await pool.close()


async def test_a_caller_that_leaves_stops_its_job(pool: ProcessPool, tmp_path: Path) -> None:
    number = await pool.run(jobs.number, deadline=MINUTE)
    running = asyncio.ensure_future(pool.run(jobs.work_until_told, str(tmp_path / "begun"), deadline=MINUTE))
    await _until(tmp_path / "begun")

    running.cancel()

    assert await pool.run(jobs.number, deadline=MINUTE) == number


async def test_jobs_wait_for_a_worker_and_those_beyond_the_queue_are_refused(pool: ProcessPool, tmp_path: Path) -> None:
    running = asyncio.ensure_future(pool.run(jobs.work_until_told, str(tmp_path / "begun"), deadline=MINUTE))
    await _until(tmp_path / "begun")
    waiting = [asyncio.ensure_future(pool.run(jobs.add, 1, n, deadline=MINUTE, kind="password")) for n in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(Unavailable):
        await pool.run(jobs.add, 1, 2, deadline=MINUTE)

    waiting[0].cancel()
    running.cancel()
    assert await waiting[1] == 2


async def test_a_kind_of_jobs_is_held_to_its_limit(tmp_path: Path) -> None:
    pool = ProcessPool(workers=2, limits={"password": 1}, grace=MINUTE)
    slow = asyncio.ensure_future(pool.run(jobs.work_until_told, str(tmp_path / "a"), deadline=MINUTE, kind="password"))
    await _until(tmp_path / "a")
    held = asyncio.ensure_future(pool.run(jobs.work_until_told, str(tmp_path / "b"), deadline=AT_ONCE, kind="password"))

    assert await pool.run(jobs.add, 1, 2, deadline=MINUTE) == 3
    assert not (tmp_path / "b").exists()

    slow.cancel()
    assert await held == "what there was"
    await pool.close()


async def test_closing_stops_what_runs_and_refuses_what_waits(tmp_path: Path) -> None:
    pool = ProcessPool(workers=1, grace=MINUTE)
    running = asyncio.ensure_future(pool.run(jobs.work_until_told, str(tmp_path / "begun"), deadline=MINUTE))
    await _until(tmp_path / "begun")
    waiting = asyncio.ensure_future(pool.run(jobs.add, 1, 2, deadline=MINUTE))
    await asyncio.sleep(0)

    await pool.close()

    assert await running == "what there was"
    with pytest.raises(Unavailable):
        await waiting


async def test_a_worker_that_died_between_jobs_is_replaced_unnoticed(tmp_path: Path) -> None:
    pool = ProcessPool(workers=1)
    number = await pool.run(jobs.number, deadline=MINUTE)
    os.kill(number, signal.SIGKILL)
    os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)

    assert await pool.run(jobs.number, deadline=MINUTE) != number
    await pool.close()


def test_there_are_at_least_two_workers_so_that_a_long_job_can_leave_one_to_others() -> None:
    assert ProcessPool().workers >= 2


async def test_a_pool_that_was_never_used_closes() -> None:
    await ProcessPool().close()


def test_outside_a_worker_nobody_is_told_to_stop() -> None:
    assert not should_stop()


async def _until(file: Path) -> None:
    async with asyncio.timeout(30):
        while not file.exists():
            await asyncio.sleep(0.005)
