"""The product's own format: JSON that loses nothing."""

import json
from collections.abc import Iterable, Mapping

from msgspec import Struct

from smartflow.client.course import (
    MAX_ARRANGEMENTS,
    MAX_COURSES,
    ImportUnreadable,
    Reading,
    ReadingTerms,
    TermSuggestion,
    Written,
)
from smartflow.client.schedule.course import MAX_MEETINGS, CourseDraft
from smartflow.services.course.format.errors import INVERTED, OUTSIDE, Errors
from smartflow.services.course.format.members import Bounds, Limits, Members
from smartflow.services.course.format.normal import Row, normal_form
from smartflow.services.course.format.term import InUse, choose, read_term
from smartflow.services.course.format.text import or_nothing
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.hours import Hours
from smartflow.shared.calendar.term import Term
from smartflow.shared.calendar.weeks import WeekRun, WeekType

VERSION = 1
_ATTENTION = Limits(1, 3)
_TYPES = tuple(WeekType)


class _Place(Struct, frozen=True):
    day: int
    first: int
    last: int
    weeks: frozenset[int]


def read(value: object, terms: ReadingTerms) -> Reading:
    """Read a file's JSON value: an object with courses and perhaps a term, or the bare list of courses.

    Raises:
        ImportUnreadable: Its version is unknown, or its courses are none or too many.
        InvalidInput: Rows of it, or its term, break rules.
    """
    members = value if isinstance(value, Mapping) else {"courses": value}
    if members.get("format", "smartflow") != "smartflow":
        raise ImportUnreadable.by("enum", field="format")
    if not is_known_version(members.get("version", VERSION)):
        raise ImportUnreadable.by("enum", field="version", limit=VERSION)
    courses = members.get("courses")
    if courses == []:
        raise ImportUnreadable.by("empty")
    if isinstance(courses, list) and len(courses) > MAX_COURSES:
        raise ImportUnreadable.by("max", field="courses", limit=MAX_COURSES)
    return read_members(members, terms, Errors())


def read_members(members: Mapping[str, object], terms: ReadingTerms, errors: Errors) -> Reading:
    """Read the members of a file whose frame is known to be good.

    Raises:
        ImportUnreadable: The courses become too many in normal form.
        InvalidInput: Rows or the term break rules, these or those noted before.
    """
    top = Members(members, "", errors)
    said = _term(top, errors)
    in_use = choose(said, terms)
    # Where its own term would count and is unreadable, only what holds in every term is held against the courses.
    unread = top.has("term") and said is None and (terms.adopt_term or not terms.own)
    if not top.has("courses"):
        top.refuse("courses", "required")
    rows = [row for course in top.objects("courses") for row in read_rows(course, None if unread else in_use.term)]
    return _reading(rows, in_use, errors)


def read_rows(course: Members, term: Term | None) -> list[Row]:
    """Read a course as rows, one per arrangement; a row that breaks rules is noted and left out."""
    name = course.text("course_name", least=1)
    location, teacher = course.text("location"), course.text("teacher")
    is_filler, attention = course.flag("is_allow_tasks"), course.whole("attention_left", _ATTENTION, default=1)
    _check_count(course)
    rows: list[Row] = []
    for arrangement in course.objects("arrangements"):
        place = _place(arrangement, term)
        if place:
            row = Row(
                name=name or "",
                location=or_nothing(location or ""),
                teacher=or_nothing(teacher or ""),
                day=place.day,
                first=place.first,
                last=place.last,
                weeks=place.weeks,
                path=course.path,
                location_path=course.at("location"),
                teacher_path=course.at("teacher"),
                is_filler=is_filler,
                attention_left=attention or 1,
            )
            rows.append(row)
    return rows


def write(courses: Iterable[CourseDraft], term: TermDraft) -> Written:
    """Write courses and their term."""
    value = {
        "format": "smartflow",
        "version": VERSION,
        "term": _term_members(term),
        "courses": [_course_members(course) for course in courses],
    }
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return Written(f"{text}\n".encode(), "application/json", "timetable.smartflow.json")


def is_known_version(version: object) -> bool:
    """Tell whether a file of this version can be read; true is not 1."""
    return isinstance(version, int) and not isinstance(version, bool) and version == VERSION


def _reading(rows: list[Row], in_use: InUse, errors: Errors) -> Reading:
    if sum(len(row.weeks) for row in rows) > MAX_MEETINGS:
        errors.add("courses", "max", limit=MAX_MEETINGS)
    errors.settle()
    courses, notices = normal_form(rows, in_use.term.table.breaks, errors)
    errors.settle()
    return Reading("smartflow", courses, in_use.draft, in_use.adopt, in_use.suggestion, (*in_use.notices, *notices))


def _term(top: Members, errors: Errors) -> TermSuggestion | None:
    inner = top.inner("term") if top.has("term") else None
    return read_term(inner, errors) if inner else None


def _check_count(course: Members) -> None:
    count = course.count("arrangements")
    if not course.has("arrangements"):
        course.refuse("arrangements", "required")
    elif count == 0:
        course.refuse("arrangements", "min", limit=1)
    elif count is not None and count > MAX_ARRANGEMENTS:
        course.refuse("arrangements", "max", limit=MAX_ARRANGEMENTS)


def _place(arrangement: Members, term: Term | None) -> _Place | None:
    bounds = Bounds.of(term)
    weeks = _weeks(arrangement, bounds)
    day = arrangement.whole("day_of_week", bounds.day)
    first, last = arrangement.whole("start_section", bounds.section), arrangement.whole("end_section", bounds.section)
    if first is None or last is None:
        return None
    if first > last:
        arrangement.refuse("end_section", "order", code=INVERTED, limit="start_section")
        return None
    if day is None or not weeks:
        return None
    if term and not term.has(max(weeks), day):
        arrangement.refuse("end_week", "max", code=OUTSIDE, limit=term.last_day.isoformat())
        return None
    return _Place(day, first, last, weeks)


def _weeks(arrangement: Members, bounds: Bounds) -> frozenset[int]:
    start, end = arrangement.whole("start_week", bounds.week), arrangement.whole("end_week", bounds.week)
    kind = arrangement.word("week_type", _TYPES)
    if start is None or end is None or kind is None:
        return frozenset()
    if start > end:
        arrangement.refuse("end_week", "order", limit="start_week")
        return frozenset()
    weeks = frozenset(WeekRun(start, end, WeekType(kind)).weeks)
    if not weeks:
        arrangement.refuse("", "weeks_empty")
    return weeks


def _course_members(course: CourseDraft) -> dict[str, object]:
    return {
        "course_name": course.name,
        "location": course.location,
        "teacher": course.teacher,
        "is_allow_tasks": course.is_filler,
        "attention_left": course.attention_left,
        "arrangements": [
            {
                "start_week": arrangement.weeks.start,
                "end_week": arrangement.weeks.end,
                "day_of_week": arrangement.day,
                "start_section": arrangement.first,
                "end_section": arrangement.last,
                "week_type": arrangement.weeks.type.value,
            }
            for arrangement in course.arrangements
        ],
    }


def _term_members(term: TermDraft) -> dict[str, object]:
    preferences = term.preferences
    return {
        "name": term.name,
        "first_monday": term.first_monday.isoformat(),
        "last_day": term.last_day.isoformat(),
        "zone": term.zone,
        "sections": [{"section": row.number, "start": f"{row.start:%H:%M}", "end": f"{row.end:%H:%M}"} for row in term.sections],
        "breaks": sorted(term.table.breaks),
        "preferred_hours": [_hours_members(hours) for hours in preferences.preferred],
        "forbidden_hours": [_hours_members(hours) for hours in preferences.forbidden],
        "daily_cap_minutes": preferences.daily_cap_minutes,
        "attention": preferences.attention,
    }


def _hours_members(hours: Hours) -> dict[str, object]:
    return {"days_of_week": sorted(hours.days), "start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}"}
