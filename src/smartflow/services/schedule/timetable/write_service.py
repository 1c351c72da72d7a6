"""The use cases that change what stands in the schedule, and take changes back."""

import contextlib
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select

from smartflow.client.schedule.block import BlockDeletion
from smartflow.client.schedule.change import (
    AlreadyUndone,
    CannotBeUndone,
    Change,
    ChangeNotFound,
    ChangeResult,
    ChangeSet,
    Conflict,
    Conflicts,
    Hide,
    JournalEntry,
    NoGuest,
    Remove,
)
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import EventNotFound, NotPlaced, ranked
from smartflow.client.task import Task, TaskNotFound
from smartflow.services.schedule.timetable import endings, journal, names, rows, terms
from smartflow.services.schedule.timetable.changes import Decide, Purpose, Seen, diff_of, task_facts
from smartflow.services.schedule.timetable.clashes import labels
from smartflow.services.schedule.timetable.endings import Ending
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.overrides import Timetable, timetable
from smartflow.services.schedule.timetable.parts import Part, part_of, part_of_steps
from smartflow.services.schedule.timetable.room import Room
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.tables import change_sets
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.services.schedule.timetable.undo import Undoing, refuse_all, undo
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ChangeId, EventId, TaskId, TermId


class WriteService(Room):
    """Changes blocks, and takes changes back."""

    async def change(self, call: Call, changes: ChangeSet, *, dry_run: bool = False) -> ChangeResult:
        """Apply changes, all or none; a dry run only judges them.

        Raises:
            TermNotFound: The owner has no such term.
            Stale: The base version is not the present one.
            Refusal: What the validator says.
        """
        if dry_run:
            return await self._desk.judge_only(call, changes)
        return await self._desk.write(call, lambda _: changes, Purpose(), part_of(changes))

    async def take_out(self, call: Call, event: EventId) -> ChangeResult:
        """Take a placement off; of a host only its guests.

        Raises:
            EventNotFound: The owner has no such block.
            NotPlaced: There is nothing to take out.
        """

        def decide(state: ScheduleState) -> ChangeSet:
            row = state.events.get(event)
            if row is None:
                raise EventNotFound
            if row.source.is_work:
                return ChangeSet((Remove(event),))
            guests = [each for each in state.guests(event) if state.events[each].stands]
            if not guests:
                raise NotPlaced
            return ChangeSet(tuple(Remove(guest) for guest in guests))

        return await self._desk.write(call, decide, Purpose(), Part(blocks=(event,)))

    async def delete_blocks(self, call: Call, deletions: Sequence[BlockDeletion]) -> ChangeResult:
        """Delete blocks or their guests, in one change set.

        Raises:
            EventNotFound: The owner has no such block.
            NoGuest: A block whose guest should go has none.
        """

        def decide(state: ScheduleState) -> ChangeSet:
            found: dict[EventId, Change] = {}
            for deletion in deletions:
                found |= {change.block: change for change in _deleted(state, deletion) if isinstance(change.block, int)}
            return ChangeSet(tuple(found.values()))

        return await self._desk.write(call, decide, Purpose(), Part(blocks=tuple(each.event for each in deletions)))

    async def release(self, call: Call, task_id: TaskId, version: int) -> ChangeResult:
        """Free the places of a task that was deleted at this version; done before, it says what that did."""
        async with self._desk.database.work(call) as unit:
            return unit.answer(await self.release_in(unit, call, task_id, version))

    async def release_in(self, unit: Unit, call: Call, task_id: TaskId, version: int) -> ChangeResult:
        """Free the places of a deleted task, in a unit that is open: its request and its event do so, and one is first."""
        source = Source.task(task_id)

        def decide(state: ScheduleState) -> ChangeSet:
            newer = any((state.events[event].source_version or 0) > version for event in state.of(source))
            return ChangeSet() if newer else ChangeSet((Hide(source),))

        return await self._once(unit, call, Ending(task_id, version), decide)

    async def finish_in(self, unit: Unit, call: Call, task_id: TaskId, version: int) -> ChangeResult:
        """Take off the blocks of a completed task that have not begun.

        Where there are none, nothing is written but the ending itself: a block that is on its way, upon facts that were asked
        before, is refused by it. An empty change set would do too, but raise the version with every completion.
        """
        source = Source.task(task_id)

        def decide(state: ScheduleState) -> ChangeSet:
            coming = [event for event in state.standing(source) if _begins_later(state, event, version)]
            return ChangeSet(tuple(Remove(event) for event in coming))

        return await self._once(unit, call, Ending(task_id, version), decide)

    async def undo(self, call: Call, change_id: ChangeId, *, dry_run: bool = False) -> ChangeResult:
        """Take a change set back, whole or not at all.

        Raises:
            ChangeNotFound: The owner's journal has no such change set.
            AlreadyUndone: It was undone before.
            CannotBeUndone: What it touched is not as it left it, or it is never undone.
        """
        async with self._desk.database.once(call):
            async with self._desk.database.read() as reader:
                _, steps = await self._done(reader, call, change_id)
            ending = None if dry_run else await self._settle_tasks(call, steps)
            known = await self._desk.known_tasks(call, part_of_steps(steps))
            if dry_run:
                async with self._desk.database.read() as reader:
                    undoing = await self._undoing(reader, call, change_id, known)
                    await self._refuse(reader, call, undoing, known)
                    seen = Seen(await journal.version_of(reader, call.owner), known, ranked(undoing.warnings))
                    return await self._desk.preview(reader, call.owner, undoing.outcome, seen)
            async with self._desk.database.work(call) as unit:
                return unit.answer(await self._undo_in(unit, call, change_id, ending, known))

    async def _undo_in(self, unit: Unit, call: Call, change_id: ChangeId, ending: Ending | None, known: Collection[Task]) -> ChangeResult:
        version = await journal.lock_version(unit, call.owner)
        undoing = await self._undoing(unit, call, change_id, known)
        written = None if ending is None else await self._caused(unit, call, ending, version)
        if written is not None and written.change_id is not None:
            # The event of a task's deletion came first: what it wrote is this undoing.
            await journal.become_undoing(unit, call, written.change_id, change_id)
            return written
        await self._refuse(unit, call, undoing, known)
        purpose = Purpose("undo", undo_of=change_id, cause=None if ending is None else ending.cause)
        return await self._desk.record(unit, call, undoing.outcome, purpose, Seen(version, known, ranked(undoing.warnings)))

    async def _done(self, reader: Read, call: Call, change_id: ChangeId) -> tuple[JournalEntry, tuple[Step, ...]]:
        found = await journal.found(reader, call.owner, change_id)
        if found is None:
            raise ChangeNotFound
        if found[0].undone_by is not None:
            raise AlreadyUndone
        return found

    async def _undoing(self, reader: Read, call: Call, change_id: ChangeId, known: Collection[Task]) -> Undoing:
        entry, steps = await self._done(reader, call, change_id)
        own = await terms.load(reader, call.owner, call.zone)
        state = await rows.load(reader, call.owner, own, map(task_facts, known), part_of_steps(steps))
        undoing = undo(state, steps, await self._days(reader, call, own, entry, steps))
        return undoing if entry.undoable else Undoing(undoing.outcome, refuse_all(steps))

    async def _days(self, reader: Read, call: Call, own: Terms, entry: JournalEntry, steps: Sequence[Step]) -> dict[TermId, Timetable]:
        """Load the day overrides of terms in which meetings come back, if any term was set since they went."""
        gone = [step.before for step in steps if step.op == "remove" and step.before is not None]
        away = sorted({row.term for row in gone if row.nominal is not None})
        if not away or not await journal.term_set_since(reader, call.owner, entry.version_after):
            return {}
        known = own.by_id()
        return {term: timetable(known[term], await terms.overrides(reader, call.owner, term)) for term in away}

    async def _refuse(self, reader: Read, call: Call, undoing: Undoing, known: Collection[Task]) -> None:
        if not undoing.obstacles and undoing.outcome.steps:
            return
        hindered = [each.step for each in undoing.obstacles]
        told = (*hindered, *undoing.outcome.steps)
        called = await names.load(reader, call.owner, {step.source for step in hindered}, known, told)
        met = await labels(reader, call.owner, (entry for each in undoing.obstacles for entry in each.clashes), known)
        conflicts = tuple(
            Conflict(diff_of([each.step], undoing.outcome, called)[0], each.cause, each.changed_by, met.entries(each.clashes))
            for each in undoing.obstacles
        )
        raise CannotBeUndone(Conflicts(conflicts or (Conflict(None, "not_undoable"),)))

    async def _settle_tasks(self, call: Call, steps: Sequence[Step]) -> Ending | None:
        """Bring hidden tasks back before their blocks come back, or hide again those that an undo had restored.

        Gives the deletion, whose event looks for what was written of it already.
        """
        ending = None
        for step in steps:
            if step.source.type != "task_pool":
                continue
            task_id = TaskId(step.source.id)
            part = call.part(f"task-{task_id}")
            if step.op == "hide":
                with contextlib.suppress(TaskNotFound):  # erased: the undoing says so by itself
                    await self._desk.tasks.restore(part, task_id)
            elif step.op == "restore":
                gone = await self._desk.tasks.delete(part, task_id)
                ending = ending if gone.already_gone else Ending(task_id, gone.version)
        return ending

    async def _once(self, unit: Unit, call: Call, ending: Ending, decide: Decide) -> ChangeResult:
        """Write the change set that a task's ending causes, unless it was written already."""
        version = await journal.lock_version(unit, call.owner)
        told = await self._caused(unit, call, ending, version)
        part = Part(sources=(Source.task(ending.task),))
        return told or await self._desk.write_in(unit, call, decide, Purpose("task", cause=ending.cause), part=part)

    async def _caused(self, unit: Unit, call: Call, ending: Ending, version: int) -> ChangeResult | None:
        """Remember a task's ending, and say what the change set did that it has caused already, if there is one."""
        await endings.remember(unit, call.owner, ending)
        mine = select(change_sets.c.id).where(change_sets.c.user_id == call.owner, change_sets.c.cause == ending.cause)
        before = await unit.value(mine)
        if before is None:
            return None
        found = await journal.found(unit, call.owner, ChangeId(before))
        steps = () if found is None else found[1]
        removed = tuple(step.event for step in steps if step.op == "remove" and step.event is not None)
        return ChangeResult(ChangeId(before), dry_run=False, base_version=version, schedule_version=version, removed=removed)


def _deleted(state: ScheduleState, deletion: BlockDeletion) -> Iterator[Remove]:
    if not deletion.block and not deletion.guest:
        return
    if deletion.event not in state.events:
        raise EventNotFound
    guests = [each for each in state.guests(deletion.event) if state.events[each].stands]
    if deletion.guest and not guests and not deletion.block:
        raise NoGuest
    if deletion.block:
        yield Remove(deletion.event, "remove" if deletion.guest else "keep")
    else:
        yield from (Remove(guest) for guest in guests)


def _begins_later(state: ScheduleState, event: EventId, version: int) -> bool:
    row = state.events[event]
    starts_at = to_instants(state.facts.terms[row.term].term, row.place.slot).start
    return (row.source_version or 0) <= version and starts_at > state.facts.now
