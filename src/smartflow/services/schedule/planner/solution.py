"""A plan in the making: who stands where, and what it costs; every change touches one day."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from smartflow.services.schedule.planner.board import Position
from smartflow.services.schedule.planner.cost import scales
from smartflow.services.schedule.planner.piece import Entry, Piece, entry
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.walls import FOREVER
from smartflow.services.schedule.planner.weights import Weights


class Solution:
    """Places of the pieces of a problem. `total` is the packed cost; `steps` counts the days judged so far.

    `stop` is asked between the blocks that a search looks at; once it says yes, the search ends with what it has.
    """

    def __init__(self, problem: Problem, *, moves: int = 0) -> None:
        self.problem = problem
        self.stop: Callable[[], bool] = never
        self.moves_allowed = moves
        self.moved = 0
        self.steps = 0
        self.spots: list[Position | None] = [None] * len(problem.pieces)
        self._alone = [0] * len(problem.pieces)
        self._on = [list(entries) for entries in problem.standing]
        self._taken = [0] * problem.board.days
        self._crowd = [problem.days.cost(day, entries) for day, entries in enumerate(self._on)]
        weight = Weights(problem.instance).unplaced * scales(problem.instance.model).get("unplaced", 0)
        self.penalties = [weight * piece.value for piece in problem.pieces]
        self._lone = Weights(problem.instance).lone * scales(problem.instance.model).get("fragmentation", 0)
        self.total = sum(self._crowd) + sum(self.penalties)
        self._ranks = {piece.index: (line, rank) for line in problem.lines for rank, piece in enumerate(line)}

    def copy(self) -> "Solution":
        """Give a copy that may go another way."""
        twin = object.__new__(Solution)
        twin.__dict__.update(self.__dict__)
        twin.spots, twin._alone, twin._taken, twin._crowd = self.spots[:], self._alone[:], self._taken[:], self._crowd[:]
        twin._on = [list(entries) for entries in self._on]
        return twin

    def entries(self, day: int) -> list[Entry]:
        """Give a day's blocks by time."""
        return self._on[day]

    def room(self, piece: Piece) -> tuple[int, int]:
        """Give the instants between which item order leaves a piece room."""
        line, rank = self._ranks[piece.index]
        after, before = -FOREVER, FOREVER
        for sibling in reversed(line[:rank]):
            if (spot := self.spots[sibling.index]) is not None:
                after = spot.ends
                break
        for sibling in line[rank + 1 :]:
            if (spot := self.spots[sibling.index]) is not None:
                before = spot.begins
                break
        return after, before

    def reach(self, piece: Piece) -> tuple[int, int]:
        """Give the range of a piece's starts that item order leaves it."""
        after, before = self.room(piece)
        return bisect_left(piece.profile.begins, after), bisect_right(piece.profile.ends, before)

    def may_go(self, piece: Piece, p: Position) -> bool:
        """Whether a position is free, and going there moves no more standing blocks than allowed."""
        if self._taken[p.day] & p.mask:
            return False
        return piece.current is None or self.moved < self.moves_allowed or p == piece.current

    def crowding(self, piece: Piece, p: Position) -> int:
        """Give what a piece's coming to a position would add to its day; blocks in its way are thought away."""
        self.steps += 1
        entries, before = self._on[p.day], self._crowd[p.day]
        if not entries:
            return self.problem.days.cost(p.day, (entry(piece, p),))
        if any(other.mask & p.mask for other in entries):
            entries = [other for other in entries if not other.mask & p.mask]
            before = self.problem.days.cost(p.day, entries)
        return self.problem.days.cost(p.day, _with(entries, entry(piece, p))) - before

    def relief(self, piece: Piece) -> int:
        """Give by how much a piece's crowding may lie below zero: only a single section can fill a lone one."""
        return self._lone if piece.block.sections == 1 else 0

    def put(self, piece: Piece, p: Position, alone: int) -> None:
        """Place a piece; `alone` is its packed cost there by itself."""
        self.spots[piece.index], self._alone[piece.index] = p, alone
        self._taken[p.day] |= p.mask
        self._settle(p.day, _with(self._on[p.day], entry(piece, p)))
        self.total += alone - self.penalties[piece.index]
        self.moved += piece.current is not None and p != piece.current

    def take(self, piece: Piece) -> tuple[Position, int]:
        """Take a placed piece off again; gives where it stood and what it cost alone.

        Raises:
            LookupError: The piece has no place.
        """
        p = self.spots[piece.index]
        if p is None:
            raise LookupError(piece.block.source)
        alone = self._alone[piece.index]
        self.spots[piece.index] = None
        remaining = [other for other in self._on[p.day] if other.piece != piece.index]
        self._taken[p.day] &= ~p.mask
        self._settle(p.day, remaining)
        self.total += self.penalties[piece.index] - alone
        self.moved -= piece.current is not None and p != piece.current
        return p, alone

    def cheapest(self, piece: Piece, ceiling: int, *, within: tuple[int, int] | None = None) -> tuple[int, int] | None:
        """Find the start that adds least and less than a ceiling: (packed cost, index in the profile), or nothing.

        Starts are tried from the cheapest alone, so most are never looked at. `within` is a range to keep to.
        """
        low, high = self.reach(piece)
        if within is not None:
            low, high = max(low, within[0]), min(high, within[1])
        costs, starts = self.problem.costs(piece), piece.profile.starts
        best, found, relief = ceiling, None, self.relief(piece)
        for index in self.problem.ranked(piece):
            if costs[index] - relief >= best:
                break
            if low <= index < high and self.may_go(piece, starts[index]):
                cost = costs[index] + self.crowding(piece, starts[index])
                if cost < best:
                    best, found = cost, index
        return None if found is None else (best, found)

    def put_at(self, piece: Piece, index: int) -> None:
        """Place a piece at one of its starts."""
        self.put(piece, piece.profile.starts[index], self.problem.costs(piece)[index])

    def _settle(self, day: int, entries: list[Entry]) -> None:
        self._on[day] = entries
        cost = self.problem.days.cost(day, entries)
        self.total += cost - self._crowd[day]
        self._crowd[day] = cost


def never() -> bool:
    """Let a search run to its end."""
    return False


def _with(entries: list[Entry], new: Entry) -> list[Entry]:
    place = next((rank for rank, other in enumerate(entries) if other.begins > new.begins), len(entries))
    return [*entries[:place], new, *entries[place:]]
