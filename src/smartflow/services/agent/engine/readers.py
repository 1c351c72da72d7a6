"""Wakes who follows a run in this process; others look again by themselves."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID


class Readers:
    """Knows who waits for which run."""

    def __init__(self) -> None:
        self._waiting: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

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

    def wake(self, run: UUID) -> None:
        """Tell everybody who follows a run."""
        for event in self._waiting.get(run, ()):
            event.set()
