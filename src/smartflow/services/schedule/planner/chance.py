"""SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same draws everywhere for the same seed."""

from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Chance:
    """A stream of draws."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def draw(self) -> int:
        """Draw 64 bits."""
        self._state = self._state + 0x9E3779B97F4A7C15 & _MASK
        bits = self._state
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & _MASK
        return bits ^ bits >> 31

    def below(self, limit: int) -> int:
        """Draw a number from 0 up to a limit, which is out."""
        return self.draw() % limit

    def shuffled(self, things: list[T]) -> list[T]:
        """Give the things in a drawn order."""
        mixed = things[:]
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
