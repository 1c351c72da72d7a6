"""Writing change sets: one lock, one judge, one journal."""

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from smartflow.client.schedule.change import (
    Add,
    BaseChanged,
    Change,
    ChangeResult,
    ChangeSet,
    Diff,
    Hide,
    Kind,
    Remove,
    Restore,
    Stale,
)
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import Violation, ranked
from smartflow.client.task import Task, TaskClient
from smartflow.services.schedule.timetable import journal, names, rows, terms
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.diff import diffs
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.facts import TaskFacts
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.tables import events
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.services.schedule.timetable.validate import judge
from smartflow.shared.database.database import Database
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ChangeId, EventId, OwnerId, PlanId, TaskId

Decide = Callable[[ScheduleState], ChangeSet]


class Purpose(Struct, frozen=True):
    """What a change set is for, as the journal keeps it."""

    kind: Kind = "change_set"
    note: str | None = None
    plan_id: PlanId | None = None
    undo_of: ChangeId | None = None
    cause: str | None = None


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

    async def known_tasks(self, call: Call, changes: Iterable[Change] = ()) -> tuple[Task, ...]:
        """Ask for the tasks that stand in the schedule or that changes name, before anything is opened."""
        named = {source.id for source in map(source_of, changes) if source is not None and source.type == "task_pool"}
        async with self.database.read() as reader:
            placed = select(events.c.source_id).where(events.c.user_id == call.owner, events.c.kind == "task").distinct()
            named |= {row.source_id for row in await reader.all(placed)}
        return await self.tasks.known(call, [TaskId(each) for each in sorted(named)]) if named else ()

    async def write(self, call: Call, decide: Decide, purpose: Purpose, known: Collection[Task] = ()) -> ChangeResult:
        """Judge and write a change set, in a unit of its own.

        Raises:
            Refusal: What the validator says, or a stale base.
        """
        async with self.database.work(call) as unit:
            return unit.answer(await self.write_in(unit, call, decide, purpose, known))

    async def write_in(self, unit: Unit, call: Call, decide: Decide, purpose: Purpose, known: Collection[Task] = ()) -> ChangeResult:
        """Judge and write a change set in a unit that is open; the last thing that can refuse it."""
        version = await journal.lock_version(unit, call.owner)
        own = await terms.stored(unit, call.owner, call.zone)
        state = await rows.load(unit, call.owner, own, map(task_facts, known))
        changes = decide(state)
        own.chosen(changes.term)
        outcome = apply(state, changes)
        found = ranked(judge(outcome))
        if changes.base_version is not None and changes.base_version != version:
            raise Stale(BaseChanged(changes.base_version, version, found))
        no = refusal(found)
        if no is not None:
            raise no
        note = changes.note if purpose.note is None else purpose.note
        return await self.record(unit, call, outcome, replace(purpose, note=note), Seen(version, known, found))

    async def record(self, unit: Unit, call: Call, outcome: Outcome, purpose: Purpose, seen: Seen) -> ChangeResult:
        """Write an outcome that was judged, and journal it; what changes nothing makes no change set."""
        if not outcome.steps:
            return ChangeResult(None, dry_run=False, base_version=seen.version, schedule_version=seen.version, violations=seen.violations)
        steps = await rows.write(unit, call.owner, outcome)
        done = journal.Recorded(
            purpose.kind, call.actor, steps, purpose.note, purpose.plan_id, undo_of=purpose.undo_of, cause=purpose.cause
        )
        change_id = await journal.record(unit, call.owner, done, version=seen.version)
        await rows.blame(unit, call.owner, steps, change_id)
        called = await names.load(unit, call.owner, {step.source for step in steps}, seen.tasks)
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

    async def judge_only(self, call: Call, decide: Decide, known: Collection[Task] = ()) -> ChangeResult:
        """Say what a change set would do and meet; nothing is stored."""
        async with self.database.read() as reader:
            own = await terms.load(reader, call.owner, call.zone)
            state = await rows.load(reader, call.owner, own, map(task_facts, known))
            changes = decide(state)
            own.chosen(changes.term)
            outcome = apply(state, changes)
            return await self.preview(reader, call.owner, outcome, own, known)

    async def preview(self, reader: Read, owner: OwnerId, outcome: Outcome, own: Terms, known: Collection[Task]) -> ChangeResult:
        """Show an outcome that is not written."""
        called = await names.load(reader, owner, {step.source for step in outcome.steps}, known)
        return ChangeResult(
            None,
            dry_run=True,
            base_version=own.version,
            schedule_version=own.version,
            removed=tuple(step.event for step in outcome.steps if step.op == "remove" and step.event is not None),
            diff=diff_of(outcome.steps, outcome, called),
            violations=ranked(judge(outcome)),
        )


def task_facts(task: Task) -> TaskFacts:
    """Say of a task what the rules need."""
    return TaskFacts(task.id, task.version, task.sections, task.deadline_at, hidden=task.hidden_at is not None)


def source_of(change: Change) -> Source | None:
    """Give the source that a change names, if it names one."""
    if isinstance(change, Add | Hide | Restore):
        return change.source
    return change.block if isinstance(change.block, Source) else None


def diff_of(steps: Sequence[Step], outcome: Outcome, called: names.Names) -> tuple[Diff, ...]:
    """Show the steps of a change set."""
    return diffs(steps, {term_id: each.term for term_id, each in outcome.after.facts.terms.items()}, called)


def removal(*removed: EventId, guest: str = "keep") -> ChangeSet:
    """Make the change set that takes blocks off."""
    return ChangeSet(tuple(Remove(event, "remove" if guest == "remove" else "keep") for event in removed))
