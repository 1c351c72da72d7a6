"""`/api/v1/task`."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from smartflow.client.schedule.change import ChangeResult
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import (
    Completed,
    Deleted,
    Quadrant,
    Reopened,
    Task,
    TaskClient,
    TaskDraft,
    TaskFilter,
    TaskNotCompleted,
    TaskNotFound,
    TaskPatch,
)
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Id, NothingToUpdate, PageNumber, PageSize, Time, local, local_or_none, paging, wall
from smartflow.gateway.route import KEYED, LOOSE, READ, WRITE, Table, delete, get, post, put, table
from smartflow.gateway.routes.task_capture import CaptureForm, Sentence
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TaskId
from smartflow.shared.kernel.text import Text

Title = Annotated[str, Meta(min_length=1, max_length=255, examples=["Lab report"])]
Group = Annotated[int, Meta(ge=1, le=4, examples=[2], extra_json_schema={"x-code": "40018"})]
Sections = Annotated[int, Meta(ge=0, le=4, description="0 counts as absent.")]
GONE = "10003"
_GONE = Text(zh="任务早已删除。", en="The task was gone already.")
MOST_IDS = 100


class TaskForm(Struct, frozen=True):
    """A task as it is shown."""

    id: int
    user_id: int
    title: str
    priority_group: int
    estimated_sections: int
    status: Literal["incomplete", "completed"]
    is_completed: bool
    deadline: str
    deadline_at: datetime | None
    urgency_threshold_at: datetime | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None

    @classmethod
    def of(cls, task: Task, call: Call) -> "TaskForm":
        """Show a task in the call's zone."""
        return cls(
            id=task.id,
            user_id=task.owner,
            title=task.title,
            priority_group=int(task.quadrant),
            estimated_sections=task.sections,
            status="completed" if task.is_completed else "incomplete",
            is_completed=task.is_completed,
            deadline=wall(task.deadline_at, call.zone),
            deadline_at=local_or_none(task.deadline_at, call.zone),
            urgency_threshold_at=local_or_none(task.urgent_from, call.zone),
            created_at=local(task.created_at, call.zone),
            updated_at=local(task.updated_at, call.zone),
            completed_at=local_or_none(task.completed_at, call.zone),
        )


class NewTask(Struct, frozen=True):
    """A task to be made."""

    title: Title
    priority_group: Group
    estimated_sections: Sections = 1
    deadline_at: Time | None = None
    urgency_threshold_at: Time | UnsetType | None = UNSET

    def draft(self) -> TaskDraft:
        """Say it in the words of the service."""
        quadrant, sections = Quadrant(self.priority_group), self.estimated_sections or 1
        return TaskDraft(self.title, quadrant, sections, self.deadline_at, self.urgency_threshold_at)


class ChangedTask(Struct, frozen=True):
    """What changes of a task."""

    task_id: Id
    title: Title | UnsetType = UNSET
    priority_group: Group | UnsetType = UNSET
    estimated_sections: Sections | UnsetType = UNSET
    deadline_at: Time | UnsetType | None = UNSET
    urgency_threshold_at: Time | UnsetType | None = UNSET

    def patch(self) -> TaskPatch:
        """Say it in the words of the service.

        Raises:
            NothingToUpdate: Nothing changes.
        """
        group = self.priority_group
        quadrant = group if isinstance(group, UnsetType) else Quadrant(group)
        sections = self.estimated_sections or UNSET
        patch = TaskPatch(self.title, quadrant, sections, self.deadline_at, self.urgency_threshold_at)
        if patch == TaskPatch():
            raise NothingToUpdate
        return patch


class TaskRef(Struct, frozen=True):
    """Which task."""

    task_id: Id


class TaskQuery(Struct, frozen=True):
    """Which tasks; without `page` all of them."""

    quadrant: Group | None = None
    keyword: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    completed: bool | None = None
    deadline_after: Time | None = None
    deadline_before: Time | None = None
    page: PageNumber | None = None
    page_size: PageSize = 20

    def filter(self) -> TaskFilter:
        """Say it in the words of the service."""
        quadrant = None if self.quadrant is None else Quadrant(self.quadrant)
        limit = None if self.page is None else self.page_size
        offset = ((self.page or 1) - 1) * self.page_size
        return TaskFilter(quadrant, self.keyword, self.completed, self.deadline_after, self.deadline_before, offset, limit)


class TaskIds(Struct, frozen=True):
    """Some tasks; the first 100 distinct positive ids count."""

    ids: list[int]

    def wanted(self) -> list[TaskId]:
        """Give the ids that count."""
        positive = dict.fromkeys(TaskId(each) for each in self.ids if 0 < each < 1 << 63)
        return list(positive)[:MOST_IDS]


class CompletedForm(Struct, frozen=True):
    """A task is done."""

    task_id: int
    already_completed: bool
    is_completed: bool = True
    status: Literal["completed"] = "completed"

    @classmethod
    def of(cls, completed: Completed) -> "CompletedForm":
        """Show what completing did."""
        return cls(completed.task_id, completed.already_completed)


class ReopenedForm(Struct, frozen=True):
    """A task is open again."""

    task_id: int
    is_completed: bool = False
    status: Literal["uncompleted"] = "uncompleted"

    @classmethod
    def of(cls, reopened: Reopened) -> "ReopenedForm":
        """Show what reopening did."""
        return cls(reopened.task_id)


class StateForm(Struct, frozen=True):
    """Whether a task is done."""

    id: int
    is_completed: bool


class StatesForm(Struct, frozen=True):
    """The states of those tasks that are there."""

    items: list[StateForm]


class GoneForm(Struct, frozen=True):
    """A task is deleted, and its blocks with it."""

    task_id: int
    removed_event_ids: list[int]
    change_id: int | None
    schedule_version: int

    @classmethod
    def of(cls, gone: Deleted, freed: ChangeResult) -> "GoneForm":
        """Show what deleting did."""
        return cls(gone.task_id, list(freed.removed), freed.change_id, freed.schedule_version)


class TaskRoutes:
    """`/api/v1/task`."""

    def __init__(self, tasks: TaskClient, timetable: TimetableClient) -> None:
        self._tasks = tasks
        self._timetable = timetable

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        return table(
            "task",
            "/task",
            [
                post("/create", self.create, WRITE | KEYED),
                post("/parse", self.parse, WRITE),
                put("/update", self.update, WRITE | KEYED, refuses=(TaskNotFound, NothingToUpdate)),
                put("/complete", self.complete, WRITE | KEYED, refuses=(TaskNotFound,)),
                put("/undo-complete", self.reopen, WRITE | KEYED, refuses=(TaskNotFound, TaskNotCompleted)),
                delete("/delete", self.delete, WRITE | KEYED | LOOSE),
                get("/get", self.find, READ),
                post("/batch-status", self.states, READ),
            ],
        )

    async def create(self, call: Call, data: NewTask) -> Ok[TaskForm]:
        """Make a task."""
        return Ok(TaskForm.of(await self._tasks.create(call, data.draft()), call))

    async def parse(self, call: Call, data: Sentence) -> Ok[CaptureForm]:
        """Read a sentence as a task, dry."""
        term = (await self._timetable.term(call)).term
        return Ok(CaptureForm.of(await self._tasks.parse(call, data.text, term), call))

    async def update(self, call: Call, data: ChangedTask) -> Ok[TaskForm]:
        """Change a task."""
        return Ok(TaskForm.of(await self._tasks.update(call, TaskId(data.task_id), data.patch()), call))

    async def complete(self, call: Call, data: TaskRef) -> Ok[CompletedForm]:
        """Mark a task as done."""
        return Ok(CompletedForm.of(await self._tasks.complete(call, TaskId(data.task_id))))

    async def reopen(self, call: Call, data: TaskRef) -> Ok[ReopenedForm]:
        """Take a task's completion back."""
        return Ok(ReopenedForm.of(await self._tasks.reopen(call, TaskId(data.task_id))))

    async def delete(self, call: Call, data: TaskRef) -> Ok[GoneForm | None]:
        """Delete a task; one that is gone already is no refusal (10003)."""
        gone = await self._tasks.delete(call, TaskId(data.task_id))
        if gone.already_gone:
            return Ok(None, GONE, _GONE)
        freed = await self._timetable.release(call.part("places"), gone.task_id, gone.version)  # else task.deleted does
        return Ok(GoneForm.of(gone, freed))

    async def find(self, call: Call, query: TaskQuery) -> Ok[list[TaskForm]]:
        """Find tasks by quadrant, words, state and deadline."""
        found = await self._tasks.find(call, query.filter())
        forms = [TaskForm.of(task, call) for task in found.tasks]
        return Ok(forms) if query.page is None else Ok(forms, paging=paging(query.page, query.page_size, found.total))

    async def states(self, call: Call, data: TaskIds) -> Ok[StatesForm]:
        """Tell of many tasks whether they are done."""
        found = await self._tasks.known(call, data.wanted())
        return Ok(StatesForm([StateForm(task.id, task.is_completed) for task in found]))
