"""Keeps a call's deadline: the work is cancelled when it passes, and says so by a refusal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.refusal import DeadlinePassed


def seconds_left(call: Call | None, clock: Clock) -> float | None:
    """Count the seconds until a call's deadline; None if it has none.

    Raises:
        DeadlinePassed: It lies in the past.
    """
    if call is None or call.deadline is None:
        return None
    left = (call.deadline - clock.now()).total_seconds()
    if left <= 0:
        raise DeadlinePassed
    return left


@asynccontextmanager
async def within(seconds: float | None) -> AsyncIterator[None]:
    """Do what is inside in time.

    Raises:
        DeadlinePassed: It took longer.
    """
    scope = asyncio.timeout(seconds)
    try:
        async with scope:
            yield
    except TimeoutError:
        if scope.expired():
            raise DeadlinePassed from None
        raise
