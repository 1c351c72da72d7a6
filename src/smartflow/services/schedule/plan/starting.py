"""Where a block of a plan could go, forbidden places too."""

from collections.abc import Sequence

from msgspec.structs import replace

from smartflow.client.schedule.block import Start
from smartflow.client.schedule.change import ChangeSet, added_by
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.term import TermView, WeekOutsideTerm
from smartflow.client.schedule.violation import Entry, EventNotFound, Violation, ranked
from smartflow.services.schedule.plan.instance import Known, from_place, instance_of, to_place
from smartflow.services.schedule.plan.model import StoredPlan, change_set, placing
from smartflow.services.schedule.planner.appraise import offers
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.validate import validate
from smartflow.shared.kernel.ids import EventId


def starts_in_plan(known: Known, view: TermView, plan: StoredPlan, block: EventId | Source, weeks: Sequence[int]) -> tuple[Start, ...]:
    """Judge every aligned place of these weeks, the plan's other blocks standing where it puts them.

    Raises:
        WeekOutsideTerm: The term has no such week.
        EventNotFound: Planning decides no such block.
    """
    if any(not 1 <= week <= view.term.weeks for week in weeks):
        raise WeekOutsideTerm
    source = block if isinstance(block, Source) else next((e.source for e in plan.entries if e.event == block), None)
    if source is None:
        raise EventNotFound
    places = {entry.source.ref: from_place(entry.place) for entry in plan.entries}
    try:
        found = offers(instance_of(known, plan.request), source.ref, places)
    except LookupError:
        raise EventNotFound from None
    others = _without(known.state, plan, source)
    offered = ((offer, to_place(offer.place)) for offer in found)
    return tuple(Start(place, offer.change, _violations(others, plan, source, place)) for offer, place in offered if place.week in weeks)


def _without(state: ScheduleState, plan: StoredPlan, source: Source) -> ScheduleState:
    """Give the schedule with all of a plan but one source, which is left where it stands; change 0 is kept for it."""
    request = replace(plan.request, replan=tuple(each for each in plan.request.replan if each != source))
    others = replace(plan, request=request, entries=tuple(entry for entry in plan.entries if entry.source != source))
    return apply(state, change_set(others, state, base_version=None), lambda index: added_by(index + 1)).after


def _violations(others: ScheduleState, plan: StoredPlan, source: Source, place: Place) -> tuple[Violation, ...]:
    found = validate(others, ChangeSet(tuple(placing(others, source, place)), plan.term))
    return ranked(replace(each, collides_with=tuple(map(_told, each.collides_with))) for each in found)


def _told(entry: Entry) -> Entry:
    """Tell of a block that stands in the plan alone what it is: no event yet."""
    return replace(entry, kind="change", id=-entry.id - 1) if entry.kind == "event" and entry.id < 0 else entry
