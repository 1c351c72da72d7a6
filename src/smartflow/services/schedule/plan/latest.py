"""One planning job per person at a time: a newer one replaces the older, an equal one gets the same answer."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import Unavailable


class _Job(Struct):
    asked: bytes
    answer: asyncio.Future[bytes]
    waiting: int = 0


class Latest:
    """Knows what runs for whom."""

    def __init__(self) -> None:
        self._running: dict[OwnerId, _Job] = {}

    async def run(self, owner: OwnerId, asked: bytes, begin: Callable[[bytes], Awaitable[bytes]]) -> bytes:
        """Give what a job makes of what is asked; it is cancelled once nobody waits for it any more.

        Raises:
            Unavailable: A newer job of the owner replaced it.
        """
        job = self._running.get(owner)
        if job is None or job.asked != asked:
            if job is not None:
                job.answer.cancel()
            job = self._running[owner] = _Job(asked, asyncio.ensure_future(begin(asked)))
        job.waiting += 1
        try:
            return await asyncio.shield(job.answer)
        except asyncio.CancelledError:
            if job.answer.cancelled():
                raise Unavailable from None
            raise
        finally:
            job.waiting -= 1
            self._leave(owner, job)

    def _leave(self, owner: OwnerId, job: _Job) -> None:
        if job.waiting:
            return
        job.answer.cancel()  # one that is done takes no notice
        if self._running.get(owner) is job:
            del self._running[owner]
