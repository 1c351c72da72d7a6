"""The use cases of study plans."""

from collections.abc import Sequence

from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Change, ChangeResult, ChangeSet, Hide, Move
from smartflow.client.schedule.classes import (
    ClassDraft,
    ClassNotAuto,
    ClassNotFound,
    ClassRules,
    ClassSaved,
    ClassSummary,
    ClassToPlanNotFound,
    ItemNamedTwice,
    ItemOfAnotherClass,
    ItemPlacement,
    SavedItem,
    TaskClass,
)
from smartflow.client.schedule.events import ClassChanged
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.violation import RulesBroken, Violations, shared_number
from smartflow.services.schedule.classes import model, repository
from smartflow.services.schedule.timetable import journal, rows, terms
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.changes import Desk, Purpose, Seen, task_facts
from smartflow.services.schedule.timetable.clashes import judged
from smartflow.services.schedule.timetable.parts import Part, part_of
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, ItemId, TermId


class ClassesService:
    """Study plans. Serves `client.schedule.classes.ClassesClient`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def add(self, call: Call, draft: ClassDraft) -> ClassSaved:
        """Make a class with its items.

        Raises:
            InvalidInput: It breaks rules; all of them are named.
        """
        model.check(draft)
        drafts = draft.items or ()
        async with self._desk.database.work(call) as unit:
            version = await journal.lock_version(unit, call.owner)
            class_id = await repository.add(unit, call.owner, draft.rules)
            ids = await repository.add_items(unit, call.owner, class_id, drafts)
            unit.publish(ClassChanged(call.owner, (class_id,), version))
            saved = (SavedItem(item_id, item.order) for item_id, item in zip(ids, drafts, strict=True))
            return unit.answer(ClassSaved(class_id, tuple(saved)))

    async def get(self, call: Call, class_id: ClassId) -> TaskClass:
        """Give a class with its items.

        Raises:
            ClassNotFound: The owner has no such class.
        """
        async with self._desk.database.read() as reader:
            rules = await _rules(reader, call, class_id)
            return TaskClass(class_id, rules, await repository.items_of(reader, call.owner, class_id))

    async def all(self, call: Call) -> tuple[ClassSummary, ...]:
        """List the classes, by id."""
        async with self._desk.database.read() as reader:
            return await repository.summaries(reader, call.owner)

    async def update(self, call: Call, class_id: ClassId, draft: ClassDraft) -> ClassSaved:
        """Change a class as a whole; items left out are hidden with their blocks.

        Raises:
            ClassNotFound: The owner has no such class.
            InvalidInput: It breaks rules; all of them are named.
            ItemOfAnotherClass: An item belongs to another class.
            RulesBroken: A placed item would break the new rules.
        """
        model.check(draft)
        part = Part(sources=(Source.task_class(class_id),))
        known = await self._desk.known_tasks(call, part)
        async with self._desk.database.work(call) as unit:
            version = await journal.lock_version(unit, call.owner)
            await _rules(unit, call, class_id)
            own = await terms.stored(unit, call.owner, call.zone)
            state = await rows.load(unit, call.owner, own, map(task_facts, known), part)
            model.check_items(class_id, draft, state.facts.items)
            seen = Seen(version, known)
            result = await self._rewrite(unit, call, state, (class_id, draft), seen)
            items = await repository.items_of(unit, call.owner, class_id)
            saved = tuple(SavedItem(item.id, item.order) for item in items)
            return unit.answer(ClassSaved(class_id, saved, result))

    async def delete(self, call: Call, class_id: ClassId) -> ChangeResult:
        """Hide a class with its items; their blocks leave.

        Raises:
            ClassNotFound: The owner has no such class.
        """
        changes = ChangeSet((Hide(Source.task_class(class_id)),))
        return await self._desk.write(call, lambda _: changes, Purpose("task_class"), part_of(changes))

    async def delete_item(self, call: Call, item_id: ItemId) -> ChangeResult:
        """Hide an item; its blocks leave.

        Raises:
            ItemNotFound: The owner has no such item.
        """
        changes = ChangeSet((Hide(Source.item(item_id)),))
        return await self._desk.write(call, lambda _: changes, Purpose("task_class"), part_of(changes))

    async def place(self, call: Call, item_id: ItemId, place: Place, *, term: TermId | None = None) -> ChangeResult:
        """Place one item.

        Raises:
            TermNotFound: The owner has no such term.
            ItemNotFound: The owner has no such item.
            Refusal: What the validator says.
        """
        changes = ChangeSet((Add(Source.item(item_id), place),), term)
        return await self._desk.write(call, lambda _: changes, Purpose(), part_of(changes))

    async def apply_batch(
        self,
        call: Call,
        class_id: ClassId,
        placements: Sequence[ItemPlacement],
        *,
        term: TermId | None = None,
        base_version: int | None = None,
    ) -> ChangeResult:
        """Place or move items of one class, all or none.

        Raises:
            ClassToPlanNotFound: The owner has no such class.
            ClassNotAuto: The class is not in auto mode.
            TermNotFound: The owner has no such term.
            ItemOfAnotherClass: An item belongs to another class.
            ItemNamedTwice: An item is named more than once.
            Stale: The base version is not the present one.
            Refusal: What the validator says.
        """
        if len({each.item for each in placements}) < len(placements):
            raise ItemNamedTwice

        def decide(state: ScheduleState) -> ChangeSet:
            return ChangeSet(tuple(_put(state, class_id, each) for each in placements), term, base_version)

        async with self._desk.database.once(call):
            async with self._desk.database.read() as reader:
                rules = await repository.rules_of(reader, call.owner, class_id)
            if rules is None:
                raise ClassToPlanNotFound
            if rules.mode != "auto":
                raise ClassNotAuto
            hosts = tuple(each.place.host for each in placements if each.place.host is not None)
            part = Part(term, hosts, tuple(Source.item(each.item) for each in placements))
            return await self._desk.write(call, decide, Purpose(), part)

    async def _rewrite(self, unit: Unit, call: Call, state: ScheduleState, edit: tuple[ClassId, ClassDraft], seen: Seen) -> ChangeResult:
        """Judge what stands under the new rules, then write rules, items and what leaves."""
        class_id, draft = edit
        given = draft.items or ()
        kept = {item.id for item in given}
        shown = [each for each in state.facts.items_of.get(class_id, ()) if not state.facts.items[each].hidden]
        left_out = [] if draft.items is None else [each for each in shown if each not in kept]
        facts = state.facts.with_class(model.facts_of(class_id, draft.rules), model.item_facts(class_id, given))
        hiding = ChangeSet(tuple(Hide(Source.item(each)) for each in left_out), edited=(class_id,))
        outcome = apply(state.with_facts(facts), hiding)
        found = await judged(unit, call.owner, outcome, seen.tasks)
        if shared_number(found) is not None:
            raise RulesBroken(Violations(found))
        await repository.save(unit, call.owner, class_id, draft.rules)
        # An edit of a class of which something stands is a change set even without entries: plans rest on the version.
        purpose = Purpose("task_class", edited=(Source.task_class(class_id),), rows_only=bool(state.placed(class_id)))
        result = await self._desk.record(unit, call, outcome, purpose, replace(seen, violations=found))
        await repository.save_items(unit, call.owner, [item for item in given if item.id is not None])
        await repository.add_items(unit, call.owner, class_id, [item for item in given if item.id is None])
        return result


def _put(state: ScheduleState, class_id: ClassId, placement: ItemPlacement) -> Change:
    item = state.facts.items.get(placement.item)
    if item is not None and item.class_id != class_id:
        raise ItemOfAnotherClass
    source = Source.item(placement.item)
    return Move(source, placement.place) if state.standing(source) else Add(source, placement.place)


async def _rules(reader: Read, call: Call, class_id: ClassId) -> ClassRules:
    rules = await repository.rules_of(reader, call.owner, class_id)
    if rules is None:
        raise ClassNotFound
    return rules
