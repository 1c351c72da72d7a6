"""The cache: loads once, keeps a while, and never more than it may."""

import asyncio
from datetime import timedelta

import pytest

from smartflow.shared.stores.cache import Cache
from tests.kit.ports import ManualClock, SeededEntropy

LIFETIME = timedelta(minutes=10)


class Source:
    """Counts how often it is asked; answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.begun = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def load(self, key: str) -> str:
        self.asked.append(key)
        self.begun.set()
        await self.open.wait()
        if key == "broken":
            raise LookupError(key)
        return key.upper()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cache(clock: ManualClock) -> Cache[str, str]:
    return Cache(clock, SeededEntropy(1), size=2, lifetime=LIFETIME)


async def test_a_key_is_loaded_once(cache: Cache[str, str]) -> None:
    source = Source()

    assert [await cache.get("a", lambda: source.load("a")) for _ in range(2)] == ["A", "A"]
    assert source.asked == ["a"]


async def test_all_who_ask_at_once_share_one_load_even_if_the_first_leaves(cache: Cache[str, str]) -> None:
    source = Source()
    source.open.clear()
    first, second = (asyncio.ensure_future(cache.get("a", lambda: source.load("a"))) for _ in range(2))
    await source.begun.wait()

    first.cancel()
    source.open.set()

    assert await second == "A"
    assert source.asked == ["a"]


async def test_a_failed_load_is_told_and_not_kept(cache: Cache[str, str]) -> None:
    source = Source()

    for _ in range(2):
        with pytest.raises(LookupError):
            await cache.get("broken", lambda: source.load("broken"))

    assert len(source.asked) == 2


async def test_values_are_loaded_again_after_their_lifetime(cache: Cache[str, str], clock: ManualClock) -> None:
    source = Source()
    await cache.get("a", lambda: source.load("a"))

    clock.advance(LIFETIME * 0.89)
    await cache.get("a", lambda: source.load("a"))
    assert len(source.asked) == 1

    clock.advance(LIFETIME * 0.12)
    await cache.get("a", lambda: source.load("a"))
    assert len(source.asked) == 2


async def test_what_was_used_last_is_kept(cache: Cache[str, str]) -> None:
    source = Source()
    for key in ("a", "b", "a", "c", "a", "b"):
        await cache.get(key, lambda key=key: source.load(key))  # type: ignore[misc]

    assert source.asked == ["a", "b", "c", "b"]
