"""What the sentences of a plan have to name: courses by their meetings, items, tasks, and what bars a better place."""

from collections.abc import Collection, Mapping

from smartflow.client.schedule.place import WORDS, Source
from smartflow.client.schedule.violation import Entry
from smartflow.client.task import Task
from smartflow.services.schedule.plan.asked import part_of
from smartflow.services.schedule.plan.model import StoredPlan
from smartflow.services.schedule.plan.telling import Words, source_of
from smartflow.services.schedule.timetable import names, rows, terms
from smartflow.services.schedule.timetable.about import entry_of
from smartflow.services.schedule.timetable.clashes import labels
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.calendar.faults import CalendarFault
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import EventId


async def words_of(reader: Read, call: Call, plan: StoredPlan, tasks: Collection[Task]) -> Words:
    """Gather the names and entries that a plan refers to; the titles of tasks were asked before."""
    own = await terms.load(reader, call.owner, call.zone)
    state = await rows.load(reader, call.owner, own, part=part_of(plan))
    items = {Source.item(item) for item in state.facts.items}
    called = await names.load(reader, call.owner, items | {image.source for image in state.events.values()}, tasks)
    by_reference = {f"event:{event}": called.get(image.source, "") for event, image in state.events.items()}
    by_reference |= {source.ref: name for source, name in called.items()}
    met = _met(state, plan)
    named = (await labels(reader, call.owner, met.values(), tasks)).entries(met.values())
    classes = {item.id: item.class_id for item in state.facts.items.values()}
    return Words(call.language, by_reference, classes, dict(zip(met, named, strict=True)))


def _met(state: ScheduleState, plan: StoredPlan) -> Mapping[str, Entry]:
    """Find what bars better places, by reference, where it is now; what is gone is left out."""
    barred = [entry.explanation.binding for entry in plan.entries]
    references = dict.fromkeys(reference for each in barred if each is not None for reference in each.collides)
    found = {reference: _entry(state, plan, reference) for reference in references}
    return {reference: entry for reference, entry in found.items() if entry is not None}


def _entry(state: ScheduleState, plan: StoredPlan, reference: str) -> Entry | None:
    word, _, number = reference.partition(":")
    if word == "event":
        return _standing(state, EventId(int(number)))
    if word not in {WORDS["task_item"], WORDS["task_pool"]}:
        return None
    source = source_of(reference)
    planned = next((index for index, entry in enumerate(plan.entries) if entry.source == source), None)
    if planned is not None:
        return _planned(state, plan, planned)
    return next((_standing(state, event) for event in state.standing(source)), None)


def _standing(state: ScheduleState, event: EventId) -> Entry | None:
    return entry_of(state, event, state.events[event]) if event in state.events else None


def _planned(state: ScheduleState, plan: StoredPlan, index: int) -> Entry | None:
    """Show a block of the plan where that puts it; one that does not stand yet is no event."""
    planned = plan.entries[index]
    try:
        span = to_instants(state.facts.terms[plan.term].term, planned.place.slot)
    except CalendarFault:  # the term was changed since, and does not have that place any more
        return None
    if planned.event is None:
        return Entry("change", index, planned.place, span.start, span.end, planned.source)
    return Entry("event", planned.event, planned.place, span.start, span.end, planned.source)
