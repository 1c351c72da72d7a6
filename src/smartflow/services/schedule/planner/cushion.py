"""How much time a deadline leaves beyond all the work that is due by then."""

from bisect import bisect_right
from itertools import accumulate
from statistics import mode

from smartflow.services.schedule.planner.answer import Cushion
from smartflow.services.schedule.planner.hours import touched
from smartflow.services.schedule.planner.instance import WEEK
from smartflow.services.schedule.planner.problem import Problem


class Cushions:
    """Usable sections and needed ones up to any instant."""

    def __init__(self, problem: Problem) -> None:
        self._ends = _usable_ends(problem)
        due = sorted((piece.deadline, piece.block.sections) for piece in problem.pieces if piece.deadline is not None)
        self._due = [deadline for deadline, _ in due]
        self._needs = [0, *accumulate(sections for _, sections in due)]
        self._minutes = mode(clock.ends - clock.starts for clock in problem.board.clocks)

    def at(self, deadline: int) -> Cushion:
        """Give the cushion of a deadline; below zero, something will be late whatever is planned."""
        have = bisect_right(self._ends, deadline)
        need = self._needs[bisect_right(self._due, deadline)]
        return Cushion(have - need, (have - need) * self._minutes, have, need)


def _usable_ends(problem: Problem) -> list[int]:
    board, instance = problem.board, problem.instance
    forbidden = touched(instance.preferences.forbidden, board.clocks)
    ends = []
    for day, dated in enumerate(board.grid.days):
        shut = board.held[day] | board.standing[day] | forbidden[day % WEEK]
        times = enumerate(zip(dated.starts, dated.ends, strict=True))
        ends += [end for bit, (start, end) in times if start >= instance.now and not shut >> bit & 1]
    return ends
