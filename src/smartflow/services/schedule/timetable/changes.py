"""Writing change sets: one lock, one judge, one journal."""

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from smartflow.client.schedule.change import (
    BaseChanged,
    ChangeResult,
    ChangeSet,
    Diff,
    Kind,
    Stale,
)
from smartflow.client.schedule.events import ClassChanged
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import Violation
from smartflow.client.task import Task, TaskClient
from smartflow.services.schedule.timetable import journal, names, rows, terms
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.clashes import judged
from smartflow.services.schedule.timetable.diff import diffs
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.facts import TaskFacts
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.parts import Part, part_of, terms_of
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.tables import events
from smartflow.shared.database.database import Database
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ChangeId, ClassId, ItemId, OwnerId, PlanId, TaskId

Decide = Callable[[ScheduleState], ChangeSet]


class Purpose(Struct, frozen=True):
    """What a change set is for, as the journal keeps it.

    `edited` are sources whose rows the use case wrote itself. With `rows_only` such an edit, or that of a term, counts
    by itself: where no entry comes of it, the change set is one without entries.
    """

    kind: Kind = "change_set"
    note: str | None = None
    plan_id: PlanId | None = None
    undo_of: ChangeId | None = None
    cause: str | None = None
    edited: tuple[Source, ...] = ()
    rows_only: bool = False


class Seen(Struct, frozen=True):
    """What was read before an outcome is written."""

    version: int
    tasks: Collection[Task] = ()
    violations: tuple[Violation, ...] = ()


class Desk:
    """Where change sets are judged and written; every room of the schedule that places something works at it."""

    def __init__(self, database: Database, tasks: TaskClient) -> None:
        self.database = database
        self.tasks = tasks

    async def known_tasks(self, call: Call, part: Part | None = None) -> tuple[Task, ...]:
        """Ask for the tasks that stand in a part of the schedule (none: all of it) or that it names, before anything is opened.

        Raises:
            TermNotFound: The owner has no such term.
        """
        named = {source.id for source in (part.sources if part else ()) if source.type == "task_pool"}
        async with self.database.read() as reader:
            among = None if part is None else await terms_of(reader, call.owner, await terms.load(reader, call.owner, call.zone), part)
            placed = select(events.c.source_id).where(events.c.user_id == call.owner, events.c.kind == "task").distinct()
            placed = placed if among is None else placed.where(events.c.term_id.in_(among))
            named |= {row.source_id for row in await reader.all(placed)}
        return await self.tasks.known(call, [TaskId(each) for each in sorted(named)]) if named else ()

    async def write(self, call: Call, decide: Decide, purpose: Purpose, part: Part | None = None) -> ChangeResult:
        """Judge a change set upon a part of the schedule and write it, in a unit of its own.

        Raises:
            TermNotFound: The owner has no such term.
            Refusal: What the validator says, or a stale base.
        """
        known = await self.known_tasks(call, part)
        async with self.database.work(call) as unit:
            return unit.answer(await self.write_in(unit, call, decide, purpose, known, part=part))

    async def write_in(
        self, unit: Unit, call: Call, decide: Decide, purpose: Purpose, known: Collection[Task] = (), *, part: Part | None = None
    ) -> ChangeResult:
        """Judge and write a change set in a unit that is open; the last thing that can refuse it."""
        version = await journal.lock_version(unit, call.owner)
        own = await terms.stored(unit, call.owner, call.zone)
        state = await rows.load(unit, call.owner, own, map(task_facts, known), part)
        changes = decide(state)
        own.chosen(changes.term)
        outcome = apply(state, changes)
        found = await judged(unit, call.owner, outcome, known)
        if changes.base_version is not None and changes.base_version != version:
            raise Stale(BaseChanged(changes.base_version, version, found))
        no = refusal(found)
        if no is not None:
            raise no
        note = changes.note if purpose.note is None else purpose.note
        return await self.record(unit, call, outcome, replace(purpose, note=note), Seen(version, known, found))

    async def record(self, unit: Unit, call: Call, outcome: Outcome, purpose: Purpose, seen: Seen) -> ChangeResult:
        """Write an outcome that was judged, and journal it; what changes nothing makes no change set."""
        counts = bool(outcome.steps) or purpose.rows_only
        classes = _classes_of(outcome, purpose)
        if classes:
            unit.publish(ClassChanged(call.owner, classes, seen.version + counts))
        if not counts:
            return ChangeResult(None, dry_run=False, base_version=seen.version, schedule_version=seen.version, violations=seen.violations)
        steps = await rows.write(unit, call.owner, outcome)
        done = journal.Recorded(
            purpose.kind,
            call.actor,
            steps,
            purpose.note,
            purpose.plan_id,
            undo_of=purpose.undo_of,
            cause=purpose.cause,
            sources=purpose.edited,
        )
        change_id = await journal.record(unit, call.owner, done, version=seen.version)
        await rows.blame(unit, call.owner, steps, change_id)
        called = await names.load(unit, call.owner, {step.source for step in steps}, seen.tasks, steps)
        return ChangeResult(
            change_id,
            dry_run=False,
            base_version=seen.version,
            schedule_version=seen.version + 1,
            created=tuple(step.event for step in steps if step.op == "add" and step.event is not None),
            removed=tuple(step.event for step in steps if step.op == "remove" and step.event is not None),
            diff=diff_of(steps, outcome, called),
            violations=seen.violations,
        )

    async def judge_only(self, call: Call, changes: ChangeSet) -> ChangeResult:
        """Say what a change set would do and meet; nothing is stored.

        Raises:
            TermNotFound: The owner has no such term.
        """
        part = part_of(changes)
        known = await self.known_tasks(call, part)
        async with self.database.read() as reader:
            own = await terms.load(reader, call.owner, call.zone)
            own.chosen(changes.term)
            outcome = apply(await rows.load(reader, call.owner, own, map(task_facts, known), part), changes)
            found = await judged(reader, call.owner, outcome, known)
            return await self.preview(reader, call.owner, outcome, Seen(own.version, known, found))

    async def preview(self, reader: Read, owner: OwnerId, outcome: Outcome, seen: Seen) -> ChangeResult:
        """Show an outcome that was judged and is not written; what it would make has no ids."""
        called = await names.load(reader, owner, {step.source for step in outcome.steps}, seen.tasks, outcome.steps)
        return ChangeResult(
            None,
            dry_run=True,
            base_version=seen.version,
            schedule_version=seen.version,
            removed=tuple(step.event for step in outcome.steps if step.op == "remove" and step.event is not None),
            diff=diff_of(outcome.steps, outcome, called),
            violations=seen.violations,
        )


def task_facts(task: Task) -> TaskFacts:
    """Say of a task what the rules need."""
    return TaskFacts(task.id, task.version, task.sections, task.deadline_at, hidden=task.hidden_at is not None)


def _classes_of(outcome: Outcome, purpose: Purpose) -> tuple[ClassId, ...]:
    """Name the classes of which rows change, their own or their items'."""
    items = outcome.after.facts.items
    touched = {*purpose.edited, *(step.source for step in outcome.steps if step.op in {"hide", "restore"})}
    found = {ClassId(source.id) for source in touched if source.type == "task_class"}
    found |= {items[ItemId(source.id)].class_id for source in touched if source.type == "task_item"}
    return tuple(sorted(found))


def diff_of(steps: Sequence[Step], outcome: Outcome, called: names.Names) -> tuple[Diff, ...]:
    """Show the steps of a change set."""
    return diffs(steps, {term_id: each.term for term_id, each in outcome.after.facts.terms.items()}, called)
