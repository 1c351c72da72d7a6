"""Memories as rows; every function is scoped by owner."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from smartflow.client.memory import Memory, MemorySettings, MemorySource, MemoryStatus, MemorySwitches, MemoryType, Slots
from smartflow.services.memory import model
from smartflow.services.memory.tables import audit, items, settings, sources
from smartflow.shared.database import answers, erased
from smartflow.shared.database.engine import Rerun
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import MemoryId, OwnerId

_SETTINGS = select(settings).where(settings.c.user_id == bindparam("owner"))


class Standing(Struct, frozen=True):
    """How an owner's memories stand: the switches, and the version that every change raises."""

    settings: MemorySettings
    version: int = 0

    @property
    def switches(self) -> MemorySwitches:
        """What may be remembered."""
        return self.settings.switches


class Wanted(Struct, frozen=True):
    """Which rows to find, below an id."""

    statuses: Collection[MemoryStatus]
    types: Collection[MemoryType]
    conversation_id: object | None
    below: int | None
    limit: int


async def standing(reader: Read, owner: OwnerId) -> Standing:
    """Load how an owner's memories stand; who never set anything has the defaults."""
    row = await reader.first(_SETTINGS, {"owner": owner})
    return Standing(MemorySettings(MemorySwitches())) if row is None else _standing(row)


async def lock(unit: Unit, owner: OwnerId) -> Standing:
    """Load how an owner's memories stand, and keep other writers out until the commit. Every change begins with it.

    Raises:
        AccountGone: The owner is erased.
        Rerun: Another first change of the owner came in between.
    """
    row = await unit.first(_SETTINGS.with_for_update(), {"owner": owner})
    if row is not None:
        return _standing(row)
    await erased.refuse(unit, owner)
    switches = MemorySwitches()
    try:
        await unit.run(settings.insert(), {"user_id": owner, "items_version": 0, **_switches(switches)})
    except IntegrityError as error:
        raise Rerun from error
    return Standing(MemorySettings(switches))


async def set_switches(unit: Unit, owner: OwnerId, switches: MemorySwitches) -> None:
    """Write the switches."""
    await unit.run(update(settings).where(settings.c.user_id == owner).values(**_switches(switches), updated_at=unit.now))


async def set_version(unit: Unit, owner: OwnerId, version: int) -> None:
    """Write the version that the owner's memories are at now."""
    await unit.run(update(settings).where(settings.c.user_id == owner).values(items_version=version))


async def get(reader: Read, owner: OwnerId, memory_id: MemoryId) -> Memory | None:
    """Load a memory, whatever its status is."""
    found = await _loaded(reader, owner, _of(owner).where(items.c.id == memory_id))
    return found[0] if found else None


async def holder(unit: Unit, owner: OwnerId, slot: str | None) -> Memory | None:
    """Load the memory whose row is active in a slot; an inactive memory has no slot, and none in its place."""
    found = await _loaded(unit, owner, _of(owner).where(items.c.live_slot == slot)) if slot is not None else ()
    return found[0] if found else None


async def find(reader: Read, owner: OwnerId, wanted: Wanted) -> tuple[Memory, ...]:
    """Load memories as they are now, newest first."""
    query = _of(owner).where(or_(*(_has_status(reader, each) for each in wanted.statuses)))
    if wanted.types:
        query = query.where(items.c.type.in_(wanted.types))
    if wanted.conversation_id is not None:
        query = query.where(items.c.conversation_id == wanted.conversation_id)
    if wanted.below is not None:
        query = query.where(items.c.id < wanted.below)
    found = await _loaded(reader, owner, query.order_by(items.c.id.desc()).limit(wanted.limit))
    return tuple(model.as_of(memory, reader.now) for memory in found)


async def learned_in(reader: Read, owner: OwnerId, conversation_id: UUID) -> tuple[Memory, ...]:
    """Load what has a trace to a conversation, whatever its status is."""
    said = select(sources.c.memory_id).where(sources.c.user_id == owner, sources.c.conversation_id == conversation_id)
    return await _loaded(reader, owner, _of(owner).where(or_(items.c.conversation_id == conversation_id, items.c.id.in_(said))))


async def active(reader: Read, owner: OwnerId) -> tuple[Memory, ...]:
    """Load everything whose row is active, by id."""
    rows = await reader.all(_of(owner).where(items.c.status == "active").order_by(items.c.id))
    said = await _sources(reader, owner, None)
    return tuple(_memory(row, said.get(row.id, ())) for row in rows)


async def add(unit: Unit, owner: OwnerId, memory: Memory) -> Memory:
    """Insert a new memory with its sources; gives it with its id."""
    made = replace(memory, id=MemoryId(await unit.insert(items, {"user_id": owner, **_values(memory)})))
    await _add_sources(unit, owner, made)
    return made


async def save(unit: Unit, owner: OwnerId, memory: Memory, before: Memory) -> None:
    """Write a memory back; new words have no vector yet."""
    values = _values(memory)
    if memory.content != before.content:
        values |= {"vector": None, "embedder": None}
    await unit.run(update(items).where(items.c.user_id == owner, items.c.id == memory.id).values(**values))
    if memory.sources != before.sources:
        await unit.run(delete(sources).where(sources.c.user_id == owner, sources.c.memory_id == memory.id))
        await _add_sources(unit, owner, memory)


async def mark_used(unit: Unit, owner: OwnerId, used: Mapping[MemoryId, datetime]) -> None:
    """Write when memories were used last."""
    mine = update(items).where(items.c.user_id == owner, items.c.id == bindparam("used")).values(used_at=bindparam("at"))
    await unit.run(mine, [{"used": memory_id, "at": at} for memory_id, at in used.items()])


async def write_audit(unit: Unit, owner: OwnerId, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write down what was done: rows of id, operation, actor, reason, before and after."""
    await unit.bulk(audit, [{"user_id": owner, "at": unit.now, "actor": None, "reason": None, **_NO_TEXTS, **each} for each in entries])


async def erase(unit: Unit, owner: OwnerId, ids: Collection[MemoryId]) -> None:
    """Delete memories for good: rows, sources, the texts of their audit, links to them, and the stored answers that show them."""
    for table in (sources.c.memory_id, items.c.id):
        await unit.run(delete(table.table).where(table.table.c.user_id == owner, table.in_(ids)))
    for link in (items.c.supersedes, items.c.superseded_by):
        await unit.run(update(items).where(items.c.user_id == owner, link.in_(ids)).values({link: None}))
    mine = and_(audit.c.user_id == owner, audit.c.memory_id.in_(ids))
    await unit.run(update(audit).where(mine).values(actor=None, reason=None, **_NO_TEXTS))
    await forget_answers(unit, owner, ids)


async def forget_answers(unit: Unit, owner: OwnerId, ids: Collection[MemoryId]) -> None:
    """Delete the stored answers that show memories as they were."""
    await answers.forget(unit, owner, [f'"memory_id":{each},'.encode() for each in ids])


async def erase_all(unit: Unit, owner: OwnerId) -> None:
    """Delete everything of an owner, for good."""
    for table in (sources, items, audit, settings):
        await unit.run(delete(table).where(table.c.user_id == owner))


_NO_TEXTS: Mapping[str, None] = {"before": None, "after": None}


def _of(owner: OwnerId) -> Select[Any]:
    return select(items).where(items.c.user_id == owner)


def _has_status(reader: Read, status: MemoryStatus) -> ColumnElement[bool]:
    over = and_(items.c.ttl_at.is_not(None), items.c.ttl_at <= reader.now)
    if status == "active":
        return and_(items.c.status == "active", ~over)
    if status == "archived":
        return or_(items.c.status == "archived", and_(items.c.status == "active", over))
    return items.c.status == "deleted"


async def _loaded(reader: Read, owner: OwnerId, query: Select[Any]) -> tuple[Memory, ...]:
    rows = await reader.all(query)
    said = await _sources(reader, owner, [row.id for row in rows]) if rows else {}
    return tuple(_memory(row, said.get(row.id, ())) for row in rows)


async def _sources(reader: Read, owner: OwnerId, ids: Sequence[int] | None) -> dict[int, tuple[MemorySource, ...]]:
    query = select(sources).where(sources.c.user_id == owner).order_by(sources.c.id)
    found: dict[int, tuple[MemorySource, ...]] = {}
    for row in await reader.all(query if ids is None else query.where(sources.c.memory_id.in_(ids))):
        said = MemorySource(row.said_at, row.way, row.quote, row.conversation_id, row.seq)
        found[row.memory_id] = (*found.get(row.memory_id, ()), said)
    return found


async def _add_sources(unit: Unit, owner: OwnerId, memory: Memory) -> None:
    for each in memory.sources:
        said = {"conversation_id": each.conversation_id, "seq": each.seq, "quote": each.quote, "said_at": each.said_at, "way": each.way}
        await unit.insert(sources, {"user_id": owner, "memory_id": memory.id, **said})


def _switches(switches: MemorySwitches) -> dict[str, bool]:
    return {name: getattr(switches, name) for name in MemorySwitches.__struct_fields__}


def _standing(row: Row[Any]) -> Standing:
    switches = MemorySwitches(*(getattr(row, name) for name in MemorySwitches.__struct_fields__))
    return Standing(MemorySettings(switches, row.updated_at), row.items_version)


# What stands in a column of its own name; id, owner and sources stand elsewhere, slots and sensitivity under other names.
_PLAIN = tuple(name for name in Memory.__struct_fields__ if name not in {"id", "owner", "slots", "sensitivity", "sources"})


def _values(memory: Memory) -> dict[str, Any]:
    values = {name: getattr(memory, name) for name in _PLAIN}
    slots = {name: getattr(memory.slots, name) for name in Slots.__struct_fields__}
    return {**values, **slots, "sensitivity_level": memory.sensitivity, "live_slot": model.slot_of(memory)}


def _memory(row: Row[Any], said: tuple[MemorySource, ...]) -> Memory:
    return Memory(
        id=MemoryId(row.id),
        owner=OwnerId(row.user_id),
        slots=Slots(*(getattr(row, name) for name in Slots.__struct_fields__)),
        sensitivity=row.sensitivity_level,
        sources=said,
        **{name: getattr(row, name) for name in _PLAIN},
    )
