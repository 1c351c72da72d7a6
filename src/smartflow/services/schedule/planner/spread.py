"""How a class wants its blocks spread: evenly over its usable days, or as early as its usable pairs allow."""

from bisect import bisect_right
from collections.abc import Iterable

from msgspec import Struct

from smartflow.services.schedule.planner.board import Position


class Spread(Struct, frozen=True, eq=False):
    """The usable time of one class, counted before this planning and from now on."""

    usable_days: tuple[int, ...]
    earlier_days: list[int]
    pair_ends: list[int]

    def target(self, rank: int, items: int) -> int:
        """Give the usable day (from 0) that the item of a rank (from 1) wants in an even spread."""
        return (2 * rank - 1) * len(self.usable_days) // (2 * items)

    def days_off(self, day: int, target: int) -> int:
        """Count the usable days between a day and the target."""
        return abs(self.earlier_days[day] - target)

    def passed_over(self, begins: int) -> int:
        """Count the usable pairs that lie wholly before an instant."""
        return bisect_right(self.pair_ends, begins)


def spread(days: int, starts: Iterable[Position], standing_days: Iterable[int], pairs: Iterable[Position]) -> Spread:
    """Build a class's spread from its starts, the days where it stands already, and its usable pairs."""
    usable = sorted({p.day for p in starts} | set(standing_days))
    earlier = [0] * (days + 1)
    for day in usable:
        earlier[day + 1] = 1
    for day in range(days):
        earlier[day + 1] += earlier[day]
    return Spread(tuple(usable), earlier, [p.ends for p in pairs])
