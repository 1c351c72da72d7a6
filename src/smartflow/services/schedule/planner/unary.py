"""What a block costs by itself, wherever the others are."""

from bisect import bisect_left

from smartflow.services.schedule.planner.answer import Points
from smartflow.services.schedule.planner.board import Board, Position
from smartflow.services.schedule.planner.cost import scales, started
from smartflow.services.schedule.planner.hours import Masks, covered, touched
from smartflow.services.schedule.planner.instance import DAY, HOUR, WEEK, Hours, Instance, StudyClass
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.walls import Rules
from smartflow.services.schedule.planner.weights import Weights

ALONE_TERMS = ("lateness", "cushion", "attention", "spacing", "embed", "earliness", "stability")


class UnaryTerms:
    """Prices positions for the pieces of one instance: all at once for the search, one by one with facts for reasons."""

    def __init__(self, instance: Instance, board: Board) -> None:
        self._instance = instance
        self._board = board
        self._weights = Weights(instance)
        factors = scales(instance.model)
        self._scale = {code: factors.get(code, 0) for code in ALONE_TERMS}
        self._levels = instance.preferences.attention
        if len(self._levels) != len(board.clocks):  # none, or said for another section table
            self._levels = _default_levels(instance)
        self._effort: dict[tuple[int, int], int] = {}
        self._liked: dict[int | None, Masks] = {}
        self._earliest: dict[Rules, int] = {}
        self._reserves: dict[int, list[int]] = {}
        # The positions are kept beside their costs: a key holds their identity, which must not be given away.
        self._shared: dict[tuple[object, ...], tuple[tuple[Position, ...], list[int]]] = {}

    def costs(self, piece: Piece, positions: tuple[Position, ...]) -> list[int]:
        """Give the packed cost of each position; blocks of a class share what does not depend on their rank."""
        block = piece.block
        alike = (piece.key, block.importance, block.demand, block.deadline, id(positions))
        if alike not in self._shared:
            self._shared[alike] = (positions, [self._shared_cost(piece, p) for p in positions])
        costs = self._shared[alike][1]
        if piece.target is not None and piece.spread is not None:
            unit, earlier, target = self._scale["spacing"] * self._weights.spacing, piece.spread.earlier_days, piece.target
            costs = [cost + unit * abs(earlier[p.day] - target) for cost, p in zip(costs, positions, strict=True)]
        if piece.closing:
            costs = [cost + self._scale["cushion"] * self._cushion(piece, p) for cost, p in zip(costs, positions, strict=True)]
        if piece.current is not None:
            costs = [cost + self._scale["stability"] * self._stability(piece, p) for cost, p in zip(costs, positions, strict=True)]
        return costs

    def cost(self, piece: Piece, p: Position) -> int:
        """Give the packed cost of any one position."""
        return sum(self._scale[points.code] * points.points for points in self.points(piece, p))

    def points(self, piece: Piece, p: Position) -> list[Points]:
        """Break down what a position costs a piece alone, with facts; terms that say nothing about it are left out."""
        block, found = piece.block, [self._attention_points(piece, p)]
        if block.deadline is not None and not block.deadline_hard:
            found.append(Points("lateness", self._lateness(piece, p), {"hours": started(p.ends - block.deadline, HOUR)}))
        if piece.closing:
            facts = {"sections": self._left_after(piece, p), "reserve": self._weights.reserve}
            found.append(Points("cushion", self._cushion(piece, p), facts))
        if piece.spread is not None:
            found.append(self._spacing_points(piece, p))
        if p.host >= 0:
            found.append(Points("embed", self._embed(p), {"sections": p.last - p.first + 1}))
        if not piece.steady:
            found.append(Points("earliness", self._earliness(piece, p), {"days": self._days_waited(piece, p)}))
        if piece.current is not None:
            found.append(Points("stability", self._stability(piece, p), {"moved": int(p != piece.current)}))
        return found

    def level(self, p: Position) -> int:
        """Give the lowest attention level (1..3) of a position; of a guest, what the host leaves."""
        return self._board.hosts[p.host].attention_left if p.host >= 0 else min(self._levels[p.first - 1 : p.last])

    def _shared_cost(self, piece: Piece, p: Position) -> int:
        scale = self._scale
        cost = scale["attention"] * (self._attention(piece, p) + self._off_hours(piece, p))
        if piece.block.deadline is not None:
            cost += scale["lateness"] * self._lateness(piece, p)
        if p.host >= 0:
            cost += scale["embed"] * self._embed(p)
        if not piece.steady:
            cost += scale["earliness"] * self._earliness(piece, p)
            if piece.spread is not None:
                cost += scale["spacing"] * self._weights.spacing * piece.spread.passed_over(p.begins)
        return cost

    def _lateness(self, piece: Piece, p: Position) -> int:
        block, w = piece.block, self._weights
        if block.deadline is None or block.deadline_hard or p.ends <= block.deadline:
            return 0
        return w.late * block.importance * (w.grace + started(p.ends - block.deadline, HOUR))

    def _attention(self, piece: Piece, p: Position) -> int:
        demand = piece.block.demand
        if p.host >= 0:
            return (p.last - p.first + 1) * self._misfit(demand, self._board.hosts[p.host].attention_left)
        key = (demand, p.mask)
        if key not in self._effort:
            self._effort[key] = sum(self._misfit(demand, level) for level in self._levels[p.first - 1 : p.last])
        return self._effort[key]

    def _misfit(self, demand: int, level: int) -> int:
        return self._weights.short * (demand - level) if demand > level else self._weights.spare * (level - demand)

    def _off_hours(self, piece: Piece, p: Position) -> int:
        key = piece.study.id if piece.study is not None else None
        if key not in self._liked:
            self._liked[key] = self._liked_by(piece.study)
        return self._weights.off_hours if p.mask & ~self._liked[key][p.day % WEEK] else 0

    def _liked_by(self, study: StudyClass | None) -> Masks:
        wished = study.preferred if study is not None else ()
        if not wished:
            soft = (Hours(hours.starts, hours.ends) for hours in self._instance.limits.hours if not hours.hard)
            wished = (*self._instance.preferences.preferred, *soft)
        clocks = self._board.clocks
        liked = covered(wished, clocks) if wished else ((1 << len(clocks)) - 1,) * WEEK
        avoided = touched(study.avoided if study is not None else (), clocks)
        return tuple(good & ~bad for good, bad in zip(liked, avoided, strict=True))

    def _attention_points(self, piece: Piece, p: Position) -> Points:
        off = self._off_hours(piece, p)
        facts = {"demand": piece.block.demand, "level": self.level(p), "off_hours": int(off > 0)}
        return Points("attention", self._attention(piece, p) + off, facts)

    def _spacing_points(self, piece: Piece, p: Position) -> Points:
        if piece.spread is None or piece.target is None:
            passed = piece.spread.passed_over(p.begins) if piece.spread is not None else 0
            return Points("spacing", self._weights.spacing * passed, {"passed": passed})
        off = piece.spread.days_off(p.day, piece.target)
        return Points("spacing", self._weights.spacing * off, {"off": off})

    def _embed(self, p: Position) -> int:
        return self._weights.embed * (p.last - p.first + 1)

    def _days_waited(self, piece: Piece, p: Position) -> int:
        if piece.rules not in self._earliest:
            self._earliest[piece.rules] = self._earliest_start(piece.rules)
        return max(0, p.begins - self._earliest[piece.rules]) // DAY

    def _earliest_start(self, rules: Rules) -> int:
        dawn = self._board.grid.days[rules.first_day].starts[0] - self._board.clocks[0].starts if rules.first_day < self._board.days else 0
        return max(self._instance.now, rules.earliest, dawn)

    def _earliness(self, piece: Piece, p: Position) -> int:
        return self._weights.earliness * self._days_waited(piece, p)

    def _cushion(self, piece: Piece, p: Position) -> int:
        return self._weights.cushion * (self._weights.reserve - self._left_after(piece, p))

    def _left_after(self, piece: Piece, p: Position) -> int:
        if piece.index not in self._reserves:
            self._reserves[piece.index] = self._reserve(piece)
        reserve = self._reserves[piece.index]
        return len(reserve) - bisect_left(reserve, p.ends)

    def _reserve(self, piece: Piece) -> list[int]:
        """Give the begins of the last usable sections before the deadline, as many as the reserve wants."""
        begins: set[int] = set()
        for p in reversed(piece.profile.starts):
            if piece.deadline is not None and p.ends <= piece.deadline:
                begins.update(self._board.grid.days[p.day].starts[p.first - 1 : p.last])
            if len(begins) >= self._weights.reserve:
                break
        return sorted(begins)[-self._weights.reserve :] if self._weights.reserve else []

    def _stability(self, piece: Piece, p: Position) -> int:
        if piece.current is None or p == piece.current:
            return 0
        ahead = min(abs(piece.current.begins - self._instance.now), abs(p.begins - self._instance.now))
        w = self._weights
        nearness = w.near if ahead <= DAY else w.nearish if ahead <= 3 * DAY else 0
        return w.move * (1 + nearness)


def _default_levels(instance: Instance) -> tuple[int, ...]:
    levels = [1] * len(instance.grid.sections)
    for level, (first, last) in zip((3, 2), instance.grid.runs, strict=False):
        levels[first - 1 : last] = [level] * (last - first + 1)
    return tuple(levels)
