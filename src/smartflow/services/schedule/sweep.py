"""What time does to the schedule, across owners: what was hidden 30 days ago is erased."""

from datetime import timedelta

from sqlalchemy import delete

from smartflow.services.schedule.timetable.tables import classes, courses, items
from smartflow.shared.database.database import Database

HIDDEN_KEPT = timedelta(days=30)


async def erase_hidden(database: Database) -> None:
    """Erase courses, classes and items that nobody brought back."""
    async with database.work() as unit:
        for table in (items, classes, courses):
            await unit.run(delete(table).where(table.c.hidden_at < unit.now - HIDDEN_KEPT))
