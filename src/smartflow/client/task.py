"""The four quadrants, as other parts may know them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import ClassVar, Literal, Protocol

from msgspec import UNSET, Struct, UnsetType, field

from smartflow.shared.calendar.term import Term
from smartflow.shared.events.event import Event
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, TaskId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text


class Quadrant(IntEnum):
    """Importance and urgency (`priority_group`)."""

    IMPORTANT_URGENT = 1
    IMPORTANT = 2
    URGENT = 3
    NEITHER = 4

    def urgent(self) -> "Quadrant":
        """Give the quadrant of the same importance once it is urgent."""
        return {Quadrant.IMPORTANT: Quadrant.IMPORTANT_URGENT, Quadrant.NEITHER: Quadrant.URGENT}.get(self, self)


SOON = timedelta(hours=48)
"""What is due within this time is urgent from the start, unless the person says otherwise."""


class Task(Struct, frozen=True):
    """One thing to do once. `quadrant` already counts the urgency of the moment when it was read."""

    id: TaskId
    owner: OwnerId
    title: str
    quadrant: Quadrant
    sections: int
    created_at: datetime
    updated_at: datetime
    version: int
    deadline_at: datetime | None = None
    urgent_from: datetime | None = None
    completed_at: datetime | None = None
    hidden_at: datetime | None = None

    @property
    def is_completed(self) -> bool:
        """Whether it is done."""
        return self.completed_at is not None


class TaskDraft(Struct, frozen=True):
    """A task to be made. `urgent_from`: absent takes the default, None means never urgent by itself."""

    title: str
    quadrant: Quadrant
    sections: int = 1
    deadline_at: datetime | None = None
    urgent_from: datetime | UnsetType | None = UNSET


class TaskPatch(Struct, frozen=True):
    """What changes: an absent member stays, None clears a date."""

    title: str | UnsetType = UNSET
    quadrant: Quadrant | UnsetType = UNSET
    sections: int | UnsetType = UNSET
    deadline_at: datetime | UnsetType | None = UNSET
    urgent_from: datetime | UnsetType | None = UNSET


class TaskFilter(Struct, frozen=True):
    """Which tasks to find; deadlines lie after `deadline_after` and not after `deadline_before`."""

    quadrant: Quadrant | None = None
    keyword: str | None = None
    completed: bool | None = None
    deadline_after: datetime | None = None
    deadline_before: datetime | None = None
    offset: int = 0
    limit: int | None = None


class TaskPage(Struct, frozen=True):
    """Some of the tasks that were found, by id, and how many there are."""

    tasks: tuple[Task, ...]
    total: int


class Completed(Struct, frozen=True):
    """A task is done; `already_completed` if it was before."""

    task_id: TaskId
    already_completed: bool


class Reopened(Struct, frozen=True):
    """A task is open again."""

    task_id: TaskId


class Deleted(Struct, frozen=True):
    """A task is hidden, at this version; `already_gone` if there is no such task."""

    task_id: TaskId
    version: int = 0
    already_gone: bool = False
    title: str = ""


TimeKind = Literal["instant", "day", "interval", "deadline", "recurrence"]


class TimeRead(Struct, frozen=True):
    """One reading of the time that a sentence names, and how it is said back."""

    kind: TimeKind
    start: datetime
    end: datetime | None
    text: str


class Capture(Struct, frozen=True):
    """The task that could be made of a sentence, by the first reading of its time; `ambiguous`: there are others."""

    title: str
    quadrant: Quadrant
    deadline_at: datetime | None
    urgent_from: datetime | None
    readings: tuple[TimeRead, ...]
    ambiguous: bool


class TaskNotFound(Refusal):
    """The owner has no such task."""

    status, code = 404, "40050"
    text = Text(zh="没有这个任务。", en="There is no such task.")


class TaskNotCompleted(Refusal):
    """Only a completed task can be reopened."""

    status, code = 409, "40052"
    text = Text(zh="这个任务还没有完成。", en="This task is not completed.")


class TaskCreated(Event, frozen=True):
    """A task was made."""

    kind: ClassVar[str] = "task.created"
    publisher: ClassVar[str] = "task"

    task_id: TaskId
    version: int


class TaskUpdated(Event, frozen=True):
    """Some fields of a task changed; `hidden` among them: it was restored."""

    kind: ClassVar[str] = "task.updated"
    publisher: ClassVar[str] = "task"

    task_id: TaskId
    version: int
    changed: tuple[str, ...]


class TaskCompleted(Event, frozen=True):
    """A task was done."""

    kind: ClassVar[str] = "task.completed"
    publisher: ClassVar[str] = "task"

    task_id: TaskId
    version: int


class TaskReopened(Event, frozen=True):
    """A task is open again."""

    kind: ClassVar[str] = "task.reopened"
    publisher: ClassVar[str] = "task"

    task_id: TaskId
    version: int


class TaskDeleted(Event, frozen=True):
    """A task was hidden."""

    kind: ClassVar[str] = "task.deleted"
    publisher: ClassVar[str] = "task"

    task_id: TaskId
    version: int


class TaskUrgencyPromoted(Event, frozen=True):
    """Tasks turned urgent by themselves."""

    kind: ClassVar[str] = "task.urgency_promoted"
    publisher: ClassVar[str] = "task"

    task_ids: tuple[TaskId, ...]
    was: Quadrant = field(name="from")
    became: Quadrant = field(name="to")
    at: datetime


class TaskClient(Protocol):
    """Asks the task service."""

    async def create(self, call: Call, draft: TaskDraft) -> Task:
        """Make a task.

        Raises:
            InvalidInput: The urgency instant lies after the deadline.
        """
        ...

    async def parse(self, call: Call, text: str, term: Term | None = None) -> Capture:
        """Read a sentence as a task; nothing is made.

        Raises:
            InvalidInput: It names a time that cannot be.
        """
        ...

    async def update(self, call: Call, task_id: TaskId, patch: TaskPatch) -> Task:
        """Change a task.

        Raises:
            TaskNotFound: The owner has no such task.
            InvalidInput: The urgency instant would lie after the deadline.
        """
        ...

    async def complete(self, call: Call, task_id: TaskId) -> Completed:
        """Mark a task as done; one that is done already stays as it is and says so.

        Raises:
            TaskNotFound: The owner has no such task.
        """
        ...

    async def reopen(self, call: Call, task_id: TaskId) -> Reopened:
        """Take a task's completion back.

        Raises:
            TaskNotFound: The owner has no such task.
            TaskNotCompleted: It is open.
        """
        ...

    async def delete(self, call: Call, task_id: TaskId) -> Deleted:
        """Hide a task, for 30 days restorable; one that is gone already is no refusal."""
        ...

    async def restore(self, call: Call, task_id: TaskId) -> Task:
        """Bring a hidden task back under its id; one that is shown stays as it is.

        Raises:
            TaskNotFound: The owner has no such task, hidden or not.
        """
        ...

    async def find(self, call: Call, wanted: TaskFilter) -> TaskPage:
        """Find tasks, by id."""
        ...

    async def known(self, call: Call, task_ids: Sequence[TaskId]) -> tuple[Task, ...]:
        """Give those of these tasks that the owner has and that are not hidden, by id."""
        ...
