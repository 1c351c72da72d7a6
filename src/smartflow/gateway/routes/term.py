"""`/api/v1/schedule/term`: terms, and the days on which the timetable departs from itself."""

from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Literal

from msgspec import Meta, Struct

from smartflow.client.schedule.term import DayOverride, TermDropsBlocks, TermNotFound, TermView
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.gateway.broken import MISSING, Said, entries
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Clock, Id, TermQuery
from smartflow.gateway.route import KEYED, READ, WRITE, Table, get, put, table
from smartflow.gateway.routes.event import clock
from smartflow.gateway.routes.refusals import PLACING
from smartflow.gateway.routes.shown import ChangeResultForm, view_of
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.calendar.sections import Section, SectionTable
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import FieldError

Small = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
LONGEST_LIST = 100


class SectionForm(Struct, frozen=True):
    """A class period."""

    section: Small
    start: Clock
    end: Clock


class HoursForm(Struct, frozen=True):
    """A stretch of the day; no days of the week: on all."""

    start: Clock
    end: Clock
    days_of_week: Annotated[list[Small], Meta(max_length=LONGEST_LIST)] = []

    def hours(self) -> Hours:
        """Say it in the words of the calendar."""
        return Hours(_time(self.start), _time(self.end), frozenset(self.days_of_week))

    @classmethod
    def of(cls, hours: Hours) -> "HoursForm":
        """Show hours."""
        return cls(clock(hours.start), clock(hours.end), sorted(hours.days))


Stretches = Annotated[list[HoursForm], Meta(max_length=LONGEST_LIST)]


class TermForm(Struct, frozen=True):
    """A term; without an id it is the default one, which is not stored yet."""

    term_id: int | None
    name: str
    first_monday: date
    last_day: date
    weeks: int
    zone: str
    sections: list[SectionForm]
    breaks: list[int]
    preferred_hours: list[HoursForm]
    forbidden_hours: list[HoursForm]
    daily_cap_minutes: int | None
    attention: list[int] | None
    is_default: bool
    schedule_version: int

    @classmethod
    def of(cls, view: TermView) -> "TermForm":
        """Show a term."""
        table, likes = view.term.table, view.preferences
        return cls(
            term_id=view.id,
            name=view.name,
            first_monday=view.first_monday,
            last_day=view.last_day,
            weeks=view.term.weeks,
            zone=view.zone,
            sections=_sections(table),
            breaks=sorted(table.breaks),
            preferred_hours=[HoursForm.of(hours) for hours in likes.preferred],
            forbidden_hours=[HoursForm.of(hours) for hours in likes.forbidden],
            daily_cap_minutes=likes.daily_cap_minutes,
            attention=None if likes.attention is None else list(likes.attention),
            is_default=view.is_default,
            schedule_version=view.schedule_version,
        )


class ChangedTerm(Struct, frozen=True):
    """A term as a whole; without an id its range says which one it is. Without breaks, long pauses become breaks."""

    first_monday: date
    last_day: date
    sections: Annotated[list[SectionForm], Meta(max_length=LONGEST_LIST)]
    term_id: Id | None = None
    name: str = ""
    zone: Annotated[str, Meta(max_length=64, examples=["Asia/Shanghai"])] | None = None
    breaks: Annotated[list[Small], Meta(max_length=LONGEST_LIST)] | None = None
    preferred_hours: Stretches = []
    forbidden_hours: Stretches = []
    daily_cap_minutes: Small | None = None
    attention: Annotated[list[Small], Meta(max_length=LONGEST_LIST)] | None = None
    dry_run: bool = False

    def draft(self, zone: str) -> TermDraft:
        """Say it in the words of the calendar; the zone is the user's unless it is named."""
        likes = Preferences(
            preferred=tuple(each.hours() for each in self.preferred_hours),
            forbidden=tuple(each.hours() for each in self.forbidden_hours),
            daily_cap_minutes=self.daily_cap_minutes,
            attention=None if self.attention is None else tuple(self.attention),
        )
        rows = tuple(Section(each.section, _time(each.start), _time(each.end)) for each in self.sections)
        breaks = None if self.breaks is None else tuple(self.breaks)
        return TermDraft(self.first_monday, self.last_day, self.zone or zone, rows, breaks, self.name, likes)


class OverrideForm(Struct, frozen=True):
    """A date that is off, or follows a day of the term."""

    date: date
    kind: Literal["off", "follows"]
    week: Small | None = None
    day_of_week: Annotated[int, Meta(ge=1, le=7)] | None = None

    def override(self) -> DayOverride:
        """Say it in the words of the service; a day that is off follows none."""
        follows = self.kind == "follows"
        return DayOverride(self.date, self.kind, self.week if follows else None, self.day_of_week if follows else None)

    @classmethod
    def of(cls, override: DayOverride) -> "OverrideForm":
        """Show an override."""
        return cls(override.on, override.kind, override.week, override.day)


Overrides = Annotated[list[OverrideForm], Meta(max_length=300)]


class ChangedOverrides(Struct, frozen=True):
    """The whole list of a term's day overrides."""

    overrides: Overrides
    term_id: Id | None = None
    dry_run: bool = False

    @staticmethod
    def check(said: Said) -> Iterator[FieldError]:
        """Name the days to follow that are not named, and the dates that are named twice."""
        seen: set[str] = set()
        for at, each in entries(said, "overrides"):
            missing = [name for name in ("week", "day_of_week") if each.get(name) is None]
            if each.get("kind") == "follows":
                yield from (FieldError(f"{at}.{name}", "required", MISSING) for name in missing)
            if each.get("date") in seen:
                yield FieldError(f"{at}.date", "unique")
            seen.add(each.get("date", at))

    def wanted(self) -> tuple[DayOverride, ...]:
        """Say it in the words of the service."""
        return tuple(each.override() for each in self.overrides)


class TermRoutes:
    """Terms and day overrides."""

    def __init__(self, timetable: TimetableClient) -> None:
        self._timetable = timetable

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        return table(
            "term",
            "/schedule",
            [
                get("/term", self.term, READ, refuses=(TermNotFound,)),
                get("/terms", self.terms, READ),
                put("/term", self.set_term, WRITE | KEYED, refuses=(TermNotFound, TermDropsBlocks)),
                get("/term/day-overrides", self.overrides, READ, refuses=(TermNotFound,)),
                put("/term/day-overrides", self.set_overrides, WRITE | KEYED, refuses=(TermNotFound, *PLACING)),
            ],
        )

    async def term(self, call: Call, query: TermQuery) -> Ok[TermForm]:
        """Show a term."""
        return Ok(TermForm.of(await self._timetable.term(call, query.term())))

    async def terms(self, call: Call) -> Ok[list[TermForm]]:
        """List the terms."""
        return Ok([TermForm.of(view) for view in await self._timetable.terms(call)])

    async def set_term(self, call: Call, data: ChangedTerm, query: TermQuery) -> Ok[TermForm]:
        """Change a term, or make one."""
        view = await self._timetable.set_term(call, data.draft(call.zone), term=query.term(data.term_id), dry_run=data.dry_run)
        return Ok(TermForm.of(view))

    async def overrides(self, call: Call, query: TermQuery) -> Ok[list[OverrideForm]]:
        """List the day overrides of a term."""
        return Ok([OverrideForm.of(each) for each in await self._timetable.overrides(call, query.term())])

    async def set_overrides(self, call: Call, data: ChangedOverrides, query: TermQuery) -> Ok[ChangeResultForm]:
        """Replace the list of day overrides; meetings and what is embedded in them move with it."""
        result = await self._timetable.set_overrides(call, data.wanted(), term=query.term(data.term_id), dry_run=data.dry_run)
        return Ok(ChangeResultForm.of(result, view_of(call)))


def _sections(table: SectionTable) -> list[SectionForm]:
    return [SectionForm(row.number, clock(row.start), clock(row.end)) for row in table.rows]


def _time(text: str) -> time:
    return time.fromisoformat(text)
