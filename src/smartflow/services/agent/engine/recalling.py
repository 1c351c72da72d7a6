"""What the person wants kept in mind: fetched beside everything else, and gone without where it takes too long."""

import asyncio
from contextlib import suppress

from smartflow.client.memory import MemoryClient, Recollection
from smartflow.services.agent.engine.job import Job
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.process.logs import logger

_PATIENCE = 0.3
_MOST = 12


class Recaller:
    """Recalls, once for each run."""

    def __init__(self, memory: MemoryClient) -> None:
        self._memory = memory
        self._log = logger("agent")

    def begin(self, job: Job, words: str) -> None:
        """Begin to recall what fits the words."""
        if words.strip():
            job.recalling = asyncio.get_running_loop().create_task(self._recall(job, words), name=f"recall.{job.run.id}")

    async def recalled(self, job: Job) -> tuple[str, ...]:
        """Give the texts of what was recalled, in the order in which it is told; nothing if it is late or failed."""
        if job.recalling is None:
            return ()
        with suppress(TimeoutError):
            found = await asyncio.wait_for(asyncio.shield(job.recalling), _PATIENCE)
            return tuple(each.text for each in found.items)
        self._log.warning("agent.recall_late", run_id=str(job.run.id))
        job.recalling.cancel()
        job.recalling = None
        return ()

    async def _recall(self, job: Job, words: str) -> Recollection:
        try:
            return await self._memory.recall(job.call, words, _MOST)
        except Refusal:
            return Recollection(())
        except Exception as error:  # noqa: BLE001 - whatever it was, the answer goes on without
            self._log.warning("agent.recall_failed", run_id=str(job.run.id), why=type(error).__name__)
            return Recollection(())
