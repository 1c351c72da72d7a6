"""Plans as rows, and what they are made from; every function is scoped by owner."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, and_, func, select, update

from smartflow.client.schedule.plan import PlanRequest, PlanStatus, Score
from smartflow.client.schedule.term import TermView
from smartflow.client.task import Task
from smartflow.services.schedule.plan.instance import Known
from smartflow.services.schedule.plan.model import SAME_WITHIN, Entry, StoredPlan
from smartflow.services.schedule.plan.tables import plans
from smartflow.services.schedule.planner.answer import Unplaced
from smartflow.services.schedule.timetable import class_rows, rows
from smartflow.services.schedule.timetable.changes import task_facts
from smartflow.services.schedule.timetable.tables import classes, courses
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.shared.database.engine import Rerun
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.ids import CourseId, OwnerId, PlanId, TermId


async def known(reader: Read, owner: OwnerId, own: Terms, term: TermView, tasks: Sequence[Task]) -> Known:
    """Load what a planning job is made from."""
    state = await rows.load(reader, owner, own, map(task_facts, tasks))
    left = select(courses.c.id, courses.c.attention_left).where(courses.c.user_id == owner)
    attention = {CourseId(row.id): row.attention_left for row in await reader.all(left)}
    rules = await class_rows.rules(reader, owner)
    return Known(state, term.id or rows.UNSTORED, rules, attention, {task.id: task for task in tasks})


async def add(unit: Unit, owner: OwnerId, plan: StoredPlan) -> None:
    """Insert a plan."""
    await unit.run(plans.insert(), {"id": plan.id, "user_id": owner, "created_at": plan.created_at, **_values(plan)})


async def save(unit: Unit, owner: OwnerId, plan: StoredPlan, *, seen: int) -> None:
    """Write a plan back that was open, at the revision that was seen.

    Raises:
        Rerun: It is so no more; who looks again sees why.
    """
    as_seen = and_(plans.c.user_id == owner, plans.c.id == plan.id, plans.c.revision == seen, plans.c.status == "open")
    if not await unit.run(update(plans).where(as_seen).values(**_values(plan))):
        raise Rerun


async def found(reader: Read, owner: OwnerId, plan_id: PlanId) -> StoredPlan | None:
    """Load a plan."""
    row = await reader.first(select(plans).where(plans.c.user_id == owner, plans.c.id == plan_id))
    return None if row is None else _plan(row)


async def made_just_now(reader: Read, owner: OwnerId, request: PlanRequest, tasks: Iterable[Task], *, version: int) -> StoredPlan | None:
    """Load the newest open plan of the same request, upon the same schedule, classes and tasks, if it is so young that it was one click."""
    asked = select(func.max(classes.c.updated_at)).where(classes.c.user_id == owner, classes.c.id.in_(request.classes))
    edited = [await reader.value(asked), *(task.updated_at for task in tasks if task.id in request.tasks)]
    since = max((each for each in edited if each is not None), default=reader.now - SAME_WITHIN)
    young = and_(plans.c.created_at >= max(since, reader.now - SAME_WITHIN), plans.c.base_version == version)
    mine = and_(plans.c.user_id == owner, plans.c.status == "open", young)
    rows = await reader.all(select(plans).where(mine).order_by(plans.c.created_at.desc(), plans.c.id.desc()))
    return next((plan for plan in map(_plan, rows) if plan.request == request), None)


async def listed(reader: Read, owner: OwnerId, status: PlanStatus) -> Sequence[StoredPlan]:
    """Load the plans of a status, newest first; an open one expires by itself."""
    mine = and_(plans.c.user_id == owner, plans.c.status == status)
    if status == "open":
        mine = and_(mine, plans.c.expires_at > reader.now)
    if status == "expired":
        lapsed = and_(plans.c.status == "open", plans.c.expires_at <= reader.now)
        mine = and_(plans.c.user_id == owner, (plans.c.status == "expired") | lapsed)
    rows = await reader.all(select(plans).where(mine).order_by(plans.c.created_at.desc(), plans.c.id.desc()).limit(100))
    return [_plan(row) for row in rows]


def _values(plan: StoredPlan) -> dict[str, Any]:
    return {
        "term_id": plan.term,
        "base_version": plan.base_version,
        "revision": plan.revision,
        "origin": plan.origin,
        "status": plan.status,
        "request": plain(plan.request),
        "entries": plain(plan.entries),
        "unplaced": plain(plan.unplaced),
        "score": plain(plan.score),
        "expires_at": plan.expires_at,
        "updated_at": plan.updated_at,
    }


def _plan(row: Row[Any]) -> StoredPlan:
    return StoredPlan(
        id=PlanId(row.id),
        term=TermId(row.term_id),
        base_version=row.base_version,
        revision=row.revision,
        origin=row.origin,
        status=row.status,
        request=msgspec.convert(row.request, PlanRequest),
        entries=msgspec.convert(row.entries, tuple[Entry, ...]),
        unplaced=msgspec.convert(row.unplaced, tuple[Unplaced, ...]),
        score=msgspec.convert(row.score, Score),
        created_at=row.created_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
    )
