"""Which memories were used last: noted while answering, written later and in batches, so that no answer waits for it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from smartflow.services.memory import repository
from smartflow.shared.database.database import Database
from smartflow.shared.kernel.ids import MemoryId, OwnerId


class Uses:
    """What was recalled since the last writing; lost with the process, which costs nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[OwnerId, dict[MemoryId, datetime]] = defaultdict(dict)

    def note(self, owner: OwnerId, ids: Iterable[MemoryId], at: datetime) -> None:
        """Note that some memories went into an answer."""
        for each in ids:
            self._noted[owner][each] = at

    async def write(self) -> None:
        """Write what was noted; it is no change, so neither times nor versions move."""
        noted, self._noted = self._noted, defaultdict(dict)
        for owner, used in noted.items():
            async with self._database.work() as unit:
                await repository.mark_used(unit, owner, used)
