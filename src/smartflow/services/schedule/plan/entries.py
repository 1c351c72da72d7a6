"""From a planning answer to the entries of a plan."""

from smartflow.client.schedule.plan import PlanRequest
from smartflow.services.schedule.plan.instance import Known, to_place, wanted
from smartflow.services.schedule.plan.model import Entry
from smartflow.services.schedule.plan.telling import source_of
from smartflow.services.schedule.planner.answer import Answer, Placement
from smartflow.shared.kernel.ids import ItemId


def entries_of(known: Known, request: PlanRequest, answer: Answer) -> tuple[Entry, ...]:
    """Keep the placements that a request is about."""
    asked = {source.ref for source in (*wanted(known, request), *request.replan)}
    return tuple(_entry(known, each) for each in answer.placements if each.source in asked)


def _entry(known: Known, placement: Placement) -> Entry:
    source = source_of(placement.source)
    item = known.state.facts.items.get(ItemId(source.id)) if source.type == "task_item" else None
    event = next(iter(known.state.standing(source)), None)
    return Entry(
        source,
        to_place(placement.place),
        "kept" if placement.came_from == placement.place else "solver",
        placement.explanation,
        task_class=None if item is None else item.class_id,
        order=None if item is None else item.order,
        event=event,
        pinned=event is not None and known.state.events[event].pinned,
    )
