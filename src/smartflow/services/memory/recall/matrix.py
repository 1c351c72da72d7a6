"""An owner's active memories with their words, kept in the process as long as nothing changes."""

import asyncio
from datetime import timedelta

from smartflow.client.memory import Memory
from smartflow.services.memory import repository
from smartflow.services.memory.recall.words import Words
from smartflow.shared.database.database import Database
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy, OwnerId
from smartflow.shared.stores.cache import Cache

_OWNERS = 256
_LIFETIME = timedelta(minutes=10)


class Matrix:
    """Some memories, by id, and their words. What may be used of them is asked at every recall, not here."""

    def __init__(self, memories: tuple[Memory, ...]) -> None:
        self.memories = memories
        self.words = Words([_text(memory) for memory in memories])


class Matrices:
    """Keeps the matrices of those who were asked about last. A changed memory is a new version, so nothing must be dropped."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy) -> None:
        self._database = database
        self._kept: Cache[tuple[OwnerId, int], Matrix] = Cache(clock, entropy, size=_OWNERS, lifetime=_LIFETIME)

    async def of(self, owner: OwnerId, version: int) -> Matrix:
        """Give an owner's matrix at a version that was read a moment ago; whoever asks at once shares one load."""
        return await self._kept.get((owner, version), lambda: self._load(owner))

    async def _load(self, owner: OwnerId) -> Matrix:
        async with self._database.read() as reader:
            memories = await repository.active(reader, owner)
        return await asyncio.to_thread(Matrix, memories)


def _text(memory: Memory) -> str:
    """Give the words that a memory is found by; a title that is the content's beginning adds none."""
    own = not memory.content.startswith(memory.title.removesuffix("…"))
    return f"{memory.title}\n{memory.content}" if own else memory.content
