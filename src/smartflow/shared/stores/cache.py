"""A cache that is never told to forget: keys carry the version of what they stand for, so old entries are just not asked for."""

import asyncio
from asyncio import Task
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps at most `size` values, those used last, each for 90 to 100 % of `lifetime`.

    Askers of one key share one load; the load goes on for the others when one of them leaves, and a failed one is not kept.
    """

    def __init__(self, clock: Clock, entropy: Entropy, *, size: int, lifetime: timedelta) -> None:
        self._clock = clock
        self._entropy = entropy
        self._size = size
        self._lifetime = lifetime
        self._kept: OrderedDict[K, tuple[datetime, V]] = OrderedDict()
        self._loading: dict[K, Task[V]] = {}

    async def get(self, key: K, load: Callable[[], Awaitable[V]]) -> V:
        """Give the value of a key, loaded if it is not there; raises what the load raises."""
        found = self._kept.get(key)
        if found is not None and self._clock.now() < found[0]:
            self._kept.move_to_end(key)
            return found[1]
        loading = self._loading.get(key)
        if loading is None:
            loading = self._loading[key] = asyncio.ensure_future(_loaded(load))
            loading.add_done_callback(lambda done: self._finish(key, done))
        return await asyncio.shield(loading)

    def _finish(self, key: K, loading: Task[V]) -> None:
        del self._loading[key]
        if loading.cancelled() or loading.exception() is not None:
            return
        # Spread, so that what was loaded together is not reloaded together.
        life = self._lifetime * (0.9 + self._entropy.fraction() / 10)
        self._kept[key] = (self._clock.now() + life, loading.result())
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)


async def _loaded(load: Callable[[], Awaitable[V]]) -> V:
    return await load()
