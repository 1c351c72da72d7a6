"""What things are called: the names of courses, items and classes, and those of tasks, which another service knows."""

from collections.abc import Collection, Mapping

from sqlalchemy import Column, select

from smartflow.client.schedule.place import Source, SourceType
from smartflow.client.task import Task
from smartflow.services.schedule.timetable.tables import classes, courses, items
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.ids import OwnerId

Names = Mapping[Source, str]
_COLUMNS: Mapping[SourceType, Column[str]] = {"course": courses.c.name, "task_item": items.c.content, "task_class": classes.c.name}


async def load(reader: Read, owner: OwnerId, sources: Collection[Source], tasks: Collection[Task] = ()) -> dict[Source, str]:
    """Load the names of some sources, hidden ones too; at most one statement for each kind."""
    found = {Source.task(task.id): task.title for task in tasks}
    for kind, column in _COLUMNS.items():
        wanted = {source.id for source in sources if source.type == kind}
        if wanted:
            table = column.table
            query = select(table.c.id, column.label("name")).where(table.c.user_id == owner, table.c.id.in_(wanted))
            found |= {Source(kind, row.id): row.name for row in await reader.all(query)}
    return found
