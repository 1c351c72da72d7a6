"""What a person has, kind by kind, as it is shown; what is hidden or secret is not among it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.course import CourseClient
from smartflow.client.memory import MemoryClient
from smartflow.client.schedule.block import Placed
from smartflow.client.schedule.change import JournalEntry
from smartflow.client.schedule.classes import ClassesClient, ClassNotFound, TaskClass
from smartflow.client.schedule.course import Course, CourseDraft
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.plan import Plan, PlanClient, PlanStatus
from smartflow.client.schedule.term import TermView
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import Task, TaskClient, TaskFilter
from smartflow.client.userauth import Session, User, UserauthClient
from smartflow.gateway.fields import local
from smartflow.gateway.routes.change import EntryForm
from smartflow.gateway.routes.course_forms import CourseForm
from smartflow.gateway.routes.memory import remembered
from smartflow.gateway.routes.memory_forms import MemoryForm
from smartflow.gateway.routes.plan_forms import PlanForm
from smartflow.gateway.routes.possession_talks import Talkers, said
from smartflow.gateway.routes.shown import PlaceForm, SourceShown
from smartflow.gateway.routes.task import TaskForm
from smartflow.gateway.routes.task_class_forms import TaskClassShown
from smartflow.gateway.routes.term import OverrideForm, TermForm
from smartflow.gateway.routes.user import UserForm
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TermId

_PORTION = 50
_PAGE = 100
_CLOSED: tuple[PlanStatus, ...] = ("applied", "discarded", "expired")


class Holders(Struct, frozen=True):
    """Whoever keeps something of a person."""

    userauth: UserauthClient
    task: TaskClient
    course: CourseClient
    memory: MemoryClient
    timetable: TimetableClient
    classes: ClassesClient
    plan: PlanClient
    talks: Talkers


class About(Struct, frozen=True):
    """What the other files are; their members are those of the API's answers."""

    exported_at: datetime
    username: str
    schedule_version: int
    format: Literal["smartflow-export"] = "smartflow-export"
    version: Literal[1] = 1


class SessionShown(Struct, frozen=True):
    """A login session."""

    session_id: UUID
    created_at: datetime
    last_seen_at: datetime
    ip: str
    user_agent: str

    @classmethod
    def of(cls, session: Session, call: Call) -> "SessionShown":
        """Show a session; its tokens are nobody's business."""
        times = local(session.created_at, call.zone), local(session.last_seen_at, call.zone)
        return cls(session.id, *times, session.device.ip, session.device.user_agent)


class TermOverrides(Struct, frozen=True):
    """The dates on which a term's timetable departs from itself."""

    term_id: int
    overrides: list[OverrideForm]


class TermCourses(Struct, frozen=True):
    """The courses of a term."""

    term_id: int
    courses: list[CourseForm]


class EventShown(Struct, frozen=True):
    """A block of the schedule, past ones too."""

    event_id: int
    source: SourceShown
    name: str
    location: str
    term_id: int
    place: PlaceForm
    start_at: datetime
    end_at: datetime
    state: str
    done_sections: int
    pinned: bool

    @classmethod
    def of(cls, placed: Placed, title: "Title", call: Call) -> "EventShown":
        """Show a block."""
        return cls(
            event_id=placed.event,
            source=SourceShown.of(placed.source),
            name=title.name,
            location=title.location,
            term_id=placed.term,
            place=PlaceForm.of(placed.place),
            start_at=local(placed.starts_at, call.zone),
            end_at=local(placed.ends_at, call.zone),
            state=placed.state,
            done_sections=placed.done_sections,
            pinned=placed.pinned,
        )


class Title(Struct, frozen=True):
    """What the blocks of a source are called, and where they are."""

    name: str
    location: str = ""


Titles = Mapping[Source, Title]
Found = AsyncIterator[tuple[str, object]]


async def possessions(holders: Holders, call: Call, user: User, now: datetime) -> Found:
    """Give everything of a person, who asks, as names of files and what is in them."""
    yield "about.json", About(now, user.username, await holders.timetable.version(call))
    yield "user.json", UserForm.of(user)
    yield "sessions.json", [SessionShown.of(each, call) for each in await holders.userauth.sessions(call)]
    tasks = (await holders.task.find(call, TaskFilter())).tasks
    yield "tasks.json", await asyncio.to_thread(_shown_tasks, tasks, call)
    yield "memories.json", [MemoryForm.of(each, call) for each in await remembered(holders.memory, call)]
    views = [view for view in await holders.timetable.terms(call) if view.id is not None]
    courses = {view.id: await holders.timetable.courses(call, view.id) for view in views if view.id is not None}
    async for each in _timetables(holders, call, views, courses):
        yield each
    classes = await _classes(holders.classes, call)
    yield "task_classes.json", [TaskClassShown.of(each) for each in classes]
    titles = _titles(tasks, [course for each in courses.values() for course in each], classes)
    yield "events.json", await asyncio.to_thread(_shown_events, await _placed(holders.timetable, call, titles), titles, call)
    yield "plans.json", await _plans(holders.plan, call, titles)
    yield "changes.json", [EntryForm.of(each, call, whole=False) for each in await _journal(holders.timetable, call)]
    async for each in said(holders.talks, call):
        yield each


async def _timetables(holders: Holders, call: Call, views: Sequence[TermView], courses: Mapping[TermId, tuple[Course, ...]]) -> Found:
    """Give the terms, what differs in them, their courses, and these once more as files that can be imported."""
    yield "terms.json", [TermForm.of(view) for view in views]
    overrides = [(view.id, await holders.timetable.overrides(call, view.id)) for view in views]
    yield "day_overrides.json", [TermOverrides(term or 0, [OverrideForm.of(each) for each in found]) for term, found in overrides if found]
    yield "courses.json", [TermCourses(term, [CourseForm.of(each) for each in found]) for term, found in courses.items()]
    for view in views:
        meeting = [course for course in courses.get(view.id or TermId(0), ()) if course.arrangements]
        if meeting:
            drafts = tuple(CourseDraft(c.name, c.location, c.arrangements, c.teacher, c.is_filler, c.attention_left) for c in meeting)
            written = await holders.course.write(call, drafts, term=TermDraft.of(view.term, view.name, view.preferences))
            yield f"timetables/{view.first_monday.isoformat()}.json", written.file


async def _classes(classes: ClassesClient, call: Call) -> list[TaskClass]:
    found: list[TaskClass] = []
    for summary in await classes.all(call):
        with suppress(ClassNotFound):  # deleted a moment ago
            found.append(await classes.get(call, summary.id))
        await asyncio.sleep(0)
    return found


def _titles(tasks: Iterable[Task], courses: Iterable[Course], classes: Iterable[TaskClass]) -> dict[Source, Title]:
    """Name everything that can have blocks; what is hidden is not among it, so its blocks are not asked for."""
    found = {Source.task(task.id): Title(task.title) for task in tasks}
    found |= {Source.course(course.id): Title(course.name, course.location) for course in courses}
    return found | {Source.item(item.id): Title(item.content) for each in classes for item in each.items}


def _shown_tasks(tasks: Sequence[Task], call: Call) -> list[TaskForm]:
    return [TaskForm.of(each, call) for each in tasks]


def _shown_events(placed: Sequence[Placed], titles: Titles, call: Call) -> list[EventShown]:
    """Show blocks by time; in a thread, like tasks, since there may be thousands."""
    return [EventShown.of(each, titles[each.source], call) for each in sorted(placed, key=lambda each: (each.starts_at, each.event))]


async def _placed(timetable: TimetableClient, call: Call, titles: Titles) -> list[Placed]:
    sources, found = list(titles), list[Placed]()
    for start in range(0, len(sources), _PORTION):
        found += await timetable.placed(call, sources[start : start + _PORTION])
        await asyncio.sleep(0)
    return found


async def _plans(plans: PlanClient, call: Call, titles: Titles) -> list[PlanForm]:
    """List open plans with their blocks, and closed ones as lists show them: what became of those is in the journal."""
    found: list[PlanForm] = []
    for plan in await plans.list(call, "open"):
        found.append(PlanForm.of(_without_hidden(await plans.get(call, plan.id), titles), call))
        await asyncio.sleep(0)
    for status in _CLOSED:
        found += [PlanForm.of(plan, call, whole=False) for plan in await plans.list(call, status)]
    return found


def _without_hidden(plan: Plan, titles: Titles) -> Plan:
    placements = tuple(each for each in plan.placements if each.source in titles)
    return replace(plan, placements=placements, unplaced=tuple(each for each in plan.unplaced if each.source in titles))


async def _journal(timetable: TimetableClient, call: Call) -> list[JournalEntry]:
    page = await timetable.changes(call, limit=_PAGE)
    found = list(page.entries)
    while page.next_cursor is not None:
        await asyncio.sleep(0)
        page = await timetable.changes(call, cursor=page.next_cursor, limit=_PAGE)
        found += page.entries
    return found
