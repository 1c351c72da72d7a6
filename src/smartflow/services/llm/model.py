"""Models, tokens and what they cost: pure decisions."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.llm import AnswerRequest, Role, Usage
from smartflow.services.llm.settings import LlmSettings, ModelSettings, ModelsSettings, Switch

SMALLEST = Decimal("1E-9")
"""The unit of all books, in the currency of the prices: one token of a model at 0.001 a million."""
FREE = Decimal(0)
LARGEST = Decimal(1_000_000)
LONGEST_NAME = 255
_MILLION = Decimal(1_000_000)
_ORDER: tuple[Role, ...] = ("max", "pro", "lite")
Place: TypeAlias = tuple[str, str]
Kind = Literal["day", "month"]


class Tokens(Struct, frozen=True):
    """Tokens by kind: cached ones are among those of the prompt, reasoning among those of the completion."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    reasoning: int = 0
    estimated: bool = False

    def __add__(self, other: "Tokens") -> "Tokens":
        kinds = (self.prompt + other.prompt, self.cached + other.cached, self.completion + other.completion)
        return Tokens(*kinds, self.reasoning + other.reasoning, self.estimated or other.estimated)


def usage_of(tokens: Tokens, cost: Decimal, currency: str, *, priced: bool) -> Usage:
    """Say what was used, as others may know it."""
    kinds = (tokens.prompt, tokens.cached, tokens.completion, tokens.reasoning)
    return Usage(*kinds, cost=cost, currency=currency, priced=priced, estimated=tokens.estimated)


class Model(Struct, frozen=True):
    """A configured model, in the role that it has."""

    role: Role
    at: ModelSettings

    @property
    def place(self) -> Place:
        """Where it is, and what it is called there: what is known of it is known under this."""
        return self.at.base_url, self.at.model

    @property
    def is_priced(self) -> bool:
        """Whether it is known what it costs."""
        return self.at.prices.input is not None and self.at.prices.output is not None

    def cost(self, tokens: Tokens) -> Decimal:
        """Say what tokens cost, rounded up to the smallest unit; without a price nothing."""
        prices = self.at.prices
        if prices.input is None or prices.output is None:
            return FREE
        cached = prices.input if prices.cached is None else prices.cached
        whole = (tokens.prompt - tokens.cached) * prices.input + tokens.cached * cached + tokens.completion * prices.output
        return (whole / _MILLION).quantize(SMALLEST, ROUND_CEILING)

    def room(self, prompt: int, wanted: int) -> int:
        """Say how many tokens an answer may have: what is wanted, as far as the window goes."""
        return max(1, min(wanted, self.at.window - prompt))


class Purpose(Struct, frozen=True):
    """What a call is for: a line of the bill."""

    request_id: UUID
    scene: str
    role: str
    conversation: UUID | None = None
    run: UUID | None = None

    @classmethod
    def of(cls, request: AnswerRequest) -> "Purpose":
        """Say what a request is for."""
        return cls(request.request_id, request.scene, request.role, request.conversation, request.run)


class Pot(Struct, frozen=True):
    """A day or a month of somebody, by its first day, and what may be spent in it."""

    kind: Kind
    starts: date
    limit: Decimal | None = None


def is_there(at: ModelSettings) -> bool:
    """Whether a model is configured."""
    return bool(at.base_url and at.model)


def chain(models: ModelsSettings, role: Role) -> tuple[Model, ...]:
    """List the models to be asked for a role, in their order: its own, then those of the lower roles; each once."""
    found: dict[Place, Model] = {}
    for each in _ORDER[_ORDER.index(role) :]:
        model = Model(each, getattr(models, each))
        if is_there(model.at):
            found.setdefault(model.place, model)
    return tuple(found.values())


def embedder(settings: LlmSettings) -> Model | None:
    """Find what embeds texts, if anything does; it has no output that could cost."""
    at = settings.embeddings
    return Model("lite", replace(at, prices=replace(at.prices, output=at.prices.output or FREE))) if is_there(at) else None


def faults(settings: LlmSettings) -> Iterator[str]:
    """Say what keeps settings from being used."""
    for role in _ORDER:
        at = getattr(settings.models, role)
        yield from _faults_of(f"llm.models.{role}", at, settings.require_price, (at.prices.input, at.prices.output))
    yield from _faults_of("llm.embeddings", settings.embeddings, settings.require_price, (settings.embeddings.prices.input,))
    for kind, limit in (("day", settings.budgets.day), ("month", settings.budgets.month)):
        if not _is_amount(limit):
            yield f"llm.budgets.{kind}: a budget is a number from 0 to {LARGEST}"


def _faults_of(name: str, at: ModelSettings, require_price: Switch, needed: tuple[Decimal | None, ...]) -> Iterator[str]:
    if bool(at.base_url) != bool(at.model):
        yield f"{name}: base_url and model belong together"
    if len(at.model) > LONGEST_NAME:
        yield f"{name}.model: at most {LONGEST_NAME} characters"
    if at.window < 1:
        yield f"{name}.window: there is no such window"
    if not all(map(_is_amount, (at.prices.input, at.prices.cached, at.prices.output))):
        yield f"{name}.prices: a price is a number from 0 to {LARGEST}"
    if require_price == "on" and is_there(at) and None in needed:
        yield f"{name}: it has no price, and llm.require_price is on"


def _is_amount(amount: Decimal | None) -> bool:
    return amount is None or (amount.is_finite() and 0 <= amount <= LARGEST)


def local_day(now: datetime, zone: str) -> date:
    """Say what day it is somewhere."""
    return now.astimezone(ZoneInfo(zone)).date()


def first_of_month(day: date) -> date:
    """Give the first day of a day's month."""
    return day.replace(day=1)


def next_day(day: date) -> date:
    """Give the day after a day."""
    return day + timedelta(days=1)


def next_month(day: date) -> date:
    """Give the first day of the month after a day's."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def begins(day: date, zone: str) -> datetime:
    """Say when a day begins somewhere."""
    return datetime.combine(day, time(), ZoneInfo(zone))
