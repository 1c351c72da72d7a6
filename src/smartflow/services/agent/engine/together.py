"""Runs the calls of one answer: looks that follow each other together, a few at a time; whatever changes something in its turn."""

import asyncio
from asyncio import Event, Semaphore, Task
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from itertools import groupby

from smartflow.services.agent.model import Call, Result

AT_ONCE = 4
Run = Callable[[Call], Awaitable[Result]]


async def in_order(
    calls: Sequence[Call], looks: Callable[[Call], bool], run: Run, stopped: Event
) -> AsyncGenerator[tuple[Call, Result], None]:
    """Give calls with their results, in their order; ends early when it is stopped, and then leaves no look behind."""
    for only_looks, stretch in groupby(calls, key=looks):
        if only_looks:
            async with aclosing(_together(list(stretch), run, stopped)) as given:
                async for each in given:
                    yield each
        else:
            for call in stretch:
                if stopped.is_set():
                    return
                yield call, await run(call)


async def _together(calls: Sequence[Call], run: Run, stopped: Event) -> AsyncGenerator[tuple[Call, Result], None]:
    gate = Semaphore(AT_ONCE)

    async def gated(call: Call) -> Result:
        async with gate:
            return await run(call)

    stopping = asyncio.ensure_future(stopped.wait())
    looking: list[Task[Result]] = [asyncio.ensure_future(gated(call)) for call in calls]
    try:
        for call, look in zip(calls, looking, strict=True):
            await asyncio.wait((look, stopping), return_when=asyncio.FIRST_COMPLETED)
            if stopped.is_set():
                return
            yield call, look.result()
    finally:
        for each in (*looking, stopping):
            each.cancel()
        await asyncio.gather(*looking, stopping, return_exceptions=True)
