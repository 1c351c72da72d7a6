"""Where a block of a plan could go, forbidden places too."""

from collections.abc import Sequence

from msgspec.structs import replace

from smartflow.client.schedule.block import Start
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.term import TermView, WeekOutsideTerm
from smartflow.client.schedule.violation import EventNotFound, Violation, ranked
from smartflow.services.schedule.plan.instance import Known, from_place, instance_of, to_place
from smartflow.services.schedule.plan.model import StoredPlan, change_set
from smartflow.services.schedule.planner.appraise import offers
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
    return tuple(
        Start(to_place(offer.place), offer.change, _violations(known, plan, source, to_place(offer.place)))
        for offer in found
        if to_place(offer.place).week in weeks
    )


def _violations(known: Known, plan: StoredPlan, source: Source, place: Place) -> tuple[Violation, ...]:
    entries = tuple(replace(entry, place=place) if entry.source == source else entry for entry in plan.entries)
    found = validate(known.state, change_set(replace(plan, entries=entries), known.state, base_version=None))
    return ranked(each for each in found if each.subject == source)
