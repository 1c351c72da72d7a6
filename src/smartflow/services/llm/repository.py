"""Calls and budgets as rows; every function is scoped by owner."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, case, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from smartflow.client.llm import ModelUsage
from smartflow.services.llm.model import FREE, Pot, Purpose, Tokens, first_of_month
from smartflow.services.llm.tables import Money, budgets, calls
from smartflow.shared.database.engine import Rerun
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import OwnerId

CLOSED = ("settled", "lost")
_PORTION = 500


class Ticket(Struct, frozen=True):
    """A reservation, by the request and how often that was made."""

    request_id: UUID
    attempt: int


class Opened(Struct, frozen=True):
    """What is reserved for a call: on which day, of which model, and in full."""

    day: date
    model: str
    priced: bool
    reserved: Decimal
    tokens: Tokens


class Closing(Struct, frozen=True):
    """What became of a call."""

    model: str
    cost: Decimal
    priced: bool
    tokens: Tokens


class Month(Struct, frozen=True):
    """What one month's calls of a model came to."""

    usage: ModelUsage
    unpriced: int
    estimated: int


async def put_by(unit: Unit, owner: OwnerId, pot: Pot, amount: Decimal) -> bool:
    """Reserve an amount in a pot, if its limit allows; gives whether it does. What costs nothing always fits.

    Raises:
        Rerun: Another first call of the day came in between.
    """
    mine = _pot(owner, pot)
    fits = () if pot.limit is None or not amount else (budgets.c.spent + budgets.c.reserved <= literal(pot.limit - amount, Money),)
    more = update(budgets).where(mine, *fits).values(reserved=budgets.c.reserved + amount, limit=pot.limit)
    if await unit.run(more):
        return True
    if (pot.limit is not None and amount > pot.limit) or await unit.first(select(budgets.c.kind).where(mine)) is not None:
        return False
    row = {"user_id": owner, "kind": pot.kind, "starts": pot.starts, "limit": pot.limit, "reserved": amount, "spent": FREE}
    try:
        await unit.run(budgets.insert(), row)
    except IntegrityError as error:
        raise Rerun from error
    return True


async def open_call(unit: Unit, owner: OwnerId, purpose: Purpose, opened: Opened) -> Ticket:
    """Write a reservation down, in full, in the unit that put the money by; gives its ticket."""
    same = and_(calls.c.user_id == owner, calls.c.request_id == purpose.request_id)
    last = await unit.value(select(func.max(calls.c.attempt)).where(same))
    ticket = Ticket(purpose.request_id, (last or 0) + 1)
    about = {"conversation_id": purpose.conversation, "run_id": purpose.run, "scene": purpose.scene, "role": purpose.role}
    state = {"state": "reserved", "day": opened.day, "begun": unit.now, "reserved": opened.reserved, "cost": FREE}
    whose = {"user_id": owner, "request_id": ticket.request_id, "attempt": ticket.attempt, "model": opened.model}
    await unit.run(calls.insert(), {**whose, **about, **state, "priced": opened.priced, **_tokens(opened.tokens)})
    return ticket


async def extend_call(unit: Unit, owner: OwnerId, ticket: Ticket, opened: Opened) -> None:
    """Write down that more is reserved for a call."""
    more = {"reserved": calls.c.reserved + opened.reserved, "model": opened.model, "priced": opened.priced, **_tokens(opened.tokens)}
    await unit.run(update(calls).where(_call(owner, ticket)).values(**more))


async def take_open(unit: Unit, owner: OwnerId, ticket: Ticket) -> Row[Any] | None:
    """Load a reservation and lock its row; None for one that has its end already, or is erased."""
    return await unit.first(select(calls).where(_call(owner, ticket), calls.c.state == "reserved").with_for_update())


async def close_call(unit: Unit, owner: OwnerId, row: Row[Any], closing: Closing) -> None:
    """Book what a reservation came to, and free what is left of it."""
    ended = {"state": "settled", "ended": unit.now, "cost": closing.cost, "model": closing.model, "priced": closing.priced}
    await unit.run(update(calls).where(_call(owner, _ticket(row))).values(**ended, **_tokens(closing.tokens)))
    await book(unit, owner, row, closing.cost)


async def drop_call(unit: Unit, owner: OwnerId, row: Row[Any]) -> None:
    """Free a reservation of which nothing was taken, as if it had not been made."""
    await unit.run(delete(calls).where(_call(owner, _ticket(row))))
    await book(unit, owner, row, FREE)


async def book(unit: Unit, owner: OwnerId, row: Row[Any], cost: Decimal) -> None:
    """Turn what a call had reserved into what it cost, in its day and its month."""
    pots = or_(*(_pot(owner, pot) for pot in pots_of(row.day)))
    done = {"reserved": budgets.c.reserved - row.reserved, "spent": budgets.c.spent + cost}
    await unit.run(update(budgets).where(pots).values(**done))


async def months(reader: Read, owner: OwnerId, begin: datetime, end: datetime) -> tuple[Month, ...]:
    """Sum up the calls that began in a stretch of time, by model."""
    query = (
        select(
            calls.c.model,
            func.count().label("calls"),
            func.sum(calls.c.prompt_tokens).label("input"),
            func.sum(calls.c.completion_tokens).label("output"),
            func.sum(calls.c.cost).label("cost"),
            func.sum(case((calls.c.priced, 0), else_=1)).label("unpriced"),
            func.sum(case((calls.c.estimated, 1), else_=0)).label("estimated"),
        )
        .where(calls.c.user_id == owner, calls.c.begun >= begin, calls.c.begun < end, calls.c.state.in_(CLOSED))
        .group_by(calls.c.model)
        .order_by(calls.c.model)
    )
    return tuple(_month(row) for row in await reader.all(query))


async def closed(reader: Read, owner: OwnerId, after: Row[Any] | None) -> Sequence[Row[Any]]:
    """Load some of the calls that came to an end, by time, those behind one of them."""
    mine, at = and_(calls.c.user_id == owner, calls.c.state.in_(CLOSED)), (calls.c.begun, calls.c.request_id, calls.c.attempt)
    if after is not None:
        seen = (literal(value, column.type) for value, column in zip((after.begun, after.request_id, after.attempt), at, strict=True))
        mine = and_(mine, tuple_(*at) > tuple_(*seen))
    return await reader.all(select(calls).where(mine).order_by(*at).limit(_PORTION))


async def spent(reader: Read, owner: OwnerId, pot: Pot) -> Decimal:
    """Say what is spent in a pot."""
    found: Decimal | None = await reader.value(select(budgets.c.spent).where(_pot(owner, pot)))
    return found or FREE


async def forget_conversation(unit: Unit, owner: OwnerId, conversation: UUID) -> None:
    """Take a conversation's id off all calls."""
    its = and_(calls.c.user_id == owner, calls.c.conversation_id == conversation)
    await unit.run(update(calls).where(its).values(conversation_id=None))


async def erase(unit: Unit, owner: OwnerId) -> None:
    """Delete every call and every budget of an owner."""
    await unit.run(delete(calls).where(calls.c.user_id == owner))
    await unit.run(delete(budgets).where(budgets.c.user_id == owner))


def tokens_of(row: Row[Any]) -> Tokens:
    """Read the tokens of a call."""
    return Tokens(row.prompt_tokens, row.cached_tokens, row.completion_tokens, row.reasoning_tokens, estimated=row.estimated)


def pots_of(day: date, limits: Sequence[Decimal | None] = (None, None)) -> tuple[Pot, Pot]:
    """Name the pots that pay for a day's call: the day's and the month's."""
    of_day, of_month = limits
    return Pot("day", day, of_day), Pot("month", first_of_month(day), of_month)


def _pot(owner: OwnerId, pot: Pot) -> ColumnElement[bool]:
    return and_(budgets.c.user_id == owner, budgets.c.kind == pot.kind, budgets.c.starts == pot.starts)


def _call(owner: OwnerId, ticket: Ticket) -> ColumnElement[bool]:
    return and_(calls.c.user_id == owner, calls.c.request_id == ticket.request_id, calls.c.attempt == ticket.attempt)


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(row.request_id, row.attempt)


def _tokens(tokens: Tokens) -> dict[str, Any]:
    return {
        "prompt_tokens": tokens.prompt,
        "cached_tokens": tokens.cached,
        "completion_tokens": tokens.completion,
        "reasoning_tokens": tokens.reasoning,
        "estimated": tokens.estimated,
    }


def _month(row: Row[Any]) -> Month:
    # Sums come as another kind of number from some engines.
    usage = ModelUsage(row.model, int(row.calls), int(row.input), int(row.output), row.cost)
    return Month(usage, int(row.unpriced), int(row.estimated))
