"""What other services' facts mean for the schedule."""

from functools import partial

from sqlalchemy import delete

from smartflow.client.task import TaskCompleted, TaskDeleted
from smartflow.client.userauth import UserDeleted
from smartflow.services.schedule.plan.tables import plans
from smartflow.services.schedule.timetable import tables
from smartflow.services.schedule.timetable.write_service import WriteService
from smartflow.shared.database import erased
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.trace import current_request


def subscribe(writes: WriteService, subscriptions: Subscriptions) -> None:
    """Name the facts."""
    subscriptions.on(TaskDeleted, partial(free_places, writes))
    subscriptions.on(TaskCompleted, partial(free_coming_places, writes))
    subscriptions.on(UserDeleted, erase)


async def free_places(writes: WriteService, unit: Unit, event: TaskDeleted) -> None:
    """A deleted task keeps no place, not even one it was given while it was being deleted."""
    if not await erased.among(unit, [event.owner]):
        await writes.release_in(unit, _call(event.owner), event.task_id, event.version)


async def free_coming_places(writes: WriteService, unit: Unit, event: TaskCompleted) -> None:
    """A completed task needs no block that has not begun."""
    if not await erased.among(unit, [event.owner]):
        await writes.finish_in(unit, _call(event.owner), event.task_id, event.version)


async def erase(unit: Unit, event: UserDeleted) -> None:
    """A deleted person leaves nothing in the schedule."""
    for table in (plans, *reversed(tables.metadata.sorted_tables)):
        await unit.run(delete(table).where(table.c.user_id == event.owner))


def _call(owner: OwnerId) -> Call:
    return Call(owner=owner, request_id=current_request() or "event", actor=Actor.SYSTEM)
