"""What keeps a block out of a position, and therefore its starts."""

from bisect import bisect_left

from msgspec import Struct

from smartflow.services.schedule.planner.board import Board, Position
from smartflow.services.schedule.planner.hours import covered, touched, weekday_bits
from smartflow.services.schedule.planner.instance import WEEK, Hours, Limits

FOREVER = 1 << 40
IN_THE_PAST = "in_the_past"
OUTSIDE_CLASS = "outside_class"
AFTER_DEADLINE = "after_deadline"
FORBIDDEN_HOURS = "forbidden_hours"
LIMIT = "limit"
PLACEMENT = "placement"
HOST_TAKEN = "host_taken"
ITEM_ORDER = "item_order"
EXCLUDED_DAY = "excluded_day"
EXCLUDED_SLOT = "excluded_slot"
FILLER_NOT_ALLOWED = "filler_not_allowed"
LONE = "lone"
CROSSES_BREAK = "crosses_break"
# Outside these a position is no candidate at all, so nothing is counted there and nothing offered.
WINDOW = frozenset({OUTSIDE_CLASS, AFTER_DEADLINE, IN_THE_PAST})


class Rules(Struct, frozen=True):
    """Where one block may go: days, instants, the standing siblings before and after it, and bits that are off."""

    first_day: int
    last_day: int
    earliest: int = -FOREVER
    deadline: int = FOREVER
    after: int = -FOREVER
    before: int = FOREVER
    weekdays_off: int = 0
    sections_off: int = 0
    allow_fillers: bool = False


class Profile(Struct, frozen=True, eq=False):
    """The starts of a block by time, with their instants beside them for bisection."""

    starts: tuple[Position, ...]
    begins: list[int]
    ends: list[int]

    def rank(self, p: Position) -> int | None:
        """Give the index of a start; none if the position is no start here."""
        index = bisect_left(self.begins, p.begins)
        return index if index < len(self.starts) and self.starts[index] == p else None


class Walls:
    """Judges positions: by what everybody meets there (kept per length), then by the block's own rules."""

    def __init__(self, board: Board, now: int, *, limits: Limits, forbidden: tuple[Hours, ...]) -> None:
        self._board = board
        self._now = now
        self._limits = limits
        self._forbidden_hours = forbidden
        self._forbidden = touched(forbidden, board.clocks)
        self._allowed = _allowed(limits, board)
        self._weekdays = weekday_bits(limits.weekdays or range(1, WEEK + 1)) & ~weekday_bits(limits.excluded_weekdays)
        self._common: dict[int, list[str]] = {}
        self._open: dict[int, list[Position]] = {}
        self._profiles: dict[tuple[Rules, int], Profile] = {}

    def relaxed(self, *, limits: Limits | None = None, forbidden: tuple[Hours, ...] | None = None) -> "Walls":
        """Give the same walls with other limits or forbidden hours."""
        limits = self._limits if limits is None else limits
        forbidden = self._forbidden_hours if forbidden is None else forbidden
        return Walls(self._board, self._now, limits=limits, forbidden=forbidden)

    def profile(self, rules: Rules, sections: int) -> Profile:
        """Give the starts of a block of this length under these rules."""
        key = (rules, sections)
        if key not in self._profiles:
            starts = tuple(p for p in self._opened(sections) if not _window(rules, p) and not _choice(rules, p))
            self._profiles[key] = Profile(starts, [p.begins for p in starts], [p.ends for p in starts])
        return self._profiles[key]

    def closed(self, rules: Rules, sections: int) -> list[tuple[Position, str]]:
        """Give the positions inside the window that are no starts, each with the wall that closes it."""
        self._opened(sections)
        judged = zip(self._board.positions(sections), self._common[sections], strict=True)
        shut = ((p, _window(rules, p) or common or _choice(rules, p)) for p, common in judged)
        return [(p, code) for p, code in shut if code and code not in WINDOW]

    def _opened(self, sections: int) -> list[Position]:
        if sections not in self._common:
            positions = self._board.positions(sections)
            self._common[sections] = [self._met_by_all(p) for p in positions]
            self._open[sections] = [p for p, code in zip(positions, self._common[sections], strict=True) if not code]
        return self._open[sections]

    def _met_by_all(self, p: Position) -> str:
        if p.begins < self._now:
            return IN_THE_PAST
        return self._obstacle(p) or self._wish(p)

    def _obstacle(self, p: Position) -> str:
        if p.mask & self._board.standing[p.day]:
            return HOST_TAKEN if p.host >= 0 else PLACEMENT
        if p.host < 0 and p.mask & self._board.held[p.day]:
            return self._board.in_the_way(p.day, p.mask)[0].code
        return ""

    def _wish(self, p: Position) -> str:
        weekday = p.day % WEEK
        if p.mask & self._forbidden[weekday]:
            return FORBIDDEN_HOURS
        limits = self._limits
        early = limits.first_day is not None and p.day < limits.first_day
        late = limits.last_day is not None and p.day > limits.last_day
        shut = early or late or not self._weekdays >> weekday & 1 or p.mask & ~self._allowed
        return LIMIT if shut else ""


def _allowed(limits: Limits, board: Board) -> int:
    hard = [Hours(hours.starts, hours.ends) for hours in limits.hours if hours.hard]
    return covered(hard, board.clocks)[0] if hard else (1 << len(board.clocks)) - 1


def _window(rules: Rules, p: Position) -> str:
    if p.ends > rules.deadline:
        return AFTER_DEADLINE
    if p.begins < rules.earliest or not rules.first_day <= p.day <= rules.last_day:
        return OUTSIDE_CLASS
    return ""


def _choice(rules: Rules, p: Position) -> str:
    if rules.weekdays_off >> p.day % WEEK & 1:
        return EXCLUDED_DAY
    if p.mask & rules.sections_off:
        return EXCLUDED_SLOT
    if p.host >= 0 and not rules.allow_fillers:
        return FILLER_NOT_ALLOWED
    return ITEM_ORDER if p.begins < rules.after or p.ends > rules.before else ""
