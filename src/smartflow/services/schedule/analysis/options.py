"""What would make a stretch of days better: moves, exchanges, blocks put in, one class planned again. Pure."""

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from smartflow.services.schedule.analysis.scene import Scene
from smartflow.services.schedule.planner.answer import Cost
from smartflow.services.schedule.planner.cost import UNBOUNDED, unpack
from smartflow.services.schedule.planner.explain import Explainer
from smartflow.services.schedule.planner.improve import improve
from smartflow.services.schedule.planner.instance import Place
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.solution import Solution

MOST = 5
_MOVES = 5
_STEPS = 4_000
_ENOUGH_PLACES, _ENOUGH_BLOCKS, _ENOUGH_SWAPS = 2, 4, 2

Kind = Literal["place", "move", "swap", "replan", "keep"]
Health = Callable[[Solution], int]


class Option(Struct, frozen=True):
    """One of them: where its blocks would go, what that changes of the cost, and the health that it leads to."""

    kind: Kind
    moves: tuple[tuple[str, Place], ...]
    change: Cost
    health: int
    source: str = ""


def options(scene: Scene, health: Health) -> list[Option]:
    """Find what lowers the cost, best first; no two for one block and day, and keeping everything last."""
    found = sorted(_all(scene, health), key=lambda option: (option.change, -option.health, option.moves))
    chosen: list[Option] = []
    seen: set[tuple[str, int]] = set()
    for option in found:
        touched = {(source, place.day) for source, place in option.moves}
        if len(chosen) < MOST and not touched & seen:
            chosen.append(option)
            seen |= touched
    return [*chosen, Option("keep", (), (0, 0, 0), health(scene.solution))]


def room(scene: Scene) -> Literal["loose", "tight", "locked"]:
    """Tell how much can be moved: `locked` is nothing, `loose` four blocks with two places on average or two exchanges."""
    solution = scene.solution
    placed = [piece for piece in scene.pieces if solution.spots[piece.index] is not None]
    places = [count for piece in placed if (count := _places(solution, piece))]
    swaps = _swaps(solution, placed)
    if not places and not swaps:
        return "locked"
    wide = sum(places) >= _ENOUGH_PLACES * len(places) or swaps >= _ENOUGH_SWAPS
    return "loose" if len(places) >= _ENOUGH_BLOCKS and wide else "tight"


def _places(solution: Solution, piece: Piece) -> int:
    """Count where else a block could go, the others as they stand."""
    low, high = solution.reach(piece)
    return sum(solution.may_go(piece, p) for p in piece.profile.starts[low:high])


def _swaps(solution: Solution, pieces: list[Piece]) -> int:
    """Count blocks that could change places; more than enough are not counted."""
    count = 0
    for rank, piece in enumerate(pieces):
        for other in pieces[rank + 1 :]:
            count += other.key != piece.key and _fits(solution, piece, other) and _fits(solution, other, piece)
            if count >= _ENOUGH_SWAPS:
                return count
    return count


def _fits(solution: Solution, piece: Piece, other: Piece) -> bool:
    spot = solution.spots[other.index]
    index = None if spot is None else piece.profile.rank(spot)
    low, high = solution.reach(piece)
    return index is not None and low <= index < high


def _all(scene: Scene, health: Health) -> Iterator[Option]:
    explainer = Explainer(scene.solution)
    for piece in scene.pieces:
        if scene.solution.spots[piece.index] is None:
            yield from _put_in(scene, piece, health)
        else:
            yield from _moved(scene, piece, explainer, health)
    for line in scene.solution.problem.lines:
        if len(line) > 1 and any(piece in line for piece in scene.pieces):
            yield from _replanned(scene, line, health)


def _put_in(scene: Scene, piece: Piece, health: Health) -> Iterator[Option]:
    """Put a block in that has no place, unless the one that it follows has none either."""
    solution = scene.solution.copy()
    if piece.follows is not None and solution.spots[piece.follows.index] is None:
        return
    found = solution.cheapest(piece, UNBOUNDED)
    if found is not None:
        solution.put_at(piece, found[1])
        yield from _option(scene, solution, "place", health, piece.block.source)


def _moved(scene: Scene, piece: Piece, explainer: Explainer, health: Health) -> Iterator[Option]:
    other = explainer.explain(piece).alternative
    if other is None or other.change >= (0, 0, 0):
        return
    solution, problem = scene.solution.copy(), scene.solution.problem
    spot, _ = solution.take(piece)
    partner = next((each for each in problem.pieces if each.block.source == other.exchanged), None)
    if partner is not None:
        solution.take(partner)
        solution.put(partner, spot, problem.unary.cost(partner, spot))
    there = problem.board.position(other.place)
    solution.put(piece, there, problem.unary.cost(piece, there))
    yield from _option(scene, solution, "move" if partner is None else "swap", health, piece.block.source)


def _replanned(scene: Scene, line: list[Piece], health: Health) -> Iterator[Option]:
    solution = scene.solution.copy()
    solution.moves_allowed = solution.moved + _MOVES
    improve(solution, budget=solution.steps + _STEPS, seed=solution.problem.instance.seed, among=line)
    yield from _option(scene, solution, "replan", health, f"class:{line[0].block.class_id}")


def _option(scene: Scene, solution: Solution, kind: Kind, health: Health, source: str) -> Iterator[Option]:
    """Tell a changed plan as an option, if it is cheaper."""
    change = unpack(solution.total - scene.solution.total)
    if change < (0, 0, 0):
        board, pieces = solution.problem.board, solution.problem.pieces
        spots = ((piece.block.source, solution.spots[piece.index]) for piece in pieces if _differs(scene.solution, solution, piece))
        moves = tuple((moved, board.place(spot)) for moved, spot in spots if spot is not None)
        yield Option(kind, moves, change, health(solution), source)


def _differs(old: Solution, new: Solution, piece: Piece) -> bool:
    return old.spots[piece.index] != new.spots[piece.index]
