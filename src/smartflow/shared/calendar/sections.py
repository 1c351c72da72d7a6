"""The periods of a day: their clock times, the long breaks between them, and ranges of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from itertools import pairwise

from msgspec import Struct

from smartflow.shared.calendar.faults import BadRange, UnknownSection

MAX_SECTIONS = 24
BREAK_MINUTES = 60
_LENGTH = 45
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_STARTS = ("08:00", "08:55", "10:15", "11:10", "14:00", "14:55", "16:15", "17:10", "19:00", "19:55", "20:50", "21:45")


class Section(Struct, frozen=True):
    """One class period: its number, and its wall time in the term's zone."""

    number: int
    start: time
    end: time


class Slot(Struct, frozen=True, order=True):
    """Where something stands in a term: week from 1, day 1..7 (1 = Monday), first and last section, both inside."""

    week: int
    day: int
    first: int
    last: int

    @property
    def length(self) -> int:
        """How many sections it has."""
        return self.last - self.first + 1

    @property
    def sections(self) -> range:
        """The section numbers."""
        return range(self.first, self.last + 1)

    @property
    def mask(self) -> int:
        """The sections as bits: section n is bit n - 1."""
        return mask_of(self.first, self.last)

    @property
    def aligned(self) -> bool:
        """Whether it begins or ends with a pair."""
        return aligned(self.first, self.last)

    @property
    def pairs(self) -> range:
        """The pairs that it touches; pair k is sections 2k - 1 and 2k."""
        return range(pair_of(self.first), pair_of(self.last) + 1)

    def meets(self, other: "Slot") -> bool:
        """Tell whether both hold a section in common."""
        return (self.week, self.day) == (other.week, other.day) and self.first <= other.last and other.first <= self.last

    def holds(self, other: "Slot") -> bool:
        """Tell whether the other lies wholly inside this one."""
        return (self.week, self.day) == (other.week, other.day) and self.first <= other.first and other.last <= self.last


class SectionTable(Struct, frozen=True):
    """The sections of every day, numbered from 1 and ascending; a long break follows each section in `breaks`."""

    rows: tuple[Section, ...]
    breaks: frozenset[int] = frozenset()

    def __len__(self) -> int:
        """Count the sections of a day."""
        return len(self.rows)

    def row(self, number: int) -> Section:
        """Give a section by its number.

        Raises:
            UnknownSection: The table ends before it.
        """
        if not 1 <= number <= len(self.rows):
            raise UnknownSection(number)
        return self.rows[number - 1]

    def check(self, first: int, last: int) -> None:
        """Hold a range against the table.

        Raises:
            UnknownSection: The table lacks one of its ends.
            BadRange: It ends before it begins.
        """
        self.row(first)
        self.row(last)
        if first > last:
            raise BadRange(first, last)

    def runs(self) -> tuple[range, ...]:
        """Give the section runs: the longest sequences of sections without a long break."""
        runs: list[range] = []
        start = 1
        for number in range(1, len(self.rows) + 1):
            if number in self.breaks or number == len(self.rows):
                runs.append(range(start, number + 1))
                start = number + 1
        return tuple(runs)

    def crosses_break(self, first: int, last: int) -> bool:
        """Tell whether a long break lies inside a range."""
        return any(first <= number < last for number in self.breaks)

    def minutes(self, first: int, last: int) -> int:
        """Measure a range from its start to its end, inner pauses included, in minutes of wall time.

        Raises:
            UnknownSection: The table lacks one of its ends.
            BadRange: It ends before it begins.
        """
        self.check(first, last)
        return minute_of(self.row(last).end) - minute_of(self.row(first).start)

    def places(self, length: int) -> Iterator[tuple[int, int]]:
        """Give the aligned ranges of this many sections that stay inside one section run, as (first, last)."""
        for run in self.runs():
            for last in run[length - 1 :]:
                if aligned(last - length + 1, last):
                    yield last - length + 1, last


def aligned(first: int, last: int) -> bool:
    """Tell whether a range begins or ends with a pair."""
    return first % 2 == 1 or last % 2 == 0


def pair_of(section: int) -> int:
    """Give the pair of a section."""
    return (section + 1) // 2


def mask_of(first: int, last: int) -> int:
    """Give a range of sections as bits: section n is bit n - 1."""
    return (1 << last) - (1 << (first - 1))


def ranges_of(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Cut a set of section numbers into its longest contiguous ranges, as (first, last), ascending."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


def clock_of(text: str) -> time | None:
    """Read a wall time written HH:MM, or tell that it is none."""
    return time.fromisoformat(text) if _CLOCK.fullmatch(text) else None


def minute_of(clock: time) -> int:
    """Give the minute of the day of a wall time."""
    return clock.hour * 60 + clock.minute


def propose_breaks(rows: Sequence[Section]) -> frozenset[int]:
    """Propose a long break after every section that a pause of an hour or more follows."""
    return frozenset(row.number for row, after in pairwise(rows) if minute_of(after.start) - minute_of(row.end) >= BREAK_MINUTES)


def default_table() -> SectionTable:
    """Give the table of who has set none: twelve sections of 45 minutes, with lunch and dinner between."""
    rows = tuple(_default_row(number, start) for number, start in enumerate(_STARTS, start=1))
    return SectionTable(rows, propose_breaks(rows))


def _default_row(number: int, start: str) -> Section:
    begins = time.fromisoformat(start)
    ends = minute_of(begins) + _LENGTH
    return Section(number, begins, time(ends // 60, ends % 60))
