"""The journal: the owner's version row, which every write locks first, and the row that every change set leaves."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row, Select, String, and_, bindparam, cast, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from smartflow.client.schedule.change import JournalEntry, Kind
from smartflow.client.schedule.events import MOST_SOURCES, ScheduleChanged
from smartflow.client.schedule.place import Source
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.tables import change_sets, versions
from smartflow.shared.database import erased
from smartflow.shared.database.engine import Rerun
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.ids import ChangeId, OwnerId, PlanId

_VERSION = select(versions.c.version).where(versions.c.user_id == bindparam("owner"))
_NO_ENTRIES = 2
"""The length of an empty list as JSON."""


class Recorded(Struct, frozen=True):
    """What the journal keeps of a change set, and whom the event tells of it.

    `weeks` and `sources` are those that the steps do not show: of a term that moved, of rules that were edited.
    """

    kind: Kind
    actor: Actor
    steps: tuple[Step, ...] = ()
    note: str | None = None
    plan_id: PlanId | None = None
    undo_of: ChangeId | None = None
    cause: str | None = None
    weeks: frozenset[int] = frozenset()
    sources: tuple[Source, ...] = ()

    @property
    def touched_weeks(self) -> tuple[int, ...]:
        """The weeks in which something is different now."""
        images = (image for step in self.steps for image in (step.before, step.after) if image is not None)
        return tuple(sorted(self.weeks | {image.place.week for image in images}))

    @property
    def touched_sources(self) -> tuple[Source, ...]:
        """The sources of which something is different now."""
        return tuple(sorted({*self.sources, *(step.source for step in self.steps)}))


async def version_of(reader: Read, owner: OwnerId) -> int:
    """Give the schedule's version; 0 before the first change set."""
    row = await reader.first(_VERSION, {"owner": owner})
    return 0 if row is None else int(row.version)


async def lock_version(unit: Unit, owner: OwnerId) -> int:
    """Give the schedule's version and keep other writers out until the commit. Every write begins with it.

    Raises:
        AccountGone: The owner is erased.
        Rerun: Another first write of the owner came in between.
    """
    row = await unit.first(_VERSION.with_for_update(), {"owner": owner})
    if row is not None:
        return int(row.version)
    await erased.refuse(unit, owner)
    try:
        await unit.run(versions.insert(), {"user_id": owner, "version": 0, "created_at": unit.now, "updated_at": unit.now})
    except IntegrityError as error:
        raise Rerun from error
    return 0


async def record(unit: Unit, owner: OwnerId, done: Recorded, *, version: int) -> ChangeId:
    """Write a change set down, raise the version that `lock_version` gave by one, and tell it; gives the set's id."""
    after = version + 1
    change_id = ChangeId(await unit.insert(change_sets, {"user_id": owner, "version": after, **_values(done), **_times(unit)}))
    await unit.run(update(versions).where(versions.c.user_id == owner).values(version=after, updated_at=unit.now))
    sources = done.touched_sources
    more = len(sources) > MOST_SOURCES
    unit.publish(ScheduleChanged(owner, change_id, after, done.kind, done.touched_weeks, sources[:MOST_SOURCES], more))
    return change_id


async def become_undoing(unit: Unit, call: Call, change_id: ChangeId, undone: ChangeId) -> None:
    """Say of a change set that is written that somebody took another one back by it."""
    mine = and_(change_sets.c.user_id == call.owner, change_sets.c.id == change_id)
    values = {"kind": "undo", "actor": call.actor.value, "undo_of": undone, "updated_at": unit.now}
    await unit.run(update(change_sets).where(mine).values(values))


async def listed(reader: Read, owner: OwnerId, *, before: int | None, limit: int) -> list[JournalEntry]:
    """List change sets below a version, newest first: those with entries, and those of terms."""
    with_entries = func.length(cast(change_sets.c.entries, String)) > _NO_ENTRIES
    query = _entries(owner).where(or_(change_sets.c.kind == "term", with_entries))
    if before is not None:
        query = query.where(change_sets.c.version < before)
    rows = await reader.all(query.order_by(change_sets.c.version.desc()).limit(limit))
    return [_entry(row) for row in rows]


async def found(reader: Read, owner: OwnerId, change_id: ChangeId) -> tuple[JournalEntry, tuple[Step, ...]] | None:
    """Load one change set with its steps."""
    row = await reader.first(_entries(owner).add_columns(change_sets.c.entries).where(change_sets.c.id == change_id))
    return None if row is None else (_entry(row), steps_of(row.entries))


async def term_set_since(reader: Read, owner: OwnerId, version: int) -> bool:
    """Tell whether a term or its day overrides were set after a version."""
    later = and_(change_sets.c.user_id == owner, change_sets.c.kind == "term", change_sets.c.version > version)
    return await reader.value(select(change_sets.c.id).where(later).limit(1)) is not None


def steps_of(entries: Sequence[object]) -> tuple[Step, ...]:
    """Read the steps of a change set as the journal keeps them."""
    return msgspec.convert(entries, tuple[Step, ...])


def _values(done: Recorded) -> dict[str, Any]:
    counts = Counter(step.op for step in done.steps)
    return {
        "kind": done.kind,
        "actor": done.actor.value,
        "note": done.note,
        "plan_id": done.plan_id,
        "undo_of": done.undo_of,
        "cause": done.cause,
        "added": counts["add"],
        "moved": counts["move"],
        "removed": counts["remove"],
        "entries": plain(done.steps),
    }


def _times(unit: Unit) -> dict[str, Any]:
    return {"created_at": unit.now, "updated_at": unit.now}


def _entries(owner: OwnerId) -> Select[Any]:
    """Select change sets without their entries, each with the one that took it back."""
    undoing = change_sets.alias("undoing")
    columns = [column for column in change_sets.c if column.name != "entries"]
    empty = (func.length(cast(change_sets.c.entries, String)) <= _NO_ENTRIES).label("empty")
    taken_back = and_(undoing.c.user_id == owner, undoing.c.undo_of == change_sets.c.id)
    joined = change_sets.outerjoin(undoing, taken_back)
    return select(*columns, empty, undoing.c.id.label("undone_by")).select_from(joined).where(change_sets.c.user_id == owner)


def _entry(row: Row[Any]) -> JournalEntry:
    return JournalEntry(
        id=ChangeId(row.id),
        kind=row.kind,
        origin=Actor(row.actor),
        created_at=row.created_at,
        version_before=row.version - 1,
        version_after=row.version,
        added=row.added,
        moved=row.moved,
        removed=row.removed,
        undoable=row.kind != "term" and not row.empty and row.undone_by is None,
        note=row.note,
        plan_id=row.plan_id,
        undone_by=row.undone_by,
        undo_of=row.undo_of,
    )
