"""What things are called: the names of courses, items and classes, and those of tasks, which another service knows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, Table, or_, select

from smartflow.client.schedule.place import Source, SourceType
from smartflow.client.task import Task
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.tables import classes, courses, items
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.ids import OwnerId

Names = Mapping[Source, str]
_TABLES: Mapping[SourceType, Table] = {"course": courses, "task_item": items, "task_class": classes}


async def load(
    reader: Read, owner: OwnerId, sources: Iterable[Source], tasks: Collection[Task] = (), told: Iterable[Step] = ()
) -> dict[Source, str]:
    """Load what some sources are called; at most one statement for each kind.

    What is hidden has no name, nor have the items of a hidden class, unless the steps that are told hid it or bring it back.
    """
    found = {Source.task(task.id): task.title for task in tasks}
    wanted = _by_type(sources)
    for kind, query in _shown(_by_type(step.source for step in told if step.op in {"hide", "restore"})).items():
        table = _TABLES[kind]
        if wanted[kind]:
            rows = await reader.all(query.where(table.c.user_id == owner, table.c.id.in_(wanted[kind])))
            found |= {Source(kind, row.id): row.name for row in rows}
    return found


def _shown(told: Mapping[SourceType, Collection[int]]) -> Mapping[SourceType, Select[Any]]:
    in_sight = {kind: or_(table.c.hidden_at.is_(None), table.c.id.in_(told[kind])) for kind, table in _TABLES.items()}
    of_class = select(items.c.id, items.c.content.label("name")).join(classes, classes.c.id == items.c.class_id)
    return {
        "course": select(courses.c.id, courses.c.name.label("name")).where(in_sight["course"]),
        "task_item": of_class.where(in_sight["task_item"], in_sight["task_class"]),
        "task_class": select(classes.c.id, classes.c.name.label("name")).where(in_sight["task_class"]),
    }


def _by_type(sources: Iterable[Source]) -> Mapping[SourceType, set[int]]:
    found: defaultdict[SourceType, set[int]] = defaultdict(set)
    for source in sources:
        found[source.type].add(source.id)
    return found
