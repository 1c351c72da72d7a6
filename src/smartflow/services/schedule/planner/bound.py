"""What no plan of an instance can beat: the matching's loss in tier 1, each block's cheapest start in the others."""

from smartflow.services.schedule.planner.cost import scale, scales
from smartflow.services.schedule.planner.days import DAY_TERMS
from smartflow.services.schedule.planner.feasibility import Fit
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.ranges import ranges
from smartflow.services.schedule.planner.solution import Solution

# What blocks cost each other is never below zero, so leaving it out keeps the bound true.
OMITTED = DAY_TERMS


def bound(problem: Problem, fit: Fit, empty: Solution) -> int:
    """Give a lower bound of every plan's packed cost; `empty` is the plan in which nothing is placed."""
    standing = sum(problem.days.cost(day, entries) for day, entries in enumerate(problem.standing) if problem.days.settled(day, entries))
    costs = [problem.costs(piece) for piece in problem.pieces]
    floors = [min((penalty, *alone)) for penalty, alone in zip(empty.penalties, costs, strict=True)]
    return standing + max(sum(floors), _by_matching(problem, fit, empty) if _losses_first(problem) else 0)


def _losses_first(problem: Problem) -> bool:
    """Whether leaving a block out weighs more than everything else together."""
    factors = scales(problem.instance.model)
    return factors.get("unplaced", 0) > max((factor for code, factor in factors.items() if code != "unplaced"), default=0)


def _by_matching(problem: Problem, fit: Fit, empty: Solution) -> int:
    """Plans that lose more than they must cost more; those that do not place at least so many blocks, each in its reach."""
    kept = {piece.index for piece in fit.chosen}
    if not fit.short and len(kept) == len(problem.pieces):
        reach = {index: found for line in problem.lines for index, found in ranges(line).items()}
        return sum(min(problem.costs(problem.pieces[index])[low:high]) for index, (low, high) in reach.items())
    if not fit.exact:
        return 0
    lost = sum(penalty for index, penalty in enumerate(empty.penalties) if index not in kept)
    least = min(empty.penalties)
    floors = sorted(min(problem.costs(piece)) for piece in problem.pieces if piece.profile.starts)
    placed = len(problem.pieces) - (lost // least if least else len(problem.pieces))
    return lost + sum(floors[: max(0, placed)]) % scale(1)
