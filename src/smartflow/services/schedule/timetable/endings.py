"""At which version a task was last completed or deleted, as far as the schedule has heard.

Facts about tasks are asked before a unit opens, so what is written may rest on a task that ended since. An event that comes
after the write finds the blocks and takes them off. One that came before it found none, and left its version here, under the
lock that the write takes too: facts that are older are none any more. A change set could say the same of a deletion, but of a
completion that found no block it would raise the version for nothing and make every open plan stale.
"""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import and_, select, update

from smartflow.services.schedule.timetable.facts import TaskFacts
from smartflow.services.schedule.timetable.tables import task_endings
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import OwnerId, TaskId


class Ending(Struct, frozen=True):
    """A task that was completed or deleted, and the version that this made of it."""

    task: TaskId
    version: int

    @property
    def cause(self) -> str:
        """What the change set that follows from it is found by."""
        return f"task:{self.task}:{self.version}"


async def remember(unit: Unit, owner: OwnerId, ending: Ending) -> None:
    """Note the latest ending of a task; the owner's version is locked."""
    mine = and_(task_endings.c.user_id == owner, task_endings.c.task_id == ending.task)
    known = await unit.value(select(task_endings.c.version).where(mine))
    if known is None:
        await unit.run(task_endings.insert(), {"user_id": owner, "task_id": ending.task, "version": ending.version})
    elif known < ending.version:
        await unit.run(update(task_endings).where(mine).values(version=ending.version))


async def still(reader: Read, owner: OwnerId, tasks: Iterable[TaskFacts]) -> list[TaskFacts]:
    """Leave out the tasks that have ended since these facts were asked."""
    known = list(tasks)
    if not known:
        return []
    named = task_endings.c.task_id.in_([task.id for task in known])
    rows = await reader.all(select(task_endings.c.task_id, task_endings.c.version).where(task_endings.c.user_id == owner, named))
    ended = {row.task_id: row.version for row in rows}
    return [task for task in known if task.version >= ended.get(task.id, 0)]
