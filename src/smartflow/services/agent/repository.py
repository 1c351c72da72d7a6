"""Conversations, runs, rows and interactions; every function is scoped by owner."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, and_, delete, func, or_, select, update

from smartflow.client.agent.log import INNER, KEPT, Kind, LogRow
from smartflow.services.agent.tables import conversations, interactions, log, metadata, runs, snapshots
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.codec import from_json, to_json
from smartflow.shared.kernel.ids import OwnerId

_LAST = 20


class Line(Struct, frozen=True):
    """A row to be written; `joins` continues the text of an earlier row and shares its seq."""

    kind: Kind
    payload: dict[str, Any]
    block: str = ""
    stage: str = ""
    joins: int | None = None


async def conversation(reader: Read, owner: OwnerId, conversation_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """Load a conversation's row."""
    query = select(conversations).where(conversations.c.user_id == owner, conversations.c.id == conversation_id)
    return await reader.first(query.with_for_update() if lock else query)


async def begin_conversation(unit: Unit, owner: OwnerId, conversation_id: UUID, title: str) -> None:
    """Insert a conversation."""
    row = {"id": conversation_id, "user_id": owner, "title": title, "status": "active", "next_pos": 1, "next_seq": 1, "messages": 0}
    await unit.run(conversations.insert(), {**row, "created_at": unit.now, "updated_at": unit.now})


async def set_conversation(unit: Unit, owner: OwnerId, conversation_id: UUID, **values: object) -> None:
    """Change a conversation's row."""
    mine = and_(conversations.c.user_id == owner, conversations.c.id == conversation_id)
    await unit.run(update(conversations).where(mine).values(**values))


async def append(unit: Unit, owner: OwnerId, run: Row[Any], lines: Sequence[Line]) -> list[LogRow]:
    """Write rows at the end of a conversation, with their positions; gives them as they are now, none if the run is over."""
    found = await conversation(unit, owner, run.conversation_id, lock=True)
    if found is None or found.active_run_id != run.id:
        return []
    pos, seq, written = found.next_pos, found.next_seq, list[LogRow]()
    for line in lines:
        mine = line.joins
        if mine is None and line.kind in KEPT:
            mine, seq = seq, seq + 1
        written.append(LogRow(run.conversation_id, run.id, pos, line.kind, line.payload, unit.now, mine, line.block, line.stage))
        pos += 1
    await unit.bulk(log, [_values(owner, row) for row in written])
    await set_conversation(unit, owner, run.conversation_id, next_pos=pos, next_seq=seq)
    return written


async def rows(reader: Read, owner: OwnerId, conversation_id: UUID, *, after: int = 0, run: UUID | None = None) -> list[LogRow]:
    """Load rows of a conversation after a position, of one run if it is named."""
    mine = and_(log.c.user_id == owner, log.c.conversation_id == conversation_id, log.c.pos > after)
    if run is not None:
        mine = and_(mine, log.c.run_id == run, log.c.kind.not_in(INNER))
    return [_row(row) for row in await reader.all(select(log).where(mine).order_by(log.c.pos))]


async def meant(reader: Read, owner: OwnerId, conversation_id: UUID, run: UUID, *, after: int) -> list[LogRow]:
    """Load what a run goes on from: of the runs before it only what was said and done, without what was shown of that."""
    mine = and_(log.c.user_id == owner, log.c.conversation_id == conversation_id, log.c.pos > after)
    rows = or_(log.c.kind.in_(INNER), log.c.run_id == run)
    return [_row(row) for row in await reader.all(select(log).where(mine, rows).order_by(log.c.pos))]


async def kept(reader: Read, owner: OwnerId, conversation_id: UUID, *, after: int) -> list[LogRow]:
    """Load what the timeline keeps, by seq and position."""
    mine = and_(log.c.user_id == owner, log.c.conversation_id == conversation_id, log.c.seq > after)
    return [_row(row) for row in await reader.all(select(log).where(mine).order_by(log.c.seq, log.c.pos))]


async def last_said(reader: Read, owner: OwnerId, conversation_id: UUID) -> list[LogRow]:
    """Load the last texts of the assistant, in order."""
    mine = and_(log.c.user_id == owner, log.c.conversation_id == conversation_id, log.c.kind == "assistant_text")
    return [_row(row) for row in reversed(await reader.all(select(log).where(mine).order_by(log.c.pos.desc()).limit(_LAST)))]


async def last_heard(reader: Read, owner: OwnerId, conversation_id: UUID) -> LogRow | None:
    """Load what the person said last."""
    mine = and_(log.c.user_id == owner, log.c.conversation_id == conversation_id, log.c.kind == "user_text")
    row = await reader.first(select(log).where(mine).order_by(log.c.pos.desc()).limit(1))
    return None if row is None else _row(row)


async def begin_run(unit: Unit, owner: OwnerId, run_id: UUID, conversation_id: UUID, options: dict[str, Any], *, after: int) -> None:
    """Insert a run."""
    row = {"id": run_id, "user_id": owner, "conversation_id": conversation_id, "status": "running", "options": options}
    await unit.run(runs.insert(), {**row, "cancel_asked": 0, "takeovers": 0, "after": after, "created_at": unit.now})


async def run(reader: Read, owner: OwnerId, run_id: UUID) -> Row[Any] | None:
    """Load a run's row."""
    return await reader.first(select(runs).where(runs.c.user_id == owner, runs.c.id == run_id))


async def end_run(unit: Unit, owner: OwnerId, run_id: UUID, status: str) -> bool:
    """End a run; false: it was over."""
    mine = and_(runs.c.user_id == owner, runs.c.id == run_id, runs.c.status == "running")
    return await unit.run(update(runs).where(mine).values(status=status, ended_at=unit.now)) > 0


async def set_run(unit: Unit, owner: OwnerId, run_id: UUID, **values: object) -> None:
    """Change a run's row."""
    await unit.run(update(runs).where(runs.c.user_id == owner, runs.c.id == run_id).values(**values))


async def unended(reader: Read, owner: OwnerId) -> list[UUID]:
    """List a person's runs that are not over."""
    return [row.id for row in await reader.all(select(runs.c.id).where(runs.c.user_id == owner, runs.c.status == "running"))]


async def snapshot(reader: Read, owner: OwnerId, conversation_id: UUID) -> Row[Any] | None:
    """Load a conversation's checkpoint."""
    return await reader.first(select(snapshots).where(snapshots.c.user_id == owner, snapshots.c.conversation_id == conversation_id))


async def retitle(unit: Unit, owner: OwnerId, conversation_id: UUID, *, before: str, title: str) -> None:
    """Give a conversation another title, if it still has the one that it had."""
    mine = and_(conversations.c.user_id == owner, conversations.c.id == conversation_id, conversations.c.title == before)
    await unit.run(update(conversations).where(mine).values(title=title))


async def open_interaction(reader: Read, owner: OwnerId, conversation_id: UUID) -> Row[Any] | None:
    """Load the interaction that waits for the person, if one does and its time is not over."""
    mine = and_(interactions.c.user_id == owner, interactions.c.conversation_id == conversation_id, interactions.c.status == "open")
    return await reader.first(select(interactions).where(mine, interactions.c.expires_at > reader.now))


async def interaction(reader: Read, owner: OwnerId, interaction_id: UUID) -> Row[Any] | None:
    """Load an interaction."""
    return await reader.first(select(interactions).where(interactions.c.user_id == owner, interactions.c.id == interaction_id))


async def asked(reader: Read, owner: OwnerId, conversation_id: UUID) -> Sequence[Row[Any]]:
    """Load every interaction of a conversation, in order."""
    mine = and_(interactions.c.user_id == owner, interactions.c.conversation_id == conversation_id)
    return await reader.all(select(interactions).where(mine).order_by(interactions.c.created_at, interactions.c.id))


async def ask(unit: Unit, owner: OwnerId, row: dict[str, Any]) -> None:
    """Open an interaction; one that is open is closed by it."""
    mine = and_(interactions.c.user_id == owner, interactions.c.conversation_id == row["conversation_id"], interactions.c.status == "open")
    await unit.run(update(interactions).where(mine).values(status="closed"))
    await unit.run(interactions.insert(), {**row, "user_id": owner, "status": "open", "created_at": unit.now})


async def settle(unit: Unit, owner: OwnerId, interaction_id: UUID, answer: dict[str, Any]) -> None:
    """Note the answer to an interaction."""
    mine = and_(interactions.c.user_id == owner, interactions.c.id == interaction_id)
    await unit.run(update(interactions).where(mine).values(status="answered", answer=answer))


async def listed(
    reader: Read, owner: OwnerId, *, skip: int, limit: int, status: str | None, text: str | None
) -> tuple[Sequence[Row[Any]], int]:
    """Load conversations, the latest first, and how many there are."""
    mine = conversations.c.user_id == owner
    if status is not None:
        mine = and_(mine, conversations.c.status == status)
    if text:
        needle = to_json(text).decode()[1:-1]
        words = and_(log.c.kind.in_(("user_text", "assistant_text")), log.c.payload.contains(needle, autoescape=True))
        said = select(log.c.conversation_id).where(log.c.user_id == owner, words)
        mine = and_(mine, conversations.c.title.contains(text, autoescape=True) | conversations.c.id.in_(said))
    total = int(await reader.value(select(func.count()).select_from(conversations).where(mine)))
    order = (conversations.c.last_message_at.desc(), conversations.c.id)
    return await reader.all(select(conversations).where(mine).order_by(*order).offset(skip).limit(limit)), total


async def erase_conversation(unit: Unit, owner: OwnerId, conversation_id: UUID) -> None:
    """Delete a conversation with all that is in it."""
    for table in metadata.sorted_tables:
        key = table.c.id if table is conversations else table.c.conversation_id
        await unit.run(delete(table).where(table.c.user_id == owner, key == conversation_id))


async def erase(unit: Unit, owner: OwnerId) -> None:
    """Delete everything of a person."""
    for table in metadata.sorted_tables:
        await unit.run(delete(table).where(table.c.user_id == owner))


def _values(owner: OwnerId, row: LogRow) -> dict[str, Any]:
    return {
        "conversation_id": row.conversation,
        "pos": row.pos,
        "user_id": owner,
        "run_id": row.run,
        "seq": row.seq,
        "kind": row.kind,
        "block": row.block,
        "stage": row.stage,
        "payload": to_json(row.payload).decode(),
        "created_at": row.created_at,
    }


def _row(row: Row[Any]) -> LogRow:
    payload = from_json(row.payload, dict[str, Any])
    at: datetime = row.created_at
    return LogRow(row.conversation_id, row.run_id, row.pos, row.kind, payload, at, row.seq, row.block, row.stage)
