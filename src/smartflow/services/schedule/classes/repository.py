"""Study plans and items as rows; every function is scoped by owner."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from smartflow.client.schedule.classes import ClassRules, ClassSummary, Item, ItemDraft
from smartflow.client.schedule.place import Place
from smartflow.services.schedule.classes.model import in_order
from smartflow.services.schedule.timetable.class_rows import bits_of, rules_from
from smartflow.services.schedule.timetable.tables import classes, embeddings, events, items
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import ClassId, EventId, ItemId, OwnerId


async def add(unit: Unit, owner: OwnerId, rules: ClassRules) -> ClassId:
    """Insert a class."""
    row = {"user_id": owner, **_values(rules), "created_at": unit.now, "updated_at": unit.now}
    return ClassId(await unit.insert(classes, row))


async def save(unit: Unit, owner: OwnerId, class_id: ClassId, rules: ClassRules) -> None:
    """Write a class anew."""
    mine = and_(classes.c.user_id == owner, classes.c.id == class_id)
    await unit.run(update(classes).where(mine).values(**_values(rules), updated_at=unit.now))


async def add_items(unit: Unit, owner: OwnerId, class_id: ClassId, drafts: Sequence[ItemDraft]) -> list[ItemId]:
    """Insert items; gives their ids in the order of the drafts."""
    same = {"user_id": owner, "class_id": class_id, "created_at": unit.now, "updated_at": unit.now}
    rows = [{**same, "order": draft.order, "content": draft.content, "duration_sections": draft.sections} for draft in drafts]
    return [ItemId(each) for each in await unit.insert_all(items, rows)]


async def save_items(unit: Unit, owner: OwnerId, drafts: Sequence[ItemDraft]) -> None:
    """Write known items anew."""
    for draft in drafts:
        mine = and_(items.c.user_id == owner, items.c.id == draft.id)
        values = {"order": draft.order, "content": draft.content, "duration_sections": draft.sections}
        await unit.run(update(items).where(mine).values(**values, updated_at=unit.now))


async def rules_of(reader: Read, owner: OwnerId, class_id: ClassId) -> ClassRules | None:
    """Load a class that is in sight."""
    mine = and_(classes.c.user_id == owner, classes.c.id == class_id, classes.c.hidden_at.is_(None))
    row = await reader.first(select(classes).where(mine))
    return None if row is None else rules_from(row)


async def items_of(reader: Read, owner: OwnerId, class_id: ClassId) -> tuple[Item, ...]:
    """Load a class's items in their order, each with where it stands now."""
    standing = and_(
        events.c.user_id == items.c.user_id,
        events.c.kind == "item",
        events.c.source_id == items.c.id,
        events.c.state.in_(("live", "done")),
    )
    hosted = select(embeddings.c.host_event_id).where(embeddings.c.guest_event_id == events.c.id).limit(1).scalar_subquery()
    columns = (items, events.c.id.label("event"), events.c.week, events.c.day, events.c.first, events.c.last, hosted.label("host"))
    query = select(*columns).select_from(items.outerjoin(events, standing))
    shown = and_(items.c.user_id == owner, items.c.class_id == class_id, items.c.hidden_at.is_(None))
    return in_order(_item(row) for row in await reader.all(query.where(shown)))


async def summaries(reader: Read, owner: OwnerId) -> tuple[ClassSummary, ...]:
    """List the classes that are in sight, by id."""
    counted = (
        select(items.c.class_id, func.count().label("items"), func.count(events.c.id).label("placed"))
        .select_from(
            items.outerjoin(
                events,
                and_(
                    events.c.user_id == items.c.user_id,
                    events.c.kind == "item",
                    events.c.source_id == items.c.id,
                    events.c.state.in_(("live", "done")),
                ),
            )
        )
        .where(items.c.user_id == owner, items.c.hidden_at.is_(None))
        .group_by(items.c.class_id)
        .subquery()
    )
    query = select(classes, counted.c["items"].label("item_count"), counted.c.placed).select_from(
        classes.outerjoin(counted, counted.c.class_id == classes.c.id)
    )
    rows = await reader.all(query.where(classes.c.user_id == owner, classes.c.hidden_at.is_(None)).order_by(classes.c.id))
    return tuple(ClassSummary(ClassId(row.id), rules_from(row), row.item_count or 0, row.placed or 0) for row in rows)


def _item(row: Row[Any]) -> Item:
    mapping = row._mapping  # noqa: SLF001 - "order" and "first" are taken by tuples
    place = None
    if row.event is not None:
        place = Place(row.week, row.day, mapping["first"], mapping["last"], None if row.host is None else EventId(row.host))
    event = None if row.event is None else EventId(row.event)
    return Item(ItemId(row.id), mapping["order"], row.content, row.duration_sections, event, place)


def _values(rules: ClassRules) -> dict[str, Any]:
    return {
        "name": rules.name,
        "mode": rules.mode,
        "start_date": rules.start,
        "end_date": rules.end,
        "strategy": rules.strategy,
        "importance": rules.importance,
        "total_slots": rules.total_slots,
        "subject_type": rules.subject,
        "difficulty": rules.difficulty,
        "intensity": rules.intensity,
        "allow_fillers": rules.allow_fillers,
        "excluded_days": bits_of(rules.excluded_days),
        "excluded_pairs": bits_of(rules.excluded_pairs),
    }
