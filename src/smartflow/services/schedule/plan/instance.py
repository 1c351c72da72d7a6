"""From the schedule as it stands to a planning job."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from smartflow.client.schedule.classes import ClassRules
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.plan import Limits, PlanRequest
from smartflow.client.task import Task
from smartflow.services.schedule.planner import instance as job
from smartflow.services.schedule.planner.instance import Block, Clock, Day, Grid, Holding, Host, Instance, StudyClass
from smartflow.services.schedule.planner.model import CLASS_IMPORTANCE, DEFAULT_DEMAND, INTENSITY_DEMAND, TASK_DEMAND, TASK_IMPORTANCE
from smartflow.services.schedule.timetable.facts import TermFacts
from smartflow.services.schedule.timetable.image import Image
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.calendar.sections import Slot, minute_of
from smartflow.shared.calendar.term import Term
from smartflow.shared.kernel.ids import ClassId, CourseId, EventId, ItemId, TaskId, TermId

_WEEK = 7


class Known(Struct, frozen=True):
    """What a planning job is made from: the schedule, the rules of classes, what courses leave, tasks."""

    state: ScheduleState
    term: TermId
    rules: Mapping[ClassId, ClassRules]
    attention_left: Mapping[CourseId, int]
    tasks: Mapping[TaskId, Task]


def instance_of(known: Known, request: PlanRequest) -> Instance:
    """Make the job: what is asked for may be placed, what may be planned again may move, all else stays."""
    facts = known.state.facts.terms[known.term]
    standing = _standing(known)
    blocks = [_placed(known, image, request) for _, image in standing if image.source.is_work]
    placed = {image.source for _, image in standing}
    blocks += [block for source in wanted(known, request) if source not in placed for block in _open(known, source)]
    classes = {block.class_id for block in blocks if block.class_id is not None}
    return Instance(
        now=_minute(known.state.facts.now),
        grid=_grid(facts.term),
        blocks=tuple(sorted(blocks, key=lambda block: (block.class_id or 0, block.order, block.source))),
        classes=tuple(_study(known, ClassId(each), facts.term) for each in sorted(classes)),
        holdings=tuple(_holdings(known, standing)),
        hosts=tuple(_hosts(known, standing)),
        preferences=_preferences(facts),
        limits=_limits(request.limits, facts.term),
        allow_partial=request.partial,
        max_moves=request.max_moves,
    )


def wanted(known: Known, request: PlanRequest) -> list[Source]:
    """List what a request wants placed."""
    state = known.state
    ids = [item for class_id in request.classes for item in state.facts.items_of.get(class_id, ())]
    sources = [Source.item(each) for each in ids if state.facts.shown(Source.item(each))]
    return [*sources, *(Source.task(each) for each in request.tasks if each in known.tasks)]


def to_place(place: job.Place) -> Place:
    """Say a planner's place in coordinates."""
    return Place(place.week, place.weekday, place.first, place.last, None if place.host is None else EventId(place.host))


def from_place(place: Place) -> job.Place:
    """Say coordinates as the planner does."""
    return job.Place((place.week - 1) * _WEEK + place.day - 1, place.first, place.last, place.host)


def _standing(known: Known) -> list[tuple[EventId, Image]]:
    rows = known.state.events.items()
    return sorted((event, image) for event, image in rows if image.stands and image.term == known.term)


def _grid(term: Term) -> Grid:
    rows = term.table.rows
    days = [Slot(week, day, 1, len(rows)) for week, day in term.days()]
    return Grid(
        sections=tuple(Clock(minute_of(row.start), minute_of(row.end)) for row in rows),
        runs=tuple((run[0], run[-1]) for run in term.table.runs()),
        days=tuple(_day(term, slot) for slot in days),
    )


def _day(term: Term, slot: Slot) -> Day:
    spans = [to_instants(term, Slot(slot.week, slot.day, section, section)) for section in slot.sections]
    return Day(tuple(_minute(span.start) for span in spans), tuple(_minute(span.end) for span in spans))


def _placed(known: Known, image: Image, request: PlanRequest) -> Block:
    """A block that stands: it stays, unless it may be planned again."""
    movable = image.source in request.replan and not image.pinned and image.state == "live"
    return _block(
        known, image.source, image.place.length, current=from_place(image.place), pinned=not movable, makeup=image.makes_up is not None
    )


def _open(known: Known, source: Source) -> list[Block]:
    left = known.state.left(source)
    if left is None or left <= 0:
        return []
    # What was begun once makes up for it now, and owes no order to siblings that have begun.
    return [_block(known, source, left, makeup=bool(known.state.of(source)))]


def _block(
    known: Known, source: Source, sections: int, *, current: job.Place | None = None, pinned: bool = False, makeup: bool = False
) -> Block:
    if source.type == "task_pool":
        task = known.tasks.get(TaskId(source.id))
        quadrant = int(task.quadrant) if task else 2
        return Block(
            source.ref,
            sections=sections,
            importance=TASK_IMPORTANCE[quadrant],
            demand=TASK_DEMAND[quadrant],
            deadline=None if task is None or task.deadline_at is None else _minute(task.deadline_at),
            allow_fillers=True,
            current=current,
            pinned=pinned,
            makeup=makeup,
        )
    item = known.state.facts.items[ItemId(source.id)]
    rules = known.rules.get(item.class_id)
    return Block(
        source.ref,
        class_id=item.class_id,
        order=item.order,
        sections=sections,
        importance=CLASS_IMPORTANCE[rules.importance if rules else 2],
        demand=INTENSITY_DEMAND[rules.intensity] if rules and rules.intensity else DEFAULT_DEMAND,
        current=current,
        pinned=pinned,
        makeup=makeup,
    )


def _study(known: Known, class_id: ClassId, term: Term) -> StudyClass:
    rules = known.rules.get(class_id)
    if rules is None:
        return StudyClass(class_id)
    return StudyClass(
        id=class_id,
        strategy=rules.strategy,
        first_day=_day_number(term, rules.start),
        last_day=_day_number(term, rules.end),
        heavy="high" in {rules.intensity, rules.difficulty},
        allow_fillers=rules.allow_fillers,
        excluded_weekdays=tuple(sorted(rules.excluded_days)),
        excluded_pairs=tuple(sorted(rules.excluded_pairs)),
    )


def _holdings(known: Known, standing: Sequence[tuple[EventId, Image]]) -> list[Holding]:
    courses = known.state.facts.courses
    found = []
    for event, image in standing:
        if image.source.type == "course" and not courses[CourseId(image.source.id)].is_filler:
            place = from_place(image.place)
            found.append(Holding("course", event, place.day, place.first, place.last))
    return found


def _hosts(known: Known, standing: Sequence[tuple[EventId, Image]]) -> list[Host]:
    courses = known.state.facts.courses
    found = []
    for event, image in standing:
        if image.source.type == "course" and courses[CourseId(image.source.id)].is_filler:
            place = from_place(image.place)
            left = known.attention_left.get(CourseId(image.source.id), 1)
            found.append(Host(event, place.day, place.first, place.last, left))
    return found


def _preferences(facts: TermFacts) -> job.Preferences:
    likes: Preferences = facts.preferences
    return job.Preferences(
        attention=tuple(likes.attention or ()),
        preferred=_hours(likes.preferred),
        forbidden=_hours(likes.forbidden),
        daily_cap=likes.daily_cap_minutes,
    )


def _hours(found: Sequence[Hours]) -> tuple[job.Hours, ...]:
    return tuple(job.Hours(start, end, tuple(sorted(days))) for each in found for days, start, end in each.stretches())


def _limits(limits: Limits | None, term: Term) -> job.Limits:
    if limits is None:
        return job.Limits()
    return job.Limits(
        weekdays=tuple(sorted(limits.days)),
        excluded_weekdays=tuple(sorted(limits.excluded_days)),
        first_day=_day_number(term, limits.start),
        last_day=_day_number(term, limits.until),
        hours=tuple(job.LimitHours(minute_of(each.start), minute_of(each.end), each.hard) for each in limits.hours),
    )


def _day_number(term: Term, on: date | None) -> int | None:
    return None if on is None else (on - term.first_monday).days


def _minute(instant: datetime) -> int:
    return int(instant.timestamp()) // 60
