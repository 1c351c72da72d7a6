"""The use cases of language models."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import date
from time import perf_counter
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import Row

from smartflow.client.llm import AnswerRequest, CallRecord, DegradedPiece, Done, ModelUnavailable, Piece, Role, UsageReport
from smartflow.services.llm import model as models
from smartflow.services.llm import repository
from smartflow.services.llm.asking import Asking, Making
from smartflow.services.llm.budget import Budget
from smartflow.services.llm.model import Model, Pot, Purpose
from smartflow.services.llm.offline import Brain
from smartflow.services.llm.provider.failure import Failure
from smartflow.services.llm.repository import Month
from smartflow.services.llm.settings import LlmSettings
from smartflow.services.llm.tally import Tally
from smartflow.shared.database.database import Database
from smartflow.shared.kernel.call import Call
from smartflow.shared.process.logs import logger
from smartflow.shared.process.telemetry import Metrics

_BY_RULES = DegradedPiece("offline")


class LlmService:
    """One exit to language models. Serves `client.llm.LlmClient`."""

    def __init__(self, database: Database, asking: Asking, brain: Brain, settings: LlmSettings, *, metrics: Metrics) -> None:
        self._database = database
        self._asking = asking
        self._brain = brain
        self._settings = settings
        self._metrics = metrics
        self._budget = Budget(database, settings)
        self._log = logger("llm")

    async def answer(self, call: Call, request: AnswerRequest) -> AsyncGenerator[Piece, None]:
        """Stream one answer; its last piece is `Done`. The call says who pays and until when.

        Raises:
            BudgetExceeded: Before anything is sent to the model that the budget does not cover.
            ModelUnavailable: Nobody answers.
            UnusableAnswer: What came cannot be made valid.
        """
        chain = models.chain(self._settings.models, request.role)
        with Tally(self._metrics, request.role, request.scene) as tally:
            if not chain or self._is_sure(request):
                self._allow_rules(sure=bool(chain))
                for piece in self._brain.answer(request):
                    yield piece
                return
            tally.outcome = "answered"
            making = Making(request, self._budget.tab(call, Purpose.of(request), request.bounds.cost), call.deadline)
            try:
                async with aclosing(self._by_models(call, chain, making)) as pieces:
                    async for piece in pieces:
                        if piece == _BY_RULES:
                            tally.outcome = "fell_back"
                        yield piece
            finally:
                tally.settled(await making.tab.settle())

    async def embed(self, call: Call, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Embed texts by the configured endpoint.

        Raises:
            BudgetExceeded: Before anything is sent.
            ModelUnavailable: None is configured, or it does not answer.
        """
        model = models.embedder(self._settings)
        if model is None:
            raise ModelUnavailable
        tab = self._budget.tab(call, Purpose(self._asking.new_id(), "embedding", "embedding"))
        with Tally(self._metrics, "embedding", "embedding") as tally:
            tally.outcome = "answered"
            try:
                found = await self._asking.embed(model, texts, tab, call.deadline)
            except Failure as failure:
                self._note(call, model, failure)
                raise ModelUnavailable from failure
            finally:
                tally.settled(await tab.settle())
        return tuple(tuple(vector) for vector in found)

    async def window(self, call: Call, role: Role) -> int | None:
        """Tell how many tokens the model that is asked in a role takes, its answer included; None: rules answer there."""
        del call
        return next((model.at.window for model in models.chain(self._settings.models, role)), None)

    async def usage(self, call: Call, month: date) -> UsageReport:
        """Report what the owner used in the month of a date."""
        first = models.first_of_month(month)
        begin, end = models.begins(first, call.zone), models.begins(models.next_month(first), call.zone)
        async with self._database.read() as reader:
            found = await repository.months(reader, call.owner, begin, end)
            today = Pot("day", models.local_day(reader.now, call.zone))
            spent = await repository.spent(reader, call.owner, today)
        budgets = self._settings.budgets
        return replace(_report(found, self._settings.currency), day_spent=spent, day_budget=budgets.day, month_budget=budgets.month)

    async def calls(self, call: Call) -> AsyncGenerator[CallRecord, None]:
        """Give every line of the owner's bill, by time."""
        last: Row[Any] | None = None
        while True:
            async with self._database.read() as reader:
                rows = await repository.closed(reader, call.owner, last)
            for row in rows:
                yield _line(row, self._settings.currency)
            if not rows:
                return
            last = rows[-1]

    async def forget_conversation(self, call: Call, conversation: UUID) -> None:
        """Take a conversation's id off the owner's bills."""
        async with self._database.work(call) as unit:
            await repository.forget_conversation(unit, call.owner, conversation)
            unit.answer(None)

    async def ready(self) -> None:
        """Load what models are asked with, if there is one."""
        if models.chain(self._settings.models, "max") or models.embedder(self._settings):
            await self._asking.ready()

    async def close(self) -> None:
        """Finish the bookings in hand, and let go of all connections."""
        await self._budget.close()
        await self._asking.close()

    async def _by_models(self, call: Call, chain: Sequence[Model], making: Making) -> AsyncGenerator[Piece, None]:
        began = perf_counter()
        for position, model in enumerate(chain):
            if position:
                yield DegradedPiece(model.role)
            try:
                async with aclosing(self._asking.ask(model, making)) as pieces:
                    async for piece in pieces:
                        yield self._brain.weighed(making.request, piece)
            except Failure as failure:
                self._note(call, model, failure)
                continue
            done = Done(await making.tab.settle(), model.at.model, making.finish)
            self._tell(call, making.request, done, perf_counter() - began)
            yield done
            return
        self._allow_rules(sure=False)
        yield _BY_RULES
        usage = await making.tab.settle()
        for piece in self._brain.answer(replace(making.request, beginning=making.shown)):
            yield replace(piece, usage=usage) if isinstance(piece, Done) else piece

    def _is_sure(self, request: AnswerRequest) -> bool:
        # A plain yes or no is read by rules whatever the settings say: it is consent.
        fast = self._settings.fast_path == "on" or request.scene == "confirmation_words"
        return fast and self._brain.takes(request)

    def _allow_rules(self, *, sure: bool) -> None:
        if self._settings.offline == "off" and not sure:
            raise ModelUnavailable

    def _note(self, call: Call, model: Model, failure: Failure) -> None:
        self._metrics.model_failures.labels(model.role, failure.kind).inc()
        self._log.warning("llm.failed", request_id=call.request_id, model=model.at.model, why=failure.kind, status=failure.status)

    def _tell(self, call: Call, request: AnswerRequest, done: Done, seconds: float) -> None:
        used = done.usage
        tokens = {"prompt_tokens": used.prompt_tokens, "completion_tokens": used.completion_tokens, "estimated": used.estimated}
        about = {"request_id": call.request_id, "scene": request.scene, "model": done.model, "finish": done.finish}
        self._log.info("llm.answered", **about, **tokens, ms=round(seconds * 1000, 2))


def _line(row: Row[Any], currency: str) -> CallRecord:
    usage = models.usage_of(repository.tokens_of(row), row.cost, currency, priced=row.priced)
    where = {"conversation": row.conversation_id, "run": row.run_id}
    return CallRecord(row.request_id, row.scene, row.role, row.model, row.begun, row.ended, usage, row.state == "lost", **where)


def _report(found: Sequence[Month], currency: str) -> UsageReport:
    used = tuple(each.usage for each in found)
    return UsageReport(
        currency=currency,
        cost=sum((each.cost for each in used), models.FREE),
        calls=sum(each.calls for each in used),
        unpriced_calls=sum(each.unpriced for each in found),
        estimated_calls=sum(each.estimated for each in found),
        models=used,
        day_spent=models.FREE,
    )
