"""The use cases that look for what fits."""

from datetime import datetime

from smartflow.client.memory import MemoryType, Recalled, Recollection
from smartflow.services.memory import model, repository
from smartflow.services.memory.recall import rank
from smartflow.services.memory.recall.budget import within
from smartflow.services.memory.recall.matrix import Matrices
from smartflow.services.memory.recall.uses import Uses
from smartflow.services.memory.repository import Standing
from smartflow.shared.database.database import Database
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.process.telemetry import Metrics


class RecallService:
    """Looks for memories. Switches and version are read first, so that what was just forgotten is in no answer."""

    def __init__(self, database: Database, matrices: Matrices, uses: Uses, metrics: Metrics) -> None:
        self._database = database
        self._matrices = matrices
        self._uses = uses
        self._metrics = metrics

    async def search(self, call: Call, text: str, *, types: tuple[MemoryType, ...] = (), limit: int = 10) -> tuple[Recalled, ...]:
        """Give the active memories that share words with a text, those that fit best first."""
        stood, now = await self._stood(call.owner)
        found = [each for each in await self._weighed(call.owner, stood, text, now) if "words" in each.reasons]
        wanted = [each for each in found if not types or each.memory.type in types]
        return tuple(sorted(wanted, key=rank.best_first)[:limit])

    async def recall(self, call: Call, text: str, limit: int) -> Recollection:
        """Give what should be known where a text is answered: what always holds, what is soon, what fits; within budgets."""
        stood, now = await self._stood(call.owner)
        found = [each for each in await self._weighed(call.owner, stood, text, now) if each.reasons]
        told = within(sorted(found, key=rank.told_first), limit)
        self._uses.note(call.owner, [each.memory.id for each in told], now)
        for each in told:
            self._metrics.recalled.labels(each.memory.type).inc(each.tokens)
        constraints = [each for each in found if each.memory.type == "constraint"]
        return Recollection(tuple(told), len(constraints) - sum(each.memory.type == "constraint" for each in told))

    async def _weighed(self, owner: OwnerId, stood: Standing, text: str, now: datetime) -> list[Recalled]:
        """Weigh everything that may be used now."""
        if not stood.switches.memory_enabled:
            return []
        with self._metrics.recalling.labels("load").time():
            matrix = await self._matrices.of(owner, stood.version)
        self._metrics.remembered.observe(len(matrix.memories))
        with self._metrics.recalling.labels("weigh").time():
            gated = [at for at, memory in enumerate(matrix.memories) if model.holds(memory, stood.switches, now)]
            relevant = rank.relevance(matrix.words.scores(text), gated)
            return [rank.ranked(matrix.memories[at], relevant.get(at, 0.0), now) for at in gated]

    async def _stood(self, owner: OwnerId) -> tuple[Standing, datetime]:
        with self._metrics.recalling.labels("look").time():
            async with self._database.read() as reader:
                return await repository.standing(reader, owner), reader.now
