"""A short, repeatable search: blocks go where they add less, alone or by sending one other block elsewhere."""

from collections.abc import Sequence

from smartflow.services.schedule.planner.board import Position
from smartflow.services.schedule.planner.chance import Chance
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.solution import Solution

# Occupied starts tried for a block before it is left in peace until the next sweep.
_EXCHANGES = 6


def improve(solution: Solution, *, budget: int, seed: int, among: Sequence[Piece] | None = None) -> None:
    """Make a plan cheaper in place until nothing helps, the budget (days judged) is spent, or it is told to stop.

    `among` are the blocks to begin with.
    """
    chance, pieces = Chance(seed), list(solution.problem.pieces if among is None else among)
    improved = True
    while improved:
        improved = False
        for piece in chance.shuffled(pieces):
            if solution.steps >= budget or solution.stop():
                return
            improved = _better(solution, piece) or improved


def _better(solution: Solution, piece: Piece) -> bool:
    before = solution.total
    spot = solution.spots[piece.index]
    if spot is None:
        if piece.follows is not None and solution.spots[piece.follows.index] is None:
            return False
        found = solution.cheapest(piece, solution.penalties[piece.index])
        if found is not None:
            solution.put_at(piece, found[1])
        return found is not None or _exchange(solution, piece, before)
    if piece.current is not None and spot == piece.current and solution.moved >= solution.moves_allowed:
        return False
    spot, alone = solution.take(piece)
    found = solution.cheapest(piece, before - solution.total + solution.penalties[piece.index])
    if found is not None:
        solution.put_at(piece, found[1])
        return True
    if _exchange(solution, piece, before):
        return True
    solution.put(piece, spot, alone)
    return False


def _exchange(solution: Solution, piece: Piece, before: int) -> bool:
    """Put an unplaced piece where another one stands, if that one finds a place and the plan gets cheaper than before."""
    low, high = solution.reach(piece)
    costs, starts, tried = solution.problem.costs(piece), piece.profile.starts, 0
    ceiling = before - solution.total + solution.penalties[piece.index]
    for index in solution.problem.ranked(piece):
        if costs[index] >= ceiling or tried == _EXCHANGES:
            return False
        if not low <= index < high:
            continue
        other = occupant(solution, starts[index])
        if other is not None and other.key != piece.key:
            tried += 1
            if _swapped(solution, piece, index, other=other, before=before):
                return True
    return False


def occupant(solution: Solution, p: Position) -> Piece | None:
    """Give the one piece that stands in the way of a position; none if it is free, or more is in the way."""
    across = [other for other in solution.entries(p.day) if other.mask & p.mask]
    return solution.problem.pieces[across[0].piece] if len(across) == 1 and across[0].piece >= 0 else None


def _swapped(solution: Solution, piece: Piece, index: int, *, other: Piece, before: int) -> bool:
    spot, alone = solution.take(other)
    if solution.may_go(piece, piece.profile.starts[index]):
        solution.put_at(piece, index)
        found = solution.cheapest(other, before - solution.total + solution.penalties[other.index])
        if found is not None:
            solution.put_at(other, found[1])
            return True
        solution.take(piece)
    solution.put(other, spot, alone)
    return False
