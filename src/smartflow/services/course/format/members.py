"""The members of a JSON object, read strictly: no value passes for one of another type."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time

from msgspec import Struct

from smartflow.services.course.format.errors import BAD, DAY, OUTSIDE, SECTION, Errors
from smartflow.services.course.format.text import one_line, storable
from smartflow.shared.calendar.sections import MAX_SECTIONS, clock_of
from smartflow.shared.calendar.term import DAYS, MAX_WEEKS, Term

MAX_TEXT = 255
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Limits(Struct, frozen=True):
    """The least and the most that a number may be, and the codes for less and for more."""

    least: int
    most: int
    low: str = BAD
    high: str = BAD


class Bounds(Struct, frozen=True):
    """What the coordinates of a meeting may be."""

    week: Limits
    section: Limits
    day: Limits = Limits(1, DAYS, DAY, DAY)

    @classmethod
    def of(cls, term: Term | None) -> "Bounds":
        """Take them from a term, or else from what any term may have."""
        weeks, sections = (term.weeks, len(term.table)) if term else (MAX_WEEKS, MAX_SECTIONS)
        return cls(Limits(1, weeks, DAY, OUTSIDE), Limits(1, sections, SECTION, SECTION))


class Members:
    """One JSON object at a path; what is wrong with a member is noted, and the member then reads as None."""

    def __init__(self, values: Mapping[str, object], path: str, errors: Errors) -> None:
        self._values = values
        self._errors = errors
        self.path = path

    @classmethod
    def of(cls, value: object, path: str, errors: Errors) -> "Members | None":
        """Take a value as an object."""
        if isinstance(value, dict):
            return cls(value, path, errors)
        errors.add(path, "type")
        return None

    def at(self, name: str) -> str:
        """Give a member's path; "" is the object itself."""
        return f"{self.path}.{name}" if self.path and name else self.path or name

    def has(self, name: str) -> bool:
        """Tell whether a member is there and not null."""
        return self._values.get(name) is not None

    def count(self, name: str) -> int | None:
        """Count the values of a list, without a word if it is none."""
        value = self._values.get(name)
        return len(value) if isinstance(value, list) else None

    def refuse(self, name: str, rule: str, *, code: str = BAD, **facts: str | int) -> None:
        """Note a rule that a member breaks."""
        self._errors.add(self.at(name), rule, code=code, **facts)

    def text(self, name: str, *, least: int = 0, most: int = MAX_TEXT) -> str | None:
        """Read a text as one line; absent means "" unless something must be there."""
        value = self._values.get(name, "")
        if not isinstance(value, str):
            self._refuse_kind(name, required=least > 0)
            return None
        if not storable(value):
            self.refuse(name, "format")
            return None
        line = one_line(value)
        if len(line) < least:
            self.refuse(name, "required")
        elif len(line) > most:
            self.refuse(name, "length", max_length=most)
        return line if least <= len(line) <= most else None

    def word(self, name: str, known: tuple[str, ...]) -> str | None:
        """Read one of some words; absent means the first."""
        value = self._values.get(name, known[0])
        if not isinstance(value, str):
            self.refuse(name, "type")
        elif value not in known:
            self.refuse(name, "enum")
        else:
            return value
        return None

    def flag(self, name: str) -> bool:
        """Read a truth; absent means false."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            self.refuse(name, "type")
        return value is True

    def whole(self, name: str, limits: Limits | None = None, *, default: int | None = None) -> int | None:
        """Read a whole number; without a default it must be there."""
        value = self._values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self._refuse_kind(name, required=default is None)
            return None
        return value if limits is None or self._within(name, value, limits) else None

    def day(self, name: str) -> date | None:
        """Read a date, YYYY-MM-DD, that must be there."""
        value = self._words(name)
        try:
            if value is None or _DATE.fullmatch(value):
                return None if value is None else date.fromisoformat(value)
        except ValueError:  # such as February 30
            pass
        self.refuse(name, "format")
        return None

    def clock(self, name: str) -> time | None:
        """Read a wall time, HH:MM, that must be there."""
        value = self._words(name)
        clock = None if value is None else clock_of(value)
        if value is not None and clock is None:
            self.refuse(name, "format")
        return clock

    def values(self, name: str) -> list[object]:
        """Read a list; absent means an empty one."""
        value = self._values.get(name)
        if isinstance(value, list):
            return value
        if value is not None:
            self.refuse(name, "type")
        return []

    def inner(self, name: str) -> "Members | None":
        """Read an object that must be there."""
        return Members.of(self._values.get(name), self.at(name), self._errors)

    def wholes(self, name: str) -> tuple[int, ...]:
        """Read a list of whole numbers; those that are none are noted and left out."""
        found = []
        for place, value in enumerate(self.values(name)):
            if isinstance(value, int) and not isinstance(value, bool):
                found.append(value)
            else:
                self.refuse(f"{name}[{place}]", "type")
        return tuple(found)

    def objects(self, name: str) -> "Iterator[Members]":
        """Read a list of objects; values that are none are noted and left out."""
        for place, value in enumerate(self.values(name)):
            members = Members.of(value, f"{self.at(name)}[{place}]", self._errors)
            if members:
                yield members

    def _words(self, name: str) -> str | None:
        value = self._values.get(name)
        if isinstance(value, str):
            return value
        self._refuse_kind(name, required=True)
        return None

    def _within(self, name: str, value: int, limits: Limits) -> bool:
        if value < limits.least:
            self.refuse(name, "min", code=limits.low, limit=limits.least)
        elif value > limits.most:
            self.refuse(name, "max", code=limits.high, limit=limits.most)
        return limits.least <= value <= limits.most

    def _refuse_kind(self, name: str, *, required: bool) -> None:
        self.refuse(name, "required" if required and not self.has(name) else "type")
