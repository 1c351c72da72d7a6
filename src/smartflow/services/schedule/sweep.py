"""What time does to the schedule, across owners: what was hidden, or planned and over, 30 days ago is erased."""

from datetime import timedelta

from sqlalchemy import delete, select

from smartflow.services.schedule.plan.tables import plans
from smartflow.services.schedule.timetable.tables import classes, courses, items
from smartflow.shared.database.database import Database

HIDDEN_KEPT = timedelta(days=30)
PLANS_KEPT = timedelta(days=30)
_PORTION = 200


async def erase_old(database: Database) -> None:
    """Erase what nobody comes back to."""
    await erase_hidden(database)
    await erase_plans(database)


async def erase_hidden(database: Database) -> None:
    """Erase courses, classes and items that nobody brought back."""
    async with database.work() as unit:
        for table in (items, classes, courses):
            await unit.run(delete(table).where(table.c.hidden_at < unit.now - HIDDEN_KEPT))


async def erase_plans(database: Database) -> None:
    """Erase plans that are over, a portion in each unit; an applied or discarded one was closed before it would have expired."""
    more = True
    while more:
        async with database.work() as unit:
            over = select(plans.c.id).where(plans.c.expires_at < unit.now - PLANS_KEPT).limit(_PORTION)
            found = [row.id for row in await unit.all(over)]
            await unit.run(delete(plans).where(plans.c.id.in_(found)))
            more = len(found) == _PORTION
