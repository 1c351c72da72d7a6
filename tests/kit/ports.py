"""Ports for tests: a clock that stands still until it is moved, chance from a seed, faults on demand."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

MONDAY = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, second week of the sample term


class ManualClock:
    """Time moves only when a test says so."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by

    def set(self, instant: datetime) -> None:
        self._now = instant


class SeededEntropy:
    """Chance that repeats itself; its UUIDs still sort by the order in which they were made."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._made = 0

    def uuid(self) -> UUID:
        self._made += 1
        return UUID(int=(self._made << 80) | (7 << 76) | (2 << 62) | self._random.getrandbits(48))

    def secret(self, size: int) -> bytes:
        return self._random.randbytes(size)

    def fraction(self) -> float:
        return self._random.random()


class Boom(Exception):
    """What a fault raises."""


class Crash(BaseException):
    """What a crash raises: nobody catches it, as nobody catches a `kill -9`."""


class FaultPlan:
    """Fails, or crashes, at the n-th passage of a named moment."""

    def __init__(self) -> None:
        self.passed: dict[str, int] = {}
        self._planned: dict[str, set[int]] = {}
        self._crashes: dict[str, set[int]] = {}

    def crash(self, point: str, *, passage: int = 1) -> None:
        """Crash at that passage, counted from now."""
        self._crashes.setdefault(point, set()).add(self.passed.get(point, 0) + passage)

    def fail(self, point: str, *, passage: int = 1) -> None:
        """Fail at that passage, counted from now."""
        self._planned.setdefault(point, set()).add(self.passed.get(point, 0) + passage)

    def heal(self) -> None:
        """Forget what is planned."""
        self._planned.clear()
        self._crashes.clear()

    def at(self, point: str) -> None:
        self.passed[point] = self.passed.get(point, 0) + 1
        if self.passed[point] in self._planned.get(point, ()):
            raise Boom(point)
        if self.passed[point] in self._crashes.get(point, ()):
            raise Crash(point)
