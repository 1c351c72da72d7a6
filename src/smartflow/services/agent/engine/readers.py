"""Who follows which run in this process. A run that is answered here wakes them itself; one look wakes those of all others."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Row, select, update

from smartflow.services.agent.tables import conversations, runs
from smartflow.shared.database.database import Database
from smartflow.shared.database.unit import Unit

_MOST = 500


class Readers:
    """Knows who waits for which run."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._seen: dict[UUID, tuple[object, ...]] = {}

    @contextmanager
    def at(self, run: UUID) -> Iterator[asyncio.Event]:
        """Follow a run: the event is set whenever it has written something."""
        event = asyncio.Event()
        self._waiting[run].add(event)
        try:
            yield event
        finally:
            self._waiting[run].discard(event)
            if not self._waiting[run]:
                del self._waiting[run]
                self._seen.pop(run, None)

    def wake(self, run: UUID) -> None:
        """Tell everybody who follows a run."""
        for event in self._waiting.get(run, ()):
            event.set()

    async def look(self, ours: Collection[UUID]) -> None:
        """Wake those whose run, answered in another process, has gone on: one statement for all of them."""
        followed = [run for run in self._waiting if run not in ours]
        if not followed:
            return
        for start in range(0, len(followed), _MOST):
            of = runs.join(conversations, conversations.c.id == runs.c.conversation_id)
            query = select(runs.c.id, runs.c.status, conversations.c.next_pos).select_from(of)
            async with self._database.read() as reader:
                found = await reader.all(query.where(runs.c.id.in_(followed[start : start + _MOST])))
            self._compare(followed[start : start + _MOST], {row.id: row for row in found})

    async def note(self, unit: Unit) -> None:
        """Write down which conversations are being followed from here, so that nobody takes them for left."""
        followed = list(self._waiting)
        for start in range(0, len(followed), _MOST):
            mine = conversations.c.active_run_id.in_(followed[start : start + _MOST])
            await unit.run(update(conversations).where(mine).values(read_at=unit.now))

    def _compare(self, followed: Collection[UUID], found: dict[UUID, Row[tuple[UUID, str, int]]]) -> None:
        for run in followed:
            row = found.get(run)
            now = ("gone",) if row is None else (row.status, row.next_pos)
            if self._seen.get(run) != now and run in self._waiting:
                self._seen[run] = now
                self.wake(run)
