"""The fast start: the better of earliest deadline first and, if that leaves something out, another way to fill the term."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

from smartflow.services.schedule.planner.cost import UNBOUNDED
from smartflow.services.schedule.planner.feasibility import Fit
from smartflow.services.schedule.planner.matching import Matching
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.ranges import Range, ranges
from smartflow.services.schedule.planner.solution import Solution

# A handful of rounds settles how many blocks of each class fit; what is left then is taken off.
_ROUNDS = 4


def fast_start(problem: Problem, fit: Fit) -> Solution:
    """Place the chosen blocks; standing ones move only where nothing else lets everything in."""
    still = _one_by_one(problem, fit.chosen, longest_first=False)
    if all(still.spots[piece.index] is not None for piece in fit.chosen):
        return still
    if fit.exact:
        matched = _matched(still, fit)
        return matched if matched.moved <= problem.instance.max_moves and matched.total < still.total else _closed_up(still)
    # Where lengths differ the long ones find no gap once the short ones have broken them up.
    return min((_in_rounds(problem, fit.chosen, longest_first=first) for first in (False, True)), key=lambda solution: solution.total)


def _in_rounds(problem: Problem, chosen: tuple[Piece, ...], *, longest_first: bool) -> Solution:
    """Try again with as many of each class's first blocks as found a place, until just those find one."""
    solution = _one_by_one(problem, chosen, longest_first=longest_first)
    for _ in range(_ROUNDS):
        kept = tuple(_first_of_each(solution))
        if len(kept) == len(chosen):
            break
        chosen, solution = kept, _one_by_one(problem, kept, longest_first=longest_first)
    return _closed_up(solution)


def _first_of_each(solution: Solution) -> Iterator[Piece]:
    """Give of each row as many first blocks as are placed; a standing block is a row of its own."""
    for row in solution.problem.rows():
        yield from row[: sum(solution.spots[piece.index] is not None for piece in row)]


def _one_by_one(problem: Problem, chosen: Iterable[Piece], *, longest_first: bool) -> Solution:
    """Put one block after the other where it adds least then, and its siblings keep room."""
    solution, reach = Solution(problem), _reach(chosen)
    for piece in chosen:
        if piece.current is not None:
            solution.put(piece, piece.current, problem.unary.cost(piece, piece.current))
    waiting = [piece for piece in chosen if piece.current is None and piece.index in reach]
    waiting.sort(key=lambda piece: (-piece.block.sections if longest_first else 0, _latest_end(piece, reach), piece.index))
    for piece in waiting:
        found = solution.cheapest(piece, UNBOUNDED, within=reach[piece.index])
        if found is not None:
            solution.put_at(piece, found[1])
    return solution


def _reach(chosen: Iterable[Piece]) -> dict[int, Range]:
    """Give, by piece, the range of its starts that leaves the chosen siblings before and after it room."""
    lines: dict[int, list[Piece]] = defaultdict(list)
    for piece in chosen:
        lines[piece.key].append(piece)
    return {index: found for line in lines.values() for index, found in ranges(line).items()}


def _latest_end(piece: Piece, reach: dict[int, Range]) -> int:
    latest = piece.profile.ends[reach[piece.index][1] - 1]
    return latest if piece.block.deadline is None else min(latest, piece.block.deadline)


def _matched(still: Solution, fit: Fit) -> Solution:
    """Let the matching bring in what is missing, from the places found so far, and sort each group into item order."""
    members = {piece.index for piece in fit.chosen}
    chosen = [[piece for piece in group.pieces if piece.index in members] for group in fit.groups]
    adjacency = fit.matching.adjacency
    matching = Matching(len(fit.matching.owners), adjacency, [len(pieces) for pieces in chosen])
    for rank, pieces in enumerate(chosen):
        for piece in pieces:
            if (spot := still.spots[piece.index]) is not None:
                matching.give(rank, spot.day * fit.width + spot.first - 1)
    matching.grow()
    solution = Solution(still.problem)
    solution.steps = still.steps
    owned: dict[int, list[int]] = defaultdict(list)
    for cell, rank in enumerate(matching.owners):
        owned[rank].append(cell)
    for rank, pieces in enumerate(chosen):
        by_cell = {cell: index for index, cell in enumerate(adjacency[rank])}
        for piece, cell in zip(pieces, owned[rank], strict=False):
            solution.put_at(piece, by_cell[cell])
    return solution


def _closed_up(solution: Solution) -> Solution:
    """Let the first of alike blocks take their places, and take off what still follows one that is left out."""
    for line in solution.problem.lines:
        for (profile, standing), alike in groupby(line, key=lambda piece: (piece.profile, piece.current is not None)):
            waiting = list(alike)
            if standing or all(solution.spots[piece.index] is not None for piece in waiting):
                continue
            spots = [solution.take(piece)[0] for piece in waiting if solution.spots[piece.index] is not None]
            ranks = sorted(rank for p in spots if (rank := profile.rank(p)) is not None)
            for piece, rank in zip(waiting, ranks, strict=False):
                solution.put_at(piece, rank)
    for piece in solution.problem.pieces:
        orphaned = piece.follows is not None and solution.spots[piece.follows.index] is None
        if orphaned and solution.spots[piece.index] is not None:
            solution.take(piece)
    return solution
