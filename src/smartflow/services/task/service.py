"""The use cases of the task pool."""

from collections.abc import Sequence

from smartflow.client.task import (
    Capture,
    Completed,
    Deleted,
    Reopened,
    Task,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskDraft,
    TaskFilter,
    TaskNotCompleted,
    TaskNotFound,
    TaskPage,
    TaskPatch,
    TaskReopened,
    TaskUpdated,
)
from smartflow.services.task import model, repository
from smartflow.services.task.capture import capture
from smartflow.shared.calendar.term import Term
from smartflow.shared.database.database import Database
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TaskId


class TaskService:
    """The four quadrants. Serves `client.task.TaskClient`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, call: Call, draft: TaskDraft) -> Task:
        """Make a task.

        Raises:
            InvalidInput: The urgency instant lies after the deadline.
        """
        async with self._database.work(call) as unit:
            task = await repository.add(unit, call.owner, model.create(call.owner, draft, unit.now))
            unit.publish(TaskCreated(call.owner, task.id, task.version))
            return unit.answer(model.as_of(task, unit.now))

    async def parse(self, call: Call, text: str, term: Term | None = None) -> Capture:
        """Read a sentence as a task; nothing is made.

        Raises:
            InvalidInput: It names a time that cannot be.
        """
        async with self._database.read() as reader:
            return capture(call, text, reader.now, term)

    async def update(self, call: Call, task_id: TaskId, patch: TaskPatch) -> Task:
        """Change a task.

        Raises:
            TaskNotFound: The owner has no such task.
            InvalidInput: The urgency instant would lie after the deadline.
        """
        async with self._database.work(call) as unit:
            task = await _shown(unit, call, task_id)
            changed = model.update(task, patch, unit.now)
            if changed != task:
                await repository.save(unit, call.owner, changed)
                unit.publish(TaskUpdated(call.owner, task_id, changed.version, model.changed_fields(task, changed)))
            return unit.answer(model.as_of(changed, unit.now))

    async def complete(self, call: Call, task_id: TaskId) -> Completed:
        """Mark a task as done; one that is done already stays as it is and says so.

        Raises:
            TaskNotFound: The owner has no such task.
        """
        async with self._database.work(call) as unit:
            task = await _shown(unit, call, task_id)
            done = model.complete(task, unit.now)
            if done != task:
                await repository.save(unit, call.owner, done)
                unit.publish(TaskCompleted(call.owner, task_id, done.version))
            return unit.answer(Completed(task_id, already_completed=done == task))

    async def reopen(self, call: Call, task_id: TaskId) -> Reopened:
        """Take a task's completion back.

        Raises:
            TaskNotFound: The owner has no such task.
            TaskNotCompleted: It is open.
        """
        async with self._database.work(call) as unit:
            task = await _shown(unit, call, task_id)
            if not task.is_completed:
                raise TaskNotCompleted
            reopened = model.reopen(task, unit.now)
            await repository.save(unit, call.owner, reopened)
            unit.publish(TaskReopened(call.owner, task_id, reopened.version))
            return unit.answer(Reopened(task_id))

    async def delete(self, call: Call, task_id: TaskId) -> Deleted:
        """Hide a task, for 30 days restorable; one that is gone already is no refusal."""
        async with self._database.work(call) as unit:
            task = await repository.take(unit, call.owner, task_id)
            if task is None or task.hidden_at is not None:
                return unit.answer(Deleted(task_id, already_gone=True))
            hidden = model.hide(task, unit.now)
            await repository.save(unit, call.owner, hidden)
            unit.publish(TaskDeleted(call.owner, task_id, hidden.version))
            return unit.answer(Deleted(task_id, hidden.version, title=task.title))

    async def restore(self, call: Call, task_id: TaskId) -> Task:
        """Bring a hidden task back under its id; one that is shown stays as it is.

        Raises:
            TaskNotFound: The owner has no such task, hidden or not.
        """
        async with self._database.work(call) as unit:
            task = await repository.take(unit, call.owner, task_id)
            if task is None:
                raise TaskNotFound
            restored = model.restore(task, unit.now)
            if restored != task:
                await repository.save(unit, call.owner, restored)
                unit.publish(TaskUpdated(call.owner, task_id, restored.version, ("hidden",)))
            return unit.answer(model.as_of(restored, unit.now))

    async def find(self, call: Call, wanted: TaskFilter) -> TaskPage:
        """Find tasks, by id."""
        async with self._database.read() as reader:
            found = await repository.find(reader, call.owner, wanted)
            total = len(found) if wanted.limit is None else await repository.count(reader, call.owner, wanted)
            return TaskPage(tuple(model.as_of(task, reader.now) for task in found), total)

    async def known(self, call: Call, task_ids: Sequence[TaskId]) -> tuple[Task, ...]:
        """Give those of these tasks that the owner has and that are not hidden, by id."""
        async with self._database.read() as reader:
            found = await repository.known(reader, call.owner, task_ids)
            return tuple(model.as_of(task, reader.now) for task in found)


async def _shown(unit: Unit, call: Call, task_id: TaskId) -> Task:
    task = await repository.take(unit, call.owner, task_id)
    if task is None or task.hidden_at is not None:
        raise TaskNotFound
    return task
