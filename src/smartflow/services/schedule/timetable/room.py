"""What all use cases of the timetable stand on."""

from collections.abc import Iterable

from smartflow.client.schedule.place import Source
from smartflow.services.schedule.timetable.changes import Desk
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TaskId


class Room:
    """The desk, the database, and who knows what tasks are called; every group of use cases extends it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._database = desk.database
        self._tasks = desk.tasks

    async def _titles(self, call: Call, sources: Iterable[Source]) -> dict[Source, str]:
        """Ask what tasks are called, while nothing is open; those that are gone are left out."""
        wanted = sorted({TaskId(source.id) for source in sources if source.type == "task_pool"})
        if not wanted:
            return {}
        return {Source.task(task.id): task.title for task in await self._tasks.known(call, wanted)}
