"""Tasks as rows; every function is scoped by owner."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict, replace
from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, func, select, update

from smartflow.client.task import Quadrant, Task, TaskFilter
from smartflow.services.task.tables import tasks
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import OwnerId, TaskId


async def add(unit: Unit, owner: OwnerId, task: Task) -> Task:
    """Insert a new task; gives it with its id."""
    return replace(task, id=TaskId(await unit.insert(tasks, {"user_id": owner, **_values(task)})))


async def take(unit: Unit, owner: OwnerId, task_id: TaskId) -> Task | None:
    """Load a task, hidden or not, and lock its row."""
    row = await unit.first(_of(owner).where(tasks.c.id == task_id).with_for_update())
    return None if row is None else _task(row)


async def known(reader: Read, owner: OwnerId, task_ids: Sequence[TaskId]) -> tuple[Task, ...]:
    """Load those of some tasks that are in sight."""
    rows = await reader.all(_shown(owner).where(tasks.c.id.in_(task_ids)).order_by(tasks.c.id))
    return tuple(_task(row) for row in rows)


async def save(unit: Unit, owner: OwnerId, task: Task) -> None:
    """Write a task back."""
    await unit.run(update(tasks).where(tasks.c.user_id == owner, tasks.c.id == task.id).values(**_values(task)))


async def find(reader: Read, owner: OwnerId, wanted: TaskFilter) -> tuple[Task, ...]:
    """Load the tasks that a filter lets through, by id."""
    query = _shown(owner).where(*_conditions(reader, wanted)).order_by(tasks.c.id)
    if wanted.limit is not None:
        query = query.limit(wanted.limit).offset(wanted.offset)
    return tuple(_task(row) for row in await reader.all(query))


async def count(reader: Read, owner: OwnerId, wanted: TaskFilter) -> int:
    """Count the tasks that a filter lets through."""
    shown = and_(tasks.c.user_id == owner, tasks.c.hidden_at.is_(None))
    number: int = await reader.value(select(func.count()).select_from(tasks).where(shown, *_conditions(reader, wanted)))
    return number


async def erase(unit: Unit, owner: OwnerId) -> None:
    """Delete every task of an owner, for good."""
    await unit.run(delete(tasks).where(tasks.c.user_id == owner))


def _of(owner: OwnerId) -> Select[Any]:
    return select(tasks).where(tasks.c.user_id == owner)


def _shown(owner: OwnerId) -> Select[Any]:
    return _of(owner).where(tasks.c.hidden_at.is_(None))


def _conditions(reader: Read, wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.quadrant is not None:
        due = and_(tasks.c.completed_at.is_(None), tasks.c.urgent_from <= reader.now, tasks.c.quadrant.in_((2, 4)))
        conditions.append(case((due, tasks.c.quadrant - 1), else_=tasks.c.quadrant) == int(wanted.quadrant))
    if wanted.keyword is not None:
        conditions.append(tasks.c.title.icontains(wanted.keyword, autoescape=True))
    if wanted.completed is not None:
        conditions.append(tasks.c.completed_at.is_not(None) if wanted.completed else tasks.c.completed_at.is_(None))
    if wanted.deadline_after is not None:
        conditions.append(tasks.c.deadline_at > wanted.deadline_after)
    if wanted.deadline_before is not None:
        conditions.append(tasks.c.deadline_at <= wanted.deadline_before)
    return conditions


def _values(task: Task) -> dict[str, Any]:
    values = asdict(task)
    del values["id"], values["owner"]
    return values


def _task(row: Row[Any]) -> Task:
    return Task(
        id=TaskId(row.id),
        owner=OwnerId(row.user_id),
        title=row.title,
        quadrant=Quadrant(row.quadrant),
        sections=row.sections,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        deadline_at=row.deadline_at,
        urgent_from=row.urgent_from,
        completed_at=row.completed_at,
        hidden_at=row.hidden_at,
    )
