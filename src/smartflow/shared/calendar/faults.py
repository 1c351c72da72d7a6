"""What coordinates and instants can get wrong; whoever asks turns it into a violation or a refusal."""

from datetime import date


class CalendarFault(Exception):  # noqa: N818 - an answer to be worded by whoever asked, not an error
    """Base of the three faults; `code` is the word that violations and field errors use."""

    code: str


class OutsideTerm(CalendarFault):
    """A day that the term does not have, as a date or as week and day."""

    code = "outside_term"

    def __init__(self, *, on: date | None = None, week: int | None = None, day: int | None = None) -> None:
        super().__init__(self.code)
        self.on = on
        self.week = week
        self.day = day


class UnknownSection(CalendarFault):
    """A section that the table does not have; without a number: an instant that lies in no section."""

    code = "unknown_section"

    def __init__(self, section: int | None = None) -> None:
        super().__init__(self.code)
        self.section = section


class BadRange(CalendarFault):
    """A range whose last section comes before its first."""

    code = "bad_range"

    def __init__(self, first: int, last: int) -> None:
        super().__init__(self.code)
        self.first = first
        self.last = last
