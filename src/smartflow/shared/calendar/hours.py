"""How a person likes the day: preferred and forbidden hours, a daily cap, attention."""

from datetime import time

from msgspec import Struct

from smartflow.shared.calendar.sections import minute_of

EVERY_DAY = frozenset(range(1, 8))
_MIDNIGHT = 24 * 60


class Hours(Struct, frozen=True):
    """A stretch of the local day on some days of the week (none named: on all).

    An end that does not come after the start is in the next day, so 22:00-07:00 is a night, and 00:00 ends a day.
    """

    start: time
    end: time
    days: frozenset[int] = frozenset()

    def stretches(self) -> tuple[tuple[frozenset[int], int, int], ...]:
        """Cut it at midnight: (days of the week, first minute, minute after the last), each inside one day."""
        days = self.days or EVERY_DAY
        start, end = minute_of(self.start), minute_of(self.end)
        if start < end:
            return ((days, start, end),)
        next_days = frozenset(day % 7 + 1 for day in days)
        return ((days, start, _MIDNIGHT), *(((next_days, 0, end),) if end else ()))


class Preferences(Struct, frozen=True):
    """What planning respects beside the rules; `attention` is a level 1..3 per section, or none for the default."""

    preferred: tuple[Hours, ...] = ()
    forbidden: tuple[Hours, ...] = ()
    daily_cap_minutes: int | None = None
    attention: tuple[int, ...] | None = None
