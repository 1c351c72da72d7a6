"""What time does to tasks, across owners: they turn urgent, and hidden ones are erased after 30 days."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import and_, delete, select, update

from smartflow.client.task import Quadrant, TaskUrgencyPromoted
from smartflow.services.task.tables import tasks
from smartflow.shared.database.database import Database
from smartflow.shared.kernel.ids import OwnerId, TaskId

HIDDEN_KEPT = timedelta(days=30)
_PORTION = 500


async def promote(database: Database) -> None:
    """Let rows follow the urgency that readers see already, and tell it once."""
    while await _promote_some(database) == _PORTION:
        pass


async def _promote_some(database: Database) -> int:
    due = and_(tasks.c.completed_at.is_(None), tasks.c.hidden_at.is_(None), tasks.c.quadrant.in_((2, 4)))
    async with database.read() as reader:
        # Looking first costs no commit: most seconds have nothing to promote.
        if await reader.first(select(tasks.c.id).where(due, tasks.c.urgent_from <= reader.now).limit(1)) is None:
            return 0
    async with database.work() as unit:
        wanted = select(tasks.c.id, tasks.c.user_id, tasks.c.quadrant).where(due, tasks.c.urgent_from <= unit.now)
        rows = await unit.all(wanted.order_by(tasks.c.user_id, tasks.c.id).limit(_PORTION).with_for_update(skip_locked=True))
        ids = [row.id for row in rows]
        follow = update(tasks).where(tasks.c.id.in_(ids))
        await unit.run(follow.values(quadrant=tasks.c.quadrant - 1, version=tasks.c.version + 1, updated_at=unit.now))
        groups: dict[tuple[OwnerId, Quadrant], list[TaskId]] = defaultdict(list)
        for row in rows:
            groups[OwnerId(row.user_id), Quadrant(row.quadrant)].append(TaskId(row.id))
        for (owner, was), promoted in groups.items():
            unit.publish(TaskUrgencyPromoted(owner, tuple(promoted), was, was.urgent(), unit.now))
        return len(rows)


async def erase_hidden(database: Database) -> None:
    """Erase what was hidden 30 days ago."""
    async with database.work() as unit:
        await unit.run(delete(tasks).where(tasks.c.hidden_at < unit.now - HIDDEN_KEPT))
