"""A plan that somebody else made, told as planning would tell it; and every place a block could be dragged to."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Answer, Cost, Unplaced
from smartflow.services.schedule.planner.cost import unpack
from smartflow.services.schedule.planner.engine import appraised
from smartflow.services.schedule.planner.explain import VIOLATIONS
from smartflow.services.schedule.planner.feasibility import examine
from smartflow.services.schedule.planner.instance import Instance, Place
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.solution import Solution
from smartflow.services.schedule.planner.walls import ITEM_ORDER


class Offer(Struct, frozen=True):
    """A place for a block: what going there changes (against its place now, else the cost there); `code` bars it, if not empty."""

    place: Place
    change: Cost
    code: str = ""


def appraise(instance: Instance, places: Mapping[str, Place]) -> Answer:
    """Tell what given places (by source) cost and why; nothing is judged here, nothing moved.

    Blocks without a given place stay where they stand; those that stand nowhere count as left out.
    """
    problem = Problem(instance)
    solution = standing(problem, places)
    left = tuple(Unplaced(piece.block.source, ()) for piece in problem.pieces if solution.spots[piece.index] is None)
    return replace(appraised(solution, examine(problem)), status="partial" if left else "complete", unplaced=left)


def offers(instance: Instance, source: str, places: Mapping[str, Place]) -> tuple[Offer, ...]:
    """Give every aligned place in a block's window by time, the others standing as in `appraise`.

    Raises:
        LookupError: Planning decides no block of this source.
    """
    problem = Problem(instance)
    solution = standing(problem, places)
    piece = next((piece for piece in problem.pieces if piece.block.source == source), None)
    if piece is None:
        raise LookupError(source)
    solution.moves_allowed = len(problem.pieces)
    here = 0
    if solution.spots[piece.index] is not None:
        spot, alone = solution.take(piece)
        here = alone + solution.crowding(piece, spot)
    found = sorted(_offered(solution, piece, here), key=lambda offer: offer.place)
    return tuple(found)


def _offered(solution: Solution, piece: Piece, here: int) -> Iterator[Offer]:
    problem = solution.problem
    low, high = solution.reach(piece)
    for index, (p, alone) in enumerate(zip(piece.profile.starts, problem.costs(piece), strict=True)):
        code = ITEM_ORDER if not low <= index < high else "" if solution.may_go(piece, p) else "occupied"
        yield Offer(problem.board.place(p), unpack(alone + solution.crowding(piece, p) - here), code)
    positions, codes = problem.closed(piece)
    for p, alone, code in zip(positions, problem.unary.costs(piece, positions), codes, strict=True):
        yield Offer(problem.board.place(p), unpack(alone + solution.crowding(piece, p) - here), VIOLATIONS.get(code, code))


def standing(problem: Problem, places: Mapping[str, Place]) -> Solution:
    """Put every block where it is said to be, else where it legally stands; all of them may move."""
    solution = Solution(problem, moves=len(problem.pieces))
    for piece in problem.pieces:
        place = places.get(piece.block.source)
        p = piece.current if place is None else problem.board.position(place)
        if p is not None:
            solution.put(piece, p, problem.unary.cost(piece, p))
    return solution
