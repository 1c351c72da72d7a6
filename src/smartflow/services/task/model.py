"""What a task does over time: pure decisions."""

from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from smartflow.client.task import Quadrant, Task, TaskDraft, TaskPatch
from smartflow.shared.kernel.ids import OwnerId, TaskId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

URGENT_BEFORE_DEADLINE = timedelta(hours=24)
T = TypeVar("T")


def quadrant_at(task: Task, now: datetime) -> Quadrant:
    """Say in which quadrant a task is at an instant: open tasks turn urgent by themselves."""
    due = not task.is_completed and task.urgent_from is not None and task.urgent_from <= now
    return task.quadrant.urgent() if due else task.quadrant


def as_of(task: Task, now: datetime) -> Task:
    """Show a task with the urgency of the moment."""
    return replace(task, quadrant=quadrant_at(task, now))


def create(owner: OwnerId, draft: TaskDraft, now: datetime) -> Task:
    """Make a task that has no id yet.

    Raises:
        InvalidInput: The urgency instant lies after the deadline.
    """
    return Task(
        id=TaskId(0),
        owner=owner,
        title=draft.title,
        quadrant=draft.quadrant,
        sections=draft.sections,
        created_at=now,
        updated_at=now,
        version=1,
        deadline_at=draft.deadline_at,
        urgent_from=first_urgency(draft),
    )


def update(task: Task, patch: TaskPatch, now: datetime) -> Task:
    """Apply a patch; a moved deadline takes the urgency instant along, and a calm quadrant chosen late clears it.

    Raises:
        InvalidInput: The urgency instant would lie after the deadline.
    """
    deadline = _kept(patch.deadline_at, task.deadline_at)
    urgent = _urgency(task, patch, deadline)
    quadrant = _kept(patch.quadrant, task.quadrant)
    chosen_calm = patch.quadrant is not UNSET and quadrant.urgent() is not quadrant
    if chosen_calm and patch.urgent_from is UNSET and urgent is not None and urgent <= now:
        urgent = None
    _check(urgent, deadline)
    title, sections = _kept(patch.title, task.title), _kept(patch.sections, task.sections)
    changed = replace(task, title=title, sections=sections, quadrant=quadrant, deadline_at=deadline, urgent_from=urgent)
    return task if changed == task else _touched(changed, now)


def complete(task: Task, now: datetime) -> Task:
    """Mark as done; what is done stays as it is."""
    return task if task.is_completed else _touched(replace(task, completed_at=now), now)


def reopen(task: Task, now: datetime) -> Task:
    """Take the completion back."""
    return _touched(replace(task, completed_at=None), now)


def hide(task: Task, now: datetime) -> Task:
    """Take out of sight."""
    return _touched(replace(task, hidden_at=now), now)


def restore(task: Task, now: datetime) -> Task:
    """Bring back into sight."""
    return task if task.hidden_at is None else _touched(replace(task, hidden_at=None), now)


def changed_fields(before: Task, after: Task) -> tuple[str, ...]:
    """Name what differs, but for the bookkeeping."""
    names = ("title", "quadrant", "sections", "deadline_at", "urgent_from")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def first_urgency(draft: TaskDraft) -> datetime | None:
    """Say when a new task turns urgent: as asked, else a day before its deadline if it is not urgent yet."""
    if not isinstance(draft.urgent_from, UnsetType):
        _check(draft.urgent_from, draft.deadline_at)
        return draft.urgent_from
    if draft.deadline_at is None or draft.quadrant.urgent() is draft.quadrant:
        return None
    return draft.deadline_at - URGENT_BEFORE_DEADLINE


def _urgency(task: Task, patch: TaskPatch, deadline: datetime | None) -> datetime | None:
    if not isinstance(patch.urgent_from, UnsetType):
        return patch.urgent_from
    if task.urgent_from is None or deadline == task.deadline_at or task.deadline_at is None:
        return task.urgent_from
    return None if deadline is None else task.urgent_from + (deadline - task.deadline_at)


def _check(urgent: datetime | None, deadline: datetime | None) -> None:
    if urgent is not None and deadline is not None and urgent > deadline:
        raise InvalidInput([FieldError("urgency_threshold_at", "max", facts={"limit": "deadline_at"})])


def _touched(task: Task, now: datetime) -> Task:
    return replace(task, version=task.version + 1, updated_at=now)


def _kept(new: T | UnsetType, old: T) -> T:
    return old if isinstance(new, UnsetType) else new
