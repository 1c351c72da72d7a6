"""What an operator may see and do: where every event is, and what becomes of those that failed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, Table, func, select, update

from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.events.tables import inbox, operations, outbox


class Waiting(Struct, frozen=True):
    """How many events are in one state, and the age of the oldest that is not over."""

    where: str
    of: str
    state: str
    count: int
    oldest: datetime | None


class Seen(Struct, frozen=True):
    """One event at one place: in its publisher's outbox, or in a subscriber's inbox."""

    event_id: UUID
    where: str
    of: str
    kind: str
    user_id: int
    state: str
    attempts: int
    occurred_at: datetime
    next_attempt_at: datetime | None = None
    last_error: str | None = None


class NoSuchEvent(LookupError):  # noqa: N818 - said to the operator as it is
    """Nothing of that id is in the state that the operation wants."""


async def status(reader: Read) -> list[Waiting]:
    """Count the events by place and state."""
    sent = _counted(outbox.c.publisher, outbox)
    handled = _counted(inbox.c.subscriber, inbox)
    return [_waiting("outbox", row) for row in await reader.all(sent)] + [_waiting("inbox", row) for row in await reader.all(handled)]


async def listed(reader: Read, state: str, limit: int) -> list[Seen]:
    """List the events in a state, the oldest first."""
    pending = select(outbox).where(outbox.c.state == state).order_by(outbox.c.id).limit(limit)
    parked = select(inbox).where(inbox.c.state == state).order_by(inbox.c.position).limit(limit)
    return [*await _in_outbox(reader, pending), *await _in_inbox(reader, parked)][:limit]


async def show(reader: Read, event_id: UUID) -> list[Seen]:
    """Find an event wherever it is.

    Raises:
        NoSuchEvent: It is nowhere, or was purged.
    """
    found = [
        *await _in_outbox(reader, select(outbox).where(outbox.c.event_id == event_id)),
        *await _in_inbox(reader, select(inbox).where(inbox.c.event_id == event_id)),
    ]
    if not found:
        raise NoSuchEvent(str(event_id))
    return found


async def replay(unit: Unit, event_id: UUID) -> int:
    """Give an event that was given up its tries back; gives the number of subscribers that will try again.

    Raises:
        NoSuchEvent: No subscriber has given it up.
    """
    again = {"state": "retry", "attempts": 0, "next_attempt_at": unit.now, "lease": None}
    dead = (inbox.c.event_id == event_id) & (inbox.c.state == "dead")
    return await _recorded(unit, event_id, "replay", None, await unit.run(update(inbox).where(dead).values(**again)))


async def skip(unit: Unit, event_id: UUID, why: str) -> int:
    """Let an event that is stuck count as handled; gives the number of subscribers that skip it.

    Raises:
        NoSuchEvent: No subscriber is stuck with it.
    """
    over = {"state": "done", "payload": None, "done_at": unit.now, "next_attempt_at": None, "lease": None}
    stuck = (inbox.c.event_id == event_id) & inbox.c.state.in_(("retry", "work", "dead"))
    return await _recorded(unit, event_id, "skip", why, await unit.run(update(inbox).where(stuck).values(**over)))


async def _recorded(unit: Unit, event_id: UUID, what: str, why: str | None, touched: int) -> int:
    if not touched:
        raise NoSuchEvent(str(event_id))
    await unit.insert(operations, {"event_id": event_id, "what": what, "why": why, "at": unit.now})
    return touched


async def _in_outbox(reader: Read, query: Select[Any]) -> list[Seen]:
    return [_seen("outbox", row.publisher, row) for row in await reader.all(query)]


async def _in_inbox(reader: Read, query: Select[Any]) -> list[Seen]:
    return [_seen("inbox", row.subscriber, row) for row in await reader.all(query)]


def _waiting(where: str, row: Row[Any]) -> Waiting:
    of, state, count, oldest = list(row)
    return Waiting(where, of, state, count, None if state in {"sent", "done"} else oldest)


def _counted(of: ColumnElement[str], table: Table) -> Select[Any]:
    return select(of, table.c.state, func.count(), func.min(table.c.occurred_at)).group_by(of, table.c.state)


def _seen(where: str, of: str, row: Row[Any]) -> Seen:
    due = row.next_attempt_at if where == "inbox" else None
    return Seen(row.event_id, where, of, row.kind, row.user_id, row.state, row.attempts, row.occurred_at, due, row.last_error)
