"""`/api/v1/user/usage`: what language models took, and what the budgets leave."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from smartflow.client.llm import LlmClient, UsageReport
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import local
from smartflow.gateway.route import READ, Table, get, table
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import Clock

Month = Annotated[str, Meta(pattern="^2[0-9]{3}-(0[1-9]|1[0-2])$", examples=["2026-09"])]


class UsageQuery(Struct, frozen=True):
    """Which month; none: this one."""

    month: Month | None = None


class ModelForm(Struct, frozen=True):
    """What one model took."""

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float


class UsageForm(Struct, frozen=True):
    """What a month came to, in the currency of the prices; of a call without a price nobody knows what it cost."""

    currency: str
    cost: float
    calls: int
    unpriced_calls: int
    estimated_calls: int
    models: list[ModelForm]
    day_spent: float
    day_budget: float | None
    month_budget: float | None

    @classmethod
    def of(cls, report: UsageReport) -> "UsageForm":
        """Show a report."""
        return cls(
            currency=report.currency,
            cost=float(report.cost),
            calls=report.calls,
            unpriced_calls=report.unpriced_calls,
            estimated_calls=report.estimated_calls,
            models=[ModelForm(each.model, each.calls, each.input_tokens, each.output_tokens, float(each.cost)) for each in report.models],
            day_spent=float(report.day_spent),
            day_budget=_number(report.day_budget),
            month_budget=_number(report.month_budget),
        )


class UsageRoutes:
    """What language models took."""

    def __init__(self, llm: LlmClient, clock: Clock) -> None:
        self._llm = llm
        self._clock = clock

    def routes(self) -> Table:
        """The table: method, path, what stands before it."""
        return table("user", "/user", [get("/usage", self.usage, READ)])

    async def usage(self, call: Call, query: UsageQuery) -> Ok[UsageForm]:
        """Report what language models took in a month, and what may still be spent."""
        today = local(self._clock.now(), call.zone).date()
        month = today if query.month is None else date.fromisoformat(f"{query.month}-01")
        return Ok(UsageForm.of(await self._llm.usage(call, month)))


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
