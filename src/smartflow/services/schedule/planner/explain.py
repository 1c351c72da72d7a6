"""Why a block stands where it does: what it costs there, the best other place, and the best one that is barred."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from smartflow.services.schedule.planner.answer import Alternative, Binding, Cost, Difference, Explanation, Points
from smartflow.services.schedule.planner.board import Position
from smartflow.services.schedule.planner.breakdown import breakdown
from smartflow.services.schedule.planner.cost import UNBOUNDED, by_tier
from smartflow.services.schedule.planner.cushion import Cushions
from smartflow.services.schedule.planner.improve import occupant
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.solution import Solution
from smartflow.services.schedule.planner.walls import HOST_TAKEN, ITEM_ORDER, PLACEMENT

# Exchanges tried for the best alternative of one block.
_EXCHANGES = 4
_COLLIDING = frozenset({"course", "busy", PLACEMENT, HOST_TAKEN})
# Planning knows what holds a section; the violation says only that it is held.
VIOLATIONS = {"course": "occupied", PLACEMENT: "occupied"}


class _Barred(Struct, frozen=True, gc=False):
    alone: int
    position: Position
    code: str


class _Stand(Struct, frozen=True, gc=False):
    """Where the explained block stands, and its cost there, packed and by term."""

    position: Position
    cost: int
    points: tuple[Points, ...]


class Explainer:
    """Explains the placements of one plan, on a copy of it."""

    def __init__(self, solution: Solution) -> None:
        self._solution = solution.copy()
        self._solution.moves_allowed = len(solution.problem.pieces)
        self._problem = solution.problem
        self._cushions = Cushions(solution.problem)

    def explain(self, piece: Piece) -> Explanation:
        """Explain one placed piece."""
        solution = self._solution
        spot, alone = solution.take(piece)
        here = _Stand(spot, alone + solution.crowding(piece, spot), breakdown(solution, piece, spot))
        alternative, binding = self._alternative(piece, here), self._binding(piece, here)
        solution.put(piece, spot, alone)
        cushion = None if piece.deadline is None else self._cushions.at(piece.deadline)
        return Explanation(here.points, alternative, binding, cushion)

    def _alternative(self, piece: Piece, here: _Stand) -> Alternative | None:
        low, high = self._solution.reach(piece)
        costs, starts = self._problem.costs(piece), piece.profile.starts
        best, found, tried = UNBOUNDED, None, 0
        for index in self._problem.ranked(piece):
            p = starts[index]
            if costs[index] - self._solution.relief(piece) >= best:
                break
            if not low <= index < high or p == here.position:
                continue
            other = None if self._solution.may_go(piece, p) else occupant(self._solution, p)
            tried += other is not None
            price = self._price(piece, index, here, other=other if tried <= _EXCHANGES else None)
            if price < best:
                best, found = price, (p, other)
        return None if found is None else self._other_place(piece, here, *found)

    def _price(self, piece: Piece, index: int, here: _Stand, *, other: Piece | None) -> int:
        """Give the cost of a piece at a start, another one exchanged if it stands there; unbounded if that cannot be."""
        solution, p = self._solution, piece.profile.starts[index]
        if solution.may_go(piece, p):
            return self._problem.costs(piece)[index] + solution.crowding(piece, p)
        rank = None if other is None or other.key == piece.key else other.profile.rank(here.position)
        if other is None or rank is None or not self._in_room(other, here.position):
            return UNBOUNDED
        before = solution.total - solution.penalties[piece.index]
        spot, alone = solution.take(other)
        solution.put_at(piece, index)
        price = UNBOUNDED
        if solution.may_go(other, here.position):
            solution.put_at(other, rank)
            price = solution.total - before
            solution.take(other)
        solution.take(piece)
        solution.put(other, spot, alone)
        return price

    def _in_room(self, piece: Piece, p: Position) -> bool:
        after, before = self._solution.room(piece)
        return after <= p.begins and p.ends <= before

    def _other_place(self, piece: Piece, here: _Stand, p: Position, other: Piece | None) -> Alternative:
        place = self._problem.board.place(p)
        if other is None:
            terms = _differences(here.points, breakdown(self._solution, piece, p))
            return Alternative(place, self._change(terms), terms)
        terms = self._exchanged(piece, here, p, other=other)
        return Alternative(place, self._change(terms), terms, other.block.source)

    def _exchanged(self, piece: Piece, here: _Stand, p: Position, *, other: Piece) -> tuple[Difference, ...]:
        """Tell by term what exchanging two blocks changes; one after the other, so that the margins add up."""
        solution = self._solution
        spot, alone = solution.take(other)
        old = breakdown(solution, piece, here.position)
        solution.put(piece, here.position, self._problem.unary.cost(piece, here.position))
        old += breakdown(solution, other, spot)
        solution.take(piece)
        new = breakdown(solution, piece, p)
        solution.put(piece, p, self._problem.unary.cost(piece, p))
        new += breakdown(solution, other, here.position)
        solution.take(piece)
        solution.put(other, spot, alone)
        return _differences(old, new)

    def _binding(self, piece: Piece, here: _Stand) -> Binding | None:
        best, found = here.cost, None
        for barred in sorted(self._barred(piece, here), key=lambda barred: (barred.alone, barred.position.begins)):
            if barred.alone - self._solution.relief(piece) >= best:
                break
            cost = barred.alone + self._solution.crowding(piece, barred.position)
            if cost < best:
                best, found = cost, barred
        if found is None:
            return None
        terms = _differences(here.points, breakdown(self._solution, piece, found.position))
        place = self._problem.board.place(found.position)
        collides = self._collides(piece, found)
        return Binding(place, self._change(terms), terms, VIOLATIONS.get(found.code, found.code), collides)

    def _barred(self, piece: Piece, here: _Stand) -> Iterator[_Barred]:
        """Give the cheaper positions that are no starts of a piece, and the starts that others keep it out of."""
        positions, codes = self._problem.closed(piece)
        ceiling = here.cost + self._solution.relief(piece)
        for alone, p, code in zip(self._problem.unary.costs(piece, positions), positions, codes, strict=True):
            if alone < ceiling:
                yield _Barred(alone, p, code)
        low, high = self._solution.reach(piece)
        costs = self._problem.costs(piece)
        for index in self._problem.ranked(piece):
            if costs[index] >= ceiling:
                return
            p = piece.profile.starts[index]
            if not low <= index < high:
                yield _Barred(costs[index], p, ITEM_ORDER)
            elif not self._solution.may_go(piece, p):
                yield _Barred(costs[index], p, "occupied")

    def _collides(self, piece: Piece, barred: _Barred) -> tuple[str, ...]:
        p = barred.position
        if barred.code in _COLLIDING:
            return tuple(thing.reference for thing in self._problem.board.in_the_way(p.day, p.mask))
        if barred.code == "occupied":
            across = (other for other in self._solution.entries(p.day) if other.mask & p.mask and other.piece >= 0)
            return tuple(self._problem.pieces[other.piece].block.source for other in across)
        return tuple(self._out_of_order(piece, p)) if barred.code == ITEM_ORDER else ()

    def _out_of_order(self, piece: Piece, p: Position) -> Iterator[str]:
        decided = (
            (other.block, self._solution.spots[other.index]) for line in self._problem.lines for other in line if other.key == piece.key
        )
        for block, spot in (*self._problem.standing_siblings(piece), *decided):
            if spot is None or block is piece.block:
                continue
            if p.begins < spot.ends if block.order < piece.block.order else spot.begins < p.ends:
                yield block.source

    def _change(self, terms: tuple[Difference, ...]) -> Cost:
        return by_tier(self._problem.instance.model, ((term.code, term.points) for term in terms))


def _differences(here: Iterable[Points], there: tuple[Points, ...]) -> tuple[Difference, ...]:
    """Subtract two breakdowns term by term; what is equal is left out."""
    sums = Counter[str]()
    for points in there:
        sums[points.code] += points.points
    for points in here:
        sums[points.code] -= points.points
    facts = {points.code: points.facts for points in reversed(there)}
    return tuple(Difference(code, amount, facts.get(code, {})) for code, amount in sums.items() if amount)
