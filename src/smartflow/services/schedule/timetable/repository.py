"""Events and courses as rows, for whoever only looks; every function is scoped by owner."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select, update

from smartflow.client.schedule.block import FinishedBlock, Placed
from smartflow.client.schedule.course import Course
from smartflow.client.schedule.place import WORDS, Place, Source, SourceType
from smartflow.services.schedule.timetable.arrangements import arrange
from smartflow.services.schedule.timetable.image import DayKey, nominal_of
from smartflow.services.schedule.timetable.seen import Seen
from smartflow.services.schedule.timetable.tables import courses, embeddings, events, items
from smartflow.shared.calendar.instants import Interval
from smartflow.shared.calendar.sections import Slot
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import ClassId, CourseId, EventId, OwnerId, TermId

LONGEST_DAY = timedelta(hours=25)
"""No block is longer: a day on which clocks go back."""
TYPES: Mapping[str, SourceType] = {word: kind for kind, word in WORDS.items()}
_PORTION = 500


async def in_week(reader: Read, owner: OwnerId, term_id: TermId, week: int) -> list[Seen]:
    """Load what stands in a week, and what stood there."""
    return await _look(reader, owner, events.c.term_id == term_id, events.c.week == week)


async def on_day(reader: Read, owner: OwnerId, day: DayKey) -> list[Seen]:
    """Load what stands on a day, and what stood there."""
    term_id, week, on = day
    return await _look(reader, owner, events.c.term_id == term_id, events.c.week == week, events.c.day == on)


async def next_day(reader: Read, owner: OwnerId) -> DayKey | None:
    """Find the day of the live block that is under way or comes next."""
    ahead = and_(events.c.starts_at > reader.now - LONGEST_DAY, events.c.ends_at > reader.now, events.c.state == "live")
    query = select(events.c.term_id, events.c.week, events.c.day).where(events.c.user_id == owner, ahead)
    row = await reader.first(query.order_by(events.c.starts_at, events.c.ends_at).limit(1))
    return None if row is None else (TermId(row.term_id), row.week, row.day)


async def finished(reader: Read, owner: OwnerId, *, skip: int, limit: int) -> list[FinishedBlock]:
    """Load blocks of work that were done, the latest first; one reported before its end was done when it was reported."""
    done_at = case((events.c.reported_at < events.c.ends_at, events.c.reported_at), else_=events.c.ends_at)
    done = and_(events.c.kind.in_(("item", "task")), events.c.state == "done")
    query = _seen(owner).add_columns(done_at.label("done_at")).where(done)
    rows = await reader.all(query.order_by(done_at.desc(), events.c.id.desc()).limit(limit).offset(skip))
    return [FinishedBlock(EventId(row.id), row_source(row), row.name, row.host is not None, row.done_at) for row in rows]


async def of_sources(reader: Read, owner: OwnerId, sources: Iterable[Source]) -> tuple[Placed, ...]:
    """Load the events of sources, by source and time."""
    wanted = [_among(kind, ids) for kind, ids in _by_word(sources).items()]
    if not wanted:
        return ()
    rows = await reader.all(placed_events(owner).where(or_(*wanted)))
    return tuple(sorted((_place(row) for row in rows), key=lambda placed: (placed.source, placed.starts_at, placed.event)))


async def of_term(reader: Read, owner: OwnerId, term_id: TermId) -> tuple[Placed, ...]:
    """Load every event of a term, by time."""
    rows = await reader.all(placed_events(owner).where(events.c.term_id == term_id).order_by(events.c.starts_at, events.c.id))
    return tuple(_place(row) for row in rows)


async def courses_of(reader: Read, owner: OwnerId, term_id: TermId) -> tuple[Course, ...]:
    """Load the shown courses of a term, by id, each with the arrangements that its meetings make."""
    return await _courses(reader, owner, courses.c.term_id == term_id)


async def course(reader: Read, owner: OwnerId, course_id: CourseId) -> Course | None:
    """Load a course that is shown."""
    return next(iter(await _courses(reader, owner, courses.c.id == course_id)), None)


async def has_twin(reader: Read, owner: OwnerId, course: Course) -> bool:
    """Tell whether another shown course of the term has its name and location, by which imports find a course."""
    alike = and_(courses.c.term_id == course.term, courses.c.name == course.name, courses.c.location == course.location)
    other = and_(courses.c.user_id == owner, courses.c.hidden_at.is_(None), courses.c.id != course.id, alike)
    return await reader.value(select(courses.c.id).where(other).limit(1)) is not None


async def redate(unit: Unit, owner: OwnerId, spans: Mapping[EventId, Interval]) -> None:
    """Write the instants that follow from a changed term; the blocks themselves are as they were."""
    mine = and_(events.c.user_id == owner, events.c.id == bindparam("event"))
    statement = update(events).where(mine).values(starts_at=bindparam("start"), ends_at=bindparam("end"))
    rows = [{"event": event, "start": span.start, "end": span.end} for event, span in spans.items()]
    for at in range(0, len(rows), _PORTION):
        await unit.run(statement, rows[at : at + _PORTION])


def placed_events(owner: OwnerId) -> Select[Any]:
    """Select events with the host of each that is a guest: one of its sections is enough to find it."""
    inside = and_(embeddings.c.guest_event_id == events.c.id, embeddings.c.section == events.c.first)
    query = select(*events.c, embeddings.c.host_event_id.label("host")).select_from(events).outerjoin(embeddings, inside)
    return query.where(events.c.user_id == owner)


def row_source(row: Row[Any]) -> Source:
    """Say what an event is of."""
    return Source(TYPES[row.kind], row.source_id)


async def _courses(reader: Read, owner: OwnerId, condition: ColumnElement[bool]) -> tuple[Course, ...]:
    mine = and_(courses.c.user_id == owner, courses.c.hidden_at.is_(None), condition)
    rows = await reader.all(select(courses).where(mine).order_by(courses.c.id))
    columns = (events.c.source_id, events.c.week, events.c.day, events.c.first, events.c.last, events.c.live_key)
    meets = and_(events.c.kind == "course", events.c.source_id == courses.c.id, events.c.term_id == courses.c.term_id)
    meetings: defaultdict[int, list[Slot]] = defaultdict(list)
    for row in await reader.all(select(*columns).join(courses, meets).where(events.c.user_id == owner, mine)):
        meetings[row.source_id].append(_by_timetable(row))
    return tuple(_course(row, meetings[row.id]) for row in rows)


async def _look(reader: Read, owner: OwnerId, *conditions: ColumnElement[bool]) -> list[Seen]:
    rows = await reader.all(_seen(owner).where(*conditions))
    return [Seen(_place(row), row.name, row.location, bool(row.is_filler), _class(row)) for row in rows]


def _seen(owner: OwnerId) -> Select[Any]:
    """Select events with what their sources say of them."""
    meets = and_(events.c.kind == "course", courses.c.id == events.c.source_id, courses.c.user_id == owner)
    works = and_(events.c.kind == "item", items.c.id == events.c.source_id, items.c.user_id == owner)
    name, location = func.coalesce(courses.c.name, items.c.content, ""), func.coalesce(courses.c.location, "")
    told = (name.label("name"), location.label("location"), courses.c.is_filler, items.c.class_id)
    return placed_events(owner).add_columns(*told).outerjoin(courses, meets).outerjoin(items, works)


def _place(row: Row[Any]) -> Placed:
    host = None if row.host is None else EventId(row.host)
    return Placed(
        event=EventId(row.id),
        source=row_source(row),
        term=TermId(row.term_id),
        place=Place(row.week, row.day, row.first, row.last, host),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state,
        done_sections=row.done_sections,
        pinned=row.pinned,
    )


def _class(row: Row[Any]) -> ClassId | None:
    return None if row.class_id is None else ClassId(row.class_id)


def _by_timetable(row: Row[Any]) -> Slot:
    """Give a meeting's place by the timetable, which its key tells."""
    slot = Slot(row.week, row.day, row.first, row.last)
    nominal = nominal_of(row.live_key)
    return slot if nominal is None else Slot(nominal.week, nominal.day, nominal.first, nominal.first + slot.length - 1)


def _course(row: Row[Any], meetings: Sequence[Slot]) -> Course:
    return Course(
        id=CourseId(row.id),
        term=TermId(row.term_id),
        name=row.name,
        location=row.location,
        teacher=row.teacher,
        is_filler=row.is_filler,
        attention_left=row.attention_left,
        arrangements=arrange(meetings),
        event_count=len(meetings),
    )


def _by_word(sources: Iterable[Source]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for source in sorted(set(sources)):
        found.setdefault(WORDS[source.type], []).append(source.id)
    return found


def _among(word: str, ids: Sequence[int]) -> ColumnElement[bool]:
    return and_(events.c.kind == word, events.c.source_id.in_(ids))
