"""Small schedules to try the rules on: weeks from Monday 7 September 2026, default sections, UTC."""

from datetime import UTC, date, datetime, timedelta

from smartflow.client.schedule.change import Add, ChangeSet
from smartflow.client.schedule.place import Nominal, Place, Source
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.facts import (
    BusyBlock,
    ClassFacts,
    CourseFacts,
    ItemFacts,
    TaskFacts,
    TermFacts,
    gather,
)
from smartflow.services.schedule.timetable.image import Image, Step
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.validate import judge, validate
from smartflow.shared.calendar.hours import Preferences
from smartflow.shared.calendar.instants import Interval
from smartflow.shared.calendar.sections import default_table
from smartflow.shared.calendar.term import Term

MONDAY = date(2026, 9, 7)
BEFORE = datetime(2026, 9, 1, tzinfo=UTC)
TERM = TermFacts(1, Term(MONDAY, date(2026, 10, 30), "UTC", default_table()))
NEXT_TERM = TermFacts(2, Term(date(2027, 3, 1), date(2027, 3, 28), "UTC", default_table()))

MATHS, LECTURE = Source.course(1), Source.course(2)
CLASS = ClassFacts(1, date(2026, 9, 7), date(2026, 10, 16))
ITEMS = tuple(ItemFacts(number, 1, number) for number in range(1, 5))
TASK = TaskFacts(7, version=3, sections=2)
SOURCES = (CourseFacts(1), CourseFacts(2, is_filler=True), CLASS, *ITEMS, TASK, TaskFacts(8, sections=2))
ONE, TWO, THREE, FOUR = (Source.item(number) for number in range(1, 5))
LAB, MAIL = Source.task(7), Source.task(8)


def at(week, day, first, last, host=None):
    return Place(week, day, first, last, host)


def work(source, place, **more):
    return Image(1, source, place, **more)


def meeting(course, place, **more):
    return Image(1, course, place, nominal=Nominal(place.week, place.day, place.first), **more)


def schedule(events=None, *, sources=SOURCES, now=BEFORE, busy=(), preferences=None, last_changes=None):
    term = TERM if preferences is None else TermFacts(1, TERM.term, preferences)
    facts = gather(now, [term, NEXT_TERM], current=1, sources=sources, busy=busy)
    return ScheduleState(facts, events or {}, last_changes=last_changes)


def but(*changed):
    """The usual sources, with some replaced by those of the same kind and id."""
    mine = {(type(each), each.id): each for each in (*SOURCES, *changed)}
    return tuple(mine.values())


def changes(*each, **more):
    return ChangeSet(each, **more)


def adding(source, place, **more):
    return changes(Add(source, place, **more))


def busy(number, day, start, end):
    midnight = datetime.combine(MONDAY + timedelta(days=day - 1), datetime.min.time(), UTC)
    return BusyBlock(number, 90, Interval(midnight + start, midnight + end))


def clock(hours, minutes=0):
    return timedelta(hours=hours, minutes=minutes)


def noon(week, day):
    return datetime(2026, 9, 7, 12, tzinfo=UTC) + timedelta(weeks=week - 1, days=day - 1)


def errors(state, change_set):
    return [each for each in validate(state, change_set) if each.severity == "error"]


def allowed(violations):
    return all(each.severity == "warning" for each in violations)


def standing_trouble(state):
    """Every broken rule among live placements as they stand, such as a busy block that came later."""
    live = {event: row for event, row in state.events.items() if row.state == "live"}
    steps = tuple(Step("move", row.source, event, None, row) for event, row in live.items())
    found = judge(Outcome(state.with_events(dict.fromkeys(live)), state, steps))
    return [each for each in found if each.severity == "error"]


def codes(violations):
    return [each.code for each in violations]


def liking(**more):
    return Preferences(**more)
