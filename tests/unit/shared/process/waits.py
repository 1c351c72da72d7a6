"""Waits in which no time passes by itself."""

import asyncio


class ManualWaits:
    """Notes how long it is asked to wait; a wait ends by an event or when a test lets time pass."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    async def first(self, seconds: float, *events: asyncio.Event) -> None:
        self.asked.append(seconds)
        self._news.set()
        waiting = [asyncio.ensure_future(event.wait()) for event in (*events, self._over)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
            self._over.clear()

    async def until_asked(self, times: int) -> None:
        """Return once somebody has begun to wait that often."""
        while len(self.asked) < times:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 10)

    def pass_by(self) -> None:
        """Let the time of the wait in hand be over."""
        self._over.set()
