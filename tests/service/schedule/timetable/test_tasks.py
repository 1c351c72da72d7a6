"""Blocks of tasks, where what happens to a task and what is written about it cross."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import pytest

from smartflow.client.schedule.change import Add, ChangeResult, ChangeSet
from smartflow.client.schedule.place import Place, Source
from smartflow.client.task import Deleted, Task, TaskCompleted, TaskDeleted, TaskNotFound, TaskPatch
from smartflow.services.schedule.handlers import free_coming_places, free_places
from smartflow.services.schedule.timetable.changes import Desk
from smartflow.services.schedule.timetable.service import TimetableService
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ChangeId, TaskId
from tests.kit.timetable import Owner

WEDNESDAY = Place(3, 3, 1, 2)


class Overtaken:
    """The task service, of whose endings the schedule hears before its own method has come to its end."""

    def __init__(self, ming: Owner, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._tasks = ming.room.tasks
        self._meanwhile = meanwhile

    async def known(self, call: Call, task_ids: Sequence[TaskId]) -> tuple[Task, ...]:
        found = await self._tasks.known(call, task_ids)
        await self._meanwhile()
        return found


class Hasty:
    """The task service, whose deletions the schedule hears of before it has written what they were made for."""

    def __init__(self, ming: Owner) -> None:
        self._room = ming.room

    async def delete(self, call: Call, task_id: TaskId) -> Deleted:
        gone = await self._room.tasks.delete(call, task_id)
        await self._room.timetable.release(call, task_id, gone.version)
        return gone

    def __getattr__(self, name: str) -> object:
        return getattr(self._room.tasks, name)


@pytest.mark.parametrize("ending", ["deleted", "completed"])
async def test_a_task_that_ends_while_it_is_placed_gets_no_block(ming: Owner, ending: str) -> None:
    task = await ming.task()

    with pytest.raises(TaskNotFound):
        await places(ming, task, meanwhile=partial(ends, ming, TaskId(task.id), ending))

    assert await ming.room.timetable.placed(ming.call, [task]) == ()


async def test_a_task_that_changes_while_it_is_placed_is_placed(ming: Owner) -> None:
    task = await ming.task()

    await places(ming, task, meanwhile=partial(ming.room.tasks.update, ming.call, TaskId(task.id), TaskPatch(title="Essay")))

    assert len(await ming.room.timetable.placed(ming.call, [task])) == 1


@pytest.mark.parametrize("reopened", [True, False])
async def test_a_task_that_was_completed_before_can_be_placed_by_who_knows_it(ming: Owner, *, reopened: bool) -> None:
    task = await ming.task()
    await ends(ming, TaskId(task.id), "completed")
    if reopened:
        await ming.room.tasks.reopen(ming.call, TaskId(task.id))

    await places(ming, task)

    assert len(await ming.room.timetable.placed(ming.call, [task])) == 1


async def test_completing_what_has_no_block_leaves_the_version_alone(ming: Owner) -> None:
    task = await ming.task()

    await ends(ming, TaskId(task.id), "completed")

    assert await ming.room.timetable.version(ming.call) == 0
    assert await ming.told() == []


async def test_a_deletion_that_is_heard_before_it_is_written_counts_as_the_undoing(ming: Owner) -> None:
    task = await ming.task()
    placed = await places(ming, task)
    gone = await ming.room.tasks.delete(ming.call, TaskId(task.id))
    released = await ming.room.timetable.release(ming.call, TaskId(task.id), gone.version)
    restored = await ming.room.timetable.undo(ming.call, made(released))
    hasty = TimetableService(Desk(ming.room.ground.database, Hasty(ming)))  # type: ignore[arg-type]

    again = await hasty.undo(ming.call, made(restored))

    assert again.removed == placed.created
    entries = (await ming.room.timetable.changes(ming.call)).entries
    assert [(each.id, each.kind, each.undo_of) for each in entries[:2]] == [
        (again.change_id, "undo", restored.change_id),
        (restored.change_id, "undo", released.change_id),
    ]
    assert len(entries) == 4


async def places(ming: Owner, task: Source, meanwhile: Callable[[], Awaitable[object]] | None = None) -> ChangeResult:
    changes = ChangeSet((Add(task, WEDNESDAY),))
    if meanwhile is None:
        return await ming.room.timetable.change(ming.call, changes)
    overtaken = TimetableService(Desk(ming.room.ground.database, Overtaken(ming, meanwhile)))  # type: ignore[arg-type]
    return await overtaken.change(ming.call, changes)


async def ends(ming: Owner, task_id: TaskId, ending: str) -> None:
    """Let a task end, and the schedule hear of it."""
    if ending == "deleted":
        gone = await ming.room.tasks.delete(ming.call, task_id)
        await ming.room.timetable.release(ming.call, task_id, gone.version)
    else:
        await ming.room.tasks.complete(ming.call, task_id)
    async with ming.room.ground.database.work() as unit:
        heard = {"deleted": (free_places, TaskDeleted), "completed": (free_coming_places, TaskCompleted)}
        react, event = heard[ending]
        await react(ming.room.timetable, unit, event(ming.id, task_id, 2))


def made(result: ChangeResult) -> ChangeId:
    assert result.change_id is not None
    return result.change_id
