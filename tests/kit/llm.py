"""The exit to language models on a real database, with a model's server behind it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, create_engine, select

from smartflow.client.llm import AnswerRequest, Bounds, Done, LlmClient, Message, Now, Piece, Scene, TextPiece, UsageRecorded, User
from smartflow.services.llm import tables
from smartflow.services.llm.asking import Asking, Means
from smartflow.services.llm.offline import Brain
from smartflow.services.llm.provider.ability import Abilities
from smartflow.services.llm.provider.breaker import Breakers
from smartflow.services.llm.provider.tokens import Counter
from smartflow.services.llm.provider.wire import Wire
from smartflow.services.llm.service import LlmService
from smartflow.services.llm.settings import LlmSettings, ModelSettings, ModelsSettings, PatienceSettings, PriceSettings
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.events.tables import outbox
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import from_json
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.process.config import Secret
from tests.kit.backbone import Ground, ground
from tests.kit.ports import MONDAY, SeededEntropy
from tests.kit.silent import SilentBrain

# What the prices of these make of 100 tokens of prompt and 20 of completion, as the server counts them.
PRICES = PriceSettings(input=Decimal(10), cached=Decimal(1), output=Decimal(100))
COST = Decimal("0.003")
SHORT = PatienceSettings(connect=5.0, first=20.0, first_lite=1.0, silence=1.0, whole=20.0)
_OWNERS, _REQUESTS = itertools.count(1000), itertools.count(1)


class Exit(Struct):
    """A service, what is under it, and the pauses that it made instead of waiting."""

    llm: LlmClient
    service: LlmService
    below: Ground
    pauses: list[float]

    def someone(self) -> "Payer":
        """Meet a new person."""
        return Payer(self, Call(owner=OwnerId(next(_OWNERS)), request_id="test"))


class Payer:
    """Somebody who asks models."""

    def __init__(self, door: Exit, call: Call) -> None:
        self.door = door
        self.call = call

    async def asks(self, wanted: AnswerRequest) -> list[Piece]:
        """Ask, and take everything that comes."""
        return [each async for each in self.door.llm.answer(self.call, wanted)]

    async def calls(self) -> Sequence[Row[Any]]:
        """List the rows of the bill, in order."""
        async with self.door.below.database.read() as reader:
            mine = select(tables.calls).where(tables.calls.c.user_id == self.call.owner)
            return await reader.all(mine.order_by(tables.calls.c.begun, tables.calls.c.request_id, tables.calls.c.attempt))

    async def budget(self, kind: str = "day") -> Row[Any] | None:
        """Give the budget of the day or the month."""
        async with self.door.below.database.read() as reader:
            mine = select(tables.budgets).where(tables.budgets.c.user_id == self.call.owner, tables.budgets.c.kind == kind)
            return await reader.first(mine)

    async def told(self) -> list[UsageRecorded]:
        """List what was told of this person."""
        async with self.door.below.database.read() as reader:
            mine = select(outbox.c.payload).where(outbox.c.user_id == self.call.owner, outbox.c.kind == UsageRecorded.kind)
            return [from_json(row.payload, UsageRecorded) for row in await reader.all(mine.order_by(outbox.c.id))]


def request(*messages: Message, role: Any = "pro", scene: Scene = "execute", **more: Any) -> AnswerRequest:
    """Make a request."""
    more.setdefault("bounds", Bounds(output_tokens=100))
    said = messages or (User("What is due this week?"),)
    number = UUID(int=next(_REQUESTS))
    return AnswerRequest(request_id=number, role=role, scene=scene, messages=said, now=Now(MONDAY, "Asia/Shanghai"), **more)


def at(url: str, model: str, prices: PriceSettings = PRICES, **more: Any) -> ModelSettings:
    """Configure a model."""
    return ModelSettings(url, model, Secret("sk-secret"), prices, **more)


def three(url: str) -> ModelsSettings:
    """Configure a model for each role, on one server."""
    return ModelsSettings(at(url, "small"), at(url, "middle"), at(url, "large"))


def text_of(pieces: Sequence[Piece]) -> str:
    """Join what was said."""
    return "".join(each.text for each in pieces if isinstance(each, TextPiece))


def done_of(pieces: Sequence[Piece]) -> Done:
    """Give the end of an answer, which comes once and last."""
    ends = [each for each in pieces if isinstance(each, Done)]
    assert len(ends) == 1
    assert pieces[-1] is ends[0]
    return ends[0]


def service_on(below: Ground, settings: LlmSettings, brain: Brain | None = None, pauses: list[float] | None = None) -> LlmService:
    """Build the service; its pauses take no time, and are written down."""

    async def pause(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)
        below.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    clock, entropy = below.clock, SeededEntropy(1)
    wire = Wire(settings.patience, clock)
    means = Means(wire, Abilities(clock), Breakers(clock), Counter(), clock, entropy, settings.patience, pause)
    return LlmService(below.database, Asking(means), brain or SilentBrain(), settings, metrics=below.metrics)


@asynccontextmanager
async def exit_on(path: Path, brain: Brain | None = None, **chosen: Any) -> AsyncIterator[Exit]:
    """Open an exit in a file."""
    settings = LlmSettings(**{"patience": SHORT, **chosen})
    maker = create_engine(f"sqlite:///{path}")
    tables.metadata.create_all(maker)
    maker.dispose()
    async with ground(path) as below:
        pauses: list[float] = []
        service = service_on(below, settings, brain, pauses)
        try:
            yield Exit(local(Contract(LlmClient), service, clock=below.clock, strict=True), service, below, pauses)
        finally:
            await service.close()
