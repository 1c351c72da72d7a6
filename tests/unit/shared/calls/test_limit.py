"""Deadlines: whose time is up is said, and only then."""

import asyncio

import pytest

from smartflow.shared.calls.limit import within
from smartflow.shared.kernel.refusal import DeadlinePassed


async def test_what_takes_too_long_is_refused() -> None:
    with pytest.raises(DeadlinePassed):
        async with within(0.001):
            await asyncio.Event().wait()


async def test_a_time_out_of_the_work_itself_stays_what_it_is() -> None:
    with pytest.raises(TimeoutError):
        async with within(60):
            raise TimeoutError
