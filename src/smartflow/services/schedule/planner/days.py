"""What blocks cost each other; all of it happens inside one day."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from smartflow.services.schedule.planner.board import Board
from smartflow.services.schedule.planner.cost import scales, started
from smartflow.services.schedule.planner.hours import span
from smartflow.services.schedule.planner.instance import Instance
from smartflow.services.schedule.planner.piece import Entry
from smartflow.services.schedule.planner.weights import Weights

DAY_TERMS = ("daily_load", "spacing", "fragmentation", "heavy", "long_stretch")


class DayCounts(NamedTuple):
    """What a day is judged by: minutes placed, pairs of one steady class, changes of class, lone sections, heavy points, overlong steps."""

    minutes: int
    pairs: int
    changes: int
    lone: int
    heavy: int
    overlong: int


class DayTerms:
    """Judges days of one instance."""

    def __init__(self, instance: Instance, board: Board) -> None:
        self._board = board
        self._weights = Weights(instance)
        factors = scales(instance.model)
        self._scales = [factors.get(code, 0) for code in DAY_TERMS]
        full = (1 << len(board.clocks)) - 1
        self._free = [full & ~held & ~stays for held, stays in zip(board.held, board.standing, strict=True)]
        # A section that was alone before is nobody's fault.
        self._was_lone = [board.lone(free) for free in self._free]

    def cost(self, day: int, entries: Sequence[Entry]) -> int:
        """Give a day's packed cost; entries are in order of time."""
        if not entries:
            return 0
        points = self.points(self.counts(day, entries))
        return sum(factor * amount for factor, amount in zip(self._scales, points, strict=True) if amount)

    def points(self, counts: DayCounts) -> tuple[int, int, int, int, int]:
        """Weigh what was counted, in the order of `DAY_TERMS`."""
        w = self._weights
        changes = w.change * counts.changes + w.lone * counts.lone
        return self._load(counts.minutes), w.same_day * counts.pairs, changes, counts.heavy, w.overlong * counts.overlong

    def counts(self, day: int, entries: Sequence[Entry]) -> DayCounts:
        """Count what a day is judged by."""
        minutes, taken = 0, 0
        for entry in entries:
            minutes += entry.ends - entry.begins
            taken |= entry.mask
        lone = (self._board.lone(self._free[day] & ~taken) & ~self._was_lone[day]).bit_count()
        if len(entries) == 1:
            return DayCounts(minutes, 0, 0, lone, 0, self._overlong(entries))
        changes, heavy = self._neighbours(day, entries, taken)
        return DayCounts(minutes, _same_day(entries), changes, lone, heavy, self._overlong(entries))

    def settled(self, day: int, entries: Sequence[Entry]) -> bool:
        """Whether nothing can come between blocks that follow each other, so that more blocks only cost more."""
        near = (pair for pair in pairwise(entries) if pair[1].begins - pair[0].ends < self._weights.adjacent)
        return not any(self._free[day] & span(one.last + 1, other.first - 1) for one, other in near)

    def _load(self, minutes: int) -> int:
        w = self._weights
        wall = max(w.cap, w.wall)
        over = started(min(minutes, wall) - w.cap, w.load_step) * w.load
        return over + started(minutes - wall, w.load_step) * w.load_beyond

    def _neighbours(self, day: int, entries: Sequence[Entry], taken: int) -> tuple[int, int]:
        changes, heavy = 0, 0
        held = self._board.held[day] & ~taken
        for one, other in pairwise(entries):
            gap = other.begins - one.ends
            if one.key == other.key or gap >= self._weights.adjacent or held & span(one.last + 1, other.first - 1):
                continue
            changes += 1
            if one.heavy and other.heavy:
                heavy += started(self._weights.heavy * (self._weights.adjacent - max(0, gap)), self._weights.adjacent)
        return changes, heavy

    def _overlong(self, entries: Sequence[Entry]) -> int:
        w = self._weights
        steps, key, of_class, of_heavy, ended = 0, 0, 0, 0, entries[0].begins
        for entry in entries:
            rest = entry.begins - ended >= w.adjacent
            if rest or entry.key != key:
                steps += started(of_class - w.stretch_class, w.stretch_step)
                key, of_class = entry.key, 0
            if rest:
                steps += started(of_heavy - w.stretch_heavy, w.stretch_step)
                of_heavy = 0
            minutes, ended = entry.ends - entry.begins, entry.ends
            of_class += minutes
            of_heavy += minutes if entry.heavy else 0
        return steps + started(of_class - w.stretch_class, w.stretch_step) + started(of_heavy - w.stretch_heavy, w.stretch_step)


def _same_day(entries: Sequence[Entry]) -> int:
    times = Counter(entry.key for entry in entries if entry.steady)
    return sum(count * (count - 1) // 2 for count in times.values())
