"""The bill: reserve before anything is sent, settle what was used, each in a unit of its own."""

import asyncio
from asyncio import Task
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row

from smartflow.client.llm import BudgetExceeded, Usage, UsageRecorded
from smartflow.services.llm import repository
from smartflow.services.llm.model import (
    FREE,
    Model,
    Pot,
    Purpose,
    Tokens,
    begins,
    first_of_month,
    local_day,
    next_day,
    next_month,
    usage_of,
)
from smartflow.services.llm.repository import Closing, Opened, Ticket, pots_of
from smartflow.services.llm.settings import LlmSettings
from smartflow.shared.calls.local import run_again
from smartflow.shared.database.database import Database
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import Unavailable
from smartflow.shared.process.logs import logger


class Taken(Struct, frozen=True):
    """What an answer has come to so far, over all its calls."""

    model: str
    tokens: Tokens
    cost: Decimal
    priced: bool


class Budget:
    """Holds everybody to their budgets of the day and the month."""

    def __init__(self, database: Database, settings: LlmSettings) -> None:
        self.currency = settings.currency
        self._database = database
        self._limits: Sequence[Decimal | None] = (settings.budgets.day, settings.budgets.month)
        self._settling: set[Task[None]] = set()
        self._log = logger("llm")

    def tab(self, call: Call, purpose: Purpose, cap: Decimal | None = None) -> "Tab":
        """Begin the bill of one answer; `cap` is what it may cost at most, whatever the budgets say."""
        # The key is that of another effect, the caller's: here every step stands for itself.
        return Tab(self, replace(call, key=None, fingerprint=None), purpose, cap)

    async def reserve(self, call: Call, purpose: Purpose, wanted: Opened) -> Ticket:
        """Put money by for a call, in a unit of its own.

        Raises:
            BudgetExceeded: The budget of the day or the month does not cover it.
            AccountGone: The owner is erased.
        """
        return await run_again(partial(self._reserve, call, purpose, wanted))

    async def extend(self, call: Call, ticket: Ticket, more: Opened) -> None:
        """Put more money by for a call, in a unit of its own.

        Raises:
            BudgetExceeded: The budget of the day or the month does not cover it.
            AccountGone: The owner is erased.
            Unavailable: The call was given up as lost.
        """
        await run_again(partial(self._extend, call, ticket, more))

    async def settle(self, call: Call, ticket: Ticket, taken: Taken | None) -> None:
        """Book what a call came to, free the rest and tell it; one of which nothing was taken leaves no trace."""
        # In a task and a context of its own: whoever leaves the stream, or holds a unit, does not stop the booking.
        settling = asyncio.create_task(self._settle_or_tell(call, ticket, taken), context=Context())
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)
        await asyncio.shield(settling)

    async def close(self) -> None:
        """Finish the bookings in hand."""
        if self._settling:
            await asyncio.wait(list(self._settling))

    async def _reserve(self, call: Call, purpose: Purpose, wanted: Opened) -> Ticket:
        async with self._database.work(call) as unit:
            opened = replace(wanted, day=local_day(unit.now, call.zone))
            await self._put_by(unit, call, opened.day, wanted.reserved)
            return await repository.open_call(unit, call.owner, purpose, opened)

    async def _extend(self, call: Call, ticket: Ticket, more: Opened) -> None:
        async with self._database.work(call) as unit:
            row = await repository.take_open(unit, call.owner, ticket)
            if row is None:
                raise Unavailable  # given up as lost: it took longer than any answer may
            await self._put_by(unit, call, row.day, more.reserved)
            await repository.extend_call(unit, call.owner, ticket, more)

    async def _put_by(self, unit: Unit, call: Call, day: date, amount: Decimal) -> None:
        for pot in pots_of(day, self._limits):
            if not await repository.put_by(unit, call.owner, pot, amount):
                raise BudgetExceeded(retry_after=_seconds_left(pot, unit.now, call.zone))

    async def _settle_or_tell(self, call: Call, ticket: Ticket, taken: Taken | None) -> None:
        try:
            await run_again(partial(self._settle, call, ticket, taken))
        except Exception:  # noqa: BLE001 - the answer stands; what has no end is booked in full by the sweep
            self._log.exception("llm.unsettled", request_id=call.request_id)

    async def _settle(self, call: Call, ticket: Ticket, taken: Taken | None) -> None:
        with suppress(AccountGone):  # the row went with its owner
            async with self._database.work(call) as unit:
                row = await repository.take_open(unit, call.owner, ticket)
                if row is None:
                    return
                if taken is None:
                    await repository.drop_call(unit, call.owner, row)
                    return
                await repository.close_call(unit, call.owner, row, Closing(taken.model, taken.cost, taken.priced, taken.tokens))
                usage = usage_of(taken.tokens, taken.cost, self.currency, priced=taken.priced)
                unit.publish(recorded(call.owner, row, taken.model, usage))


class Tab:
    """The bill of one answer, which may take several calls: covered before each, settled once."""

    def __init__(self, budget: Budget, call: Call, purpose: Purpose, cap: Decimal | None) -> None:
        self._budget = budget
        self._call = call
        self._purpose = purpose
        self._cap = cap
        self._ticket: Ticket | None = None
        self._reserved = FREE
        self._taken: Taken | None = None
        self._settled = False

    async def cover(self, model: Model, prompt: int, output: int) -> None:
        """Make sure that the budgets hold for one more call, with its whole output.

        Raises:
            BudgetExceeded: They do not, or the answer's own cap does not.
        """
        full = Tokens(prompt, completion=output, estimated=True)
        before = self._taken
        needed = model.cost(full) + (before.cost if before else FREE)
        if self._cap is not None and needed > self._cap:
            raise BudgetExceeded
        more = max(needed - self._reserved, FREE)
        tokens = before.tokens + full if before else full
        wanted = Opened(date.min, model.at.model, model.is_priced, more, tokens)
        if self._ticket is None:
            self._ticket = await self._budget.reserve(self._call, self._purpose, wanted)
        elif more:
            await self._budget.extend(self._call, self._ticket, wanted)
        self._reserved += more

    def book(self, model: Model, tokens: Tokens) -> None:
        """Note what a call took."""
        before = self._taken or Taken(model.at.model, Tokens(), FREE, priced=True)
        cost, priced = before.cost + model.cost(tokens), before.priced and model.is_priced
        self._taken = Taken(model.at.model, before.tokens + tokens, cost, priced)

    async def settle(self) -> Usage:
        """Settle, once; gives what the answer used."""
        if not self._settled and self._ticket is not None:
            self._settled = True
            await self._budget.settle(self._call, self._ticket, self._taken)
        taken = self._taken or Taken("", Tokens(), FREE, priced=True)
        return usage_of(taken.tokens, taken.cost, self._budget.currency, priced=taken.priced)


def recorded(owner: OwnerId, row: Row[Any], model: str, usage: Usage) -> UsageRecorded:
    """Tell what a call used; its conversation is forgotten by then, if that was deleted."""
    return UsageRecorded(owner, row.request_id, row.scene, row.conversation_id, row.run_id, model, usage)


def _seconds_left(pot: Pot, now: datetime, zone: str) -> int:
    """Say in how many seconds a pot is a new one."""
    today = local_day(now, zone)
    end = next_day(today) if pot.kind == "day" else next_month(first_of_month(today))
    return max(1, int((begins(end, zone) - now).total_seconds()))
