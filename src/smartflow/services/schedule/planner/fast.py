"""The fast start: the better of earliest deadline first and the matching put into item order."""

from collections import defaultdict
from itertools import groupby

from smartflow.services.schedule.planner.cost import UNBOUNDED
from smartflow.services.schedule.planner.feasibility import Fit
from smartflow.services.schedule.planner.matching import Matching
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.ranges import ranges
from smartflow.services.schedule.planner.solution import Solution


def fast_start(problem: Problem, fit: Fit) -> Solution:
    """Place the chosen blocks; standing ones move only where nothing else lets everything in."""
    still = _earliest_deadline_first(problem, fit.chosen)
    if all(still.spots[piece.index] is not None for piece in fit.chosen):
        return still
    if fit.exact:
        matched = _matched(still, fit)
        if matched.moved <= problem.instance.max_moves and matched.total < still.total:
            return matched
    return closed_up(still)


def _earliest_deadline_first(problem: Problem, chosen: tuple[Piece, ...]) -> Solution:
    solution = Solution(problem)
    for piece in chosen:
        if piece.current is not None:
            solution.put(piece, piece.current, problem.unary.cost(piece, piece.current))
    until = _until(chosen)
    waiting = [piece for piece in chosen if piece.current is None and piece.index in until]
    for piece in sorted(waiting, key=lambda piece: (_latest_end(piece, until), piece.index)):
        found = solution.cheapest(piece, UNBOUNDED, until=until[piece.index])
        if found is not None:
            solution.put_at(piece, found[1])
    return solution


def _until(chosen: tuple[Piece, ...]) -> dict[int, int]:
    """Give, by piece, how far it may go (as an index of its starts, out) and leave the siblings after it room."""
    lines: dict[int, list[Piece]] = defaultdict(list)
    for piece in chosen:
        lines[piece.key].append(piece)
    return {index: high for line in lines.values() for index, (_, high) in ranges(line).items()}


def _latest_end(piece: Piece, until: dict[int, int]) -> int:
    latest = piece.profile.ends[until[piece.index] - 1]
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


def closed_up(solution: Solution) -> Solution:
    """Give the places of alike blocks to the first of them, so that the last are left out; no other sibling is passed."""
    for line in solution.problem.lines:
        for (profile, standing), alike in groupby(line, key=lambda piece: (piece.profile, piece.current is not None)):
            waiting = list(alike)
            if standing or all(solution.spots[piece.index] is not None for piece in waiting):
                continue
            spots = [solution.take(piece)[0] for piece in waiting if solution.spots[piece.index] is not None]
            ranks = sorted(rank for p in spots if (rank := profile.rank(p)) is not None)
            for piece, rank in zip(waiting, ranks, strict=False):
                solution.put_at(piece, rank)
    return solution
