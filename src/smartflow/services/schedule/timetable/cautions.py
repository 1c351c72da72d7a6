"""What is allowed and still worth saying. Warnings refuse nothing."""

from collections.abc import Iterator

from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.case import Case
from smartflow.services.schedule.timetable.facts import TaskFacts
from smartflow.services.schedule.timetable.image import DayKey
from smartflow.shared.calendar.hours import Hours
from smartflow.shared.calendar.sections import SectionTable, minute_of
from smartflow.shared.kernel.ids import EventId

DAILY_CAP = 360
"""Minutes of placed work a day, where a person has not set another number."""


def cautions(case: Case) -> Iterator[Violation]:
    """Look at the items and tasks that were laid somewhere."""
    loads: dict[DayKey, int] = {}
    for event in case.laid:
        if case.row(event).source.is_work and case.row(event).stands:
            yield from _lengths(case, event)
            yield from _times(case, event)
            yield from _load(case, event, loads)


def _lengths(case: Case, event: EventId) -> Iterator[Violation]:
    row = case.row(event)
    if not row.place.slot.aligned:
        yield case.breaks(event, "unaligned")
    left = case.after.left(row.source, but=event)
    if row.state == "live" and left is not None and left != row.place.length:
        yield case.breaks(event, "duration_differs", length=row.place.length, left=max(left, 0))


def _times(case: Case, event: EventId) -> Iterator[Violation]:
    row, span = case.row(event), case.span(event)
    facts = case.after.facts
    term, task = facts.terms[row.term], facts.known(row.source)
    first, last = (term.term.table.row(section) for section in (row.place.first, row.place.last))
    if any(_covers(hours, row.place.day, minute_of(first.start), minute_of(last.end)) for hours in term.preferences.forbidden):
        yield case.breaks(event, "forbidden_hours")
    if span.start < facts.now:
        yield case.breaks(event, "in_the_past")
    if isinstance(task, TaskFacts) and task.deadline is not None and span.end > task.deadline:
        yield case.breaks(event, "after_deadline", deadline=task.deadline.isoformat())


def _covers(hours: Hours, day: int, start: int, end: int) -> bool:
    return any(day in days and first < end and start < last for days, first, last in hours.stretches())


def _load(case: Case, event: EventId, loads: dict[DayKey, int]) -> Iterator[Violation]:
    day = case.row(event).day
    term = case.after.facts.terms[day[0]]
    cap = term.preferences.daily_cap_minutes or DAILY_CAP
    if day not in loads:
        loads[day] = _minutes(case, day, term.term.table)
    if loads[day] > cap:
        yield case.breaks(event, "over_daily_cap", minutes=loads[day], cap=cap)


def _minutes(case: Case, day: DayKey, table: SectionTable) -> int:
    rows = (case.row(event) for event in case.after.on(day))
    return sum(table.minutes(row.place.first, row.place.last) for row in rows if row.stands and row.source.is_work)
