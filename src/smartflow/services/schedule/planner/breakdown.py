"""What a plan costs, told term by term: of one placement at the margin, and of the whole."""

from collections import Counter

from smartflow.services.schedule.planner.answer import Points, TermTotal
from smartflow.services.schedule.planner.board import Position
from smartflow.services.schedule.planner.days import DAY_TERMS, DayCounts
from smartflow.services.schedule.planner.piece import Piece, entry
from smartflow.services.schedule.planner.solution import Solution
from smartflow.services.schedule.planner.weights import Weights


def breakdown(solution: Solution, piece: Piece, p: Position) -> tuple[Points, ...]:
    """Give each term's points of a piece at a position, the others as they stand; blocks in its way are thought away."""
    problem = solution.problem
    others = [other for other in solution.entries(p.day) if other.piece != piece.index and not other.mask & p.mask]
    joined = sorted([*others, entry(piece, p)], key=lambda other: other.begins)
    after = problem.days.counts(p.day, joined)
    before = problem.days.counts(p.day, others) if others else DayCounts(0, 0, 0, 0, 0, 0)
    margin = zip(DAY_TERMS, problem.days.points(after), problem.days.points(before), strict=True)
    found = {points.code: points for points in problem.unary.points(piece, p)}
    for code, more, less in margin:
        if more != less:
            alone = found.get(code, Points(code, 0))
            found[code] = Points(code, alone.points + more - less, alone.facts | _facts(code, after, before))
    known = {term.code for term in problem.instance.model.terms}
    return tuple(points for points in found.values() if points.code in known)


def totals(solution: Solution) -> tuple[TermTotal, ...]:
    """Give what each term of the model costs the whole plan."""
    problem, sums = solution.problem, Counter[str]()
    weight = Weights(problem.instance).unplaced
    for piece in problem.pieces:
        spot = solution.spots[piece.index]
        if spot is None:
            sums["unplaced"] += weight * piece.value
        else:
            sums.update({points.code: points.points for points in problem.unary.points(piece, spot)})
    for day in range(problem.board.days):
        entries = solution.entries(day)
        if entries:
            sums.update(dict(zip(DAY_TERMS, problem.days.points(problem.days.counts(day, entries)), strict=True)))
    return tuple(TermTotal(term.code, term.tier, term.weight, sums[term.code]) for term in problem.instance.model.terms)


def _facts(code: str, after: DayCounts, before: DayCounts) -> dict[str, int]:
    if code == "daily_load":
        return {"minutes": after.minutes}
    if code == "spacing":
        return {"same_day": after.pairs - before.pairs}
    if code == "fragmentation":
        return {"changes": after.changes - before.changes, "lone": after.lone - before.lone}
    return {"steps": after.overlong - before.overlong} if code == "long_stretch" else {}
