"""When and where something is said, and what cannot be."""

from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from smartflow.shared.calendar.instants import wall_instant
from smartflow.shared.calendar.sections import Slot
from smartflow.shared.calendar.term import Term, today_in
from smartflow.shared.timetext.reading import Fault, FaultCode

ONE_DAY: Final = timedelta(days=1)
DAY_SECONDS: Final = 86400


class Impossible(Exception):  # noqa: N818 - an answer, not an error
    """There is no such time."""

    def __init__(self, code: FaultCode, **facts: int | str) -> None:
        super().__init__(code)
        self.fault = Fault(code, facts)


class Stretch(Struct, frozen=True):
    """A piece of time; an instant ends where it begins, and what has no end is open."""

    kind: Literal["instant", "day", "interval"]
    start: datetime
    end: datetime | None
    on: date | None = None
    slot: Slot | None = None

    @property
    def last(self) -> datetime:
        """Its end.

        Raises:
            Impossible: It has none.
        """
        if self.end is None:
            raise Impossible("meaningless")
        return self.end


class Frame(Struct, frozen=True):
    """The moment, the zone and the term; what is named without its day or year is the next one after `ahead`."""

    now: datetime
    zone: str
    term: Term | None
    ahead: datetime

    @property
    def today(self) -> date:
        """The date of now."""
        return today_in(self.zone, self.now)

    @property
    def day(self) -> date:
        """The date from which on things are ahead."""
        return today_in(self.zone, self.ahead)

    def after(self, moment: datetime) -> "Frame":
        """Look ahead from another moment."""
        return replace(self, ahead=moment)

    def wall(self, on: date, seconds: int = 0) -> datetime:
        """Give the instant so many seconds of wall time after a midnight."""
        days, rest = divmod(seconds, DAY_SECONDS)
        clock = time(rest // 3600, rest // 60 % 60, rest % 60)
        return wall_instant(on + days * ONE_DAY, clock, self.zone)

    def date_of(self, moment: datetime) -> date:
        """Give the date at a moment."""
        return today_in(self.zone, moment)

    def whole(self, on: date) -> Stretch:
        """Give a whole day."""
        return Stretch("day", self.wall(on), self.wall(on + ONE_DAY), on)

    def days(self, first: date, after: date) -> Stretch:
        """Give the days from one to another, which is outside."""
        return Stretch("interval", self.wall(first), self.wall(after))

    def instant(self, moment: datetime) -> Stretch:
        """Give a moment."""
        return Stretch("instant", moment, moment)

    def named_term(self) -> Term:
        """Give the term.

        Raises:
            Impossible: There is none.
        """
        if self.term is None:
            raise Impossible("no_term")
        return self.term
