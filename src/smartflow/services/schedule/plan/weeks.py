"""The weeks as they would look with a plan."""

from collections.abc import Mapping

from msgspec.structs import replace

from smartflow.client.schedule.block import Block, Placed, Week
from smartflow.client.schedule.place import Source
from smartflow.services.schedule.plan.model import Entry, StoredPlan
from smartflow.services.schedule.timetable import names, repository
from smartflow.services.schedule.timetable.seen import Seen, titled
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.services.schedule.timetable.views import show_week
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.calendar.term import Term
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.ids import EventId, OwnerId, TaskId


async def around(reader: Read, owner: OwnerId, own: Terms, plan: StoredPlan, titles: Mapping[TaskId, str]) -> tuple[Week, ...]:
    """Show every week in which a plan places something, what stands there included."""
    view = own.current if own.current.id in {None, plan.term} else own.chosen(plan.term)
    called = await names.load(reader, owner, {entry.source for entry in plan.entries})
    called |= {Source.task(task_id): title for task_id, title in titles.items()}
    found = []
    for week in sorted({entry.place.week for entry in plan.entries}):
        planned = [entry for entry in plan.entries if entry.place.week == week]
        moved = {entry.event for entry in plan.entries if entry.event is not None}
        standing = [seen for seen in await repository.in_week(reader, owner, plan.term, week) if seen.placed.event not in moved]
        suggested = [_seen(view.term, plan, entry, called.get(entry.source, "")) for entry in planned]
        shown = show_week(view, week, [*titled(standing, called), *suggested], empty=False)
        found.append(replace(shown, blocks=tuple(_marked(block) for block in shown.blocks)))
    return tuple(found)


def _seen(term: Term, plan: StoredPlan, entry: Entry, name: str) -> Seen:
    """A block that does not stand yet: its event is minus its source, until it is shown."""
    span = to_instants(term, entry.place.slot)
    event = EventId(-entry.source.id)
    placed = Placed(event, entry.source, plan.term, entry.place, span.start, span.end, "live", 0, entry.pinned)
    return Seen(placed, name, task_class=entry.task_class)


def _marked(block: Block) -> Block:
    """Say of a suggested block that it is one, by the id of its source."""
    if block.event < 0:
        return replace(block, event=EventId(-block.event), status="suggested")
    if block.guest is not None and block.guest.event < 0:
        return replace(block, status="suggested", guest=replace(block.guest, event=EventId(0)))
    return block
