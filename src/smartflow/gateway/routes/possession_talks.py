"""What a person has said to the assistant, what it asked, and what models took: their share of the zip."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from smartflow.client.agent.api import AgentClient, ConversationNotFound
from smartflow.client.agent.record import Asked, RecordClient, Totals
from smartflow.client.llm import CallRecord, LlmClient
from smartflow.gateway.fields import local, local_or_none
from smartflow.gateway.routes.conversation import MetaForm, entries
from smartflow.gateway.stream.chunks import Entry
from smartflow.shared.kernel.call import Call

_PORTION = 50


class Talkers(Struct, frozen=True):
    """Whoever keeps what was said."""

    talk: AgentClient
    record: RecordClient
    llm: LlmClient


class SpentShown(Struct, frozen=True):
    """What the models of a conversation took, the cost by currency."""

    calls: int
    unpriced_calls: int
    estimated_calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: dict[str, float]

    @classmethod
    def of(cls, totals: Totals) -> "SpentShown":
        """Show what was taken."""
        counts = {name: getattr(totals, name) for name in cls.__struct_fields__ if name != "cost"}
        return cls(**counts, cost={currency: float(amount) for currency, amount in totals.cost.items()})


class TalkShown(Struct, frozen=True):
    """A conversation with everything that was said and done in it."""

    conversation: MetaForm
    usage: SpentShown
    timeline: list[Entry]


class AskedShown(Struct, frozen=True):
    """A question or a confirmation, and how the answer was read."""

    interaction_id: UUID
    conversation_id: UUID
    run_id: UUID
    type: str
    status: str
    summary: str
    created_at: datetime
    expires_at: datetime
    reading: str | None

    @classmethod
    def of(cls, asked: Asked, conversation: UUID, call: Call) -> "AskedShown":
        """Show what was asked."""
        times = local(asked.created_at, call.zone), local(asked.expires_at, call.zone)
        return cls(asked.interaction, conversation, asked.run, asked.type, asked.status, asked.summary, *times, asked.reading)


class ModelCallShown(Struct, frozen=True):
    """What one answer of a model took; `status` is `lost` where nobody knows how it ended."""

    request_id: UUID
    conversation_id: UUID | None
    run_id: UUID | None
    scene: str
    role: str
    model: str
    status: str
    begun_at: datetime
    ended_at: datetime | None
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float
    currency: str
    priced: bool
    estimated: bool

    @classmethod
    def of(cls, line: CallRecord, call: Call) -> "ModelCallShown":
        """Show a line of the bill."""
        used = line.usage
        return cls(
            request_id=line.request,
            conversation_id=line.conversation,
            run_id=line.run,
            scene=line.scene,
            role=line.role,
            model=line.model,
            status="lost" if line.lost else "settled",
            begun_at=local(line.begun_at, call.zone),
            ended_at=local_or_none(line.ended_at, call.zone),
            prompt_tokens=used.prompt_tokens,
            cached_tokens=used.cached_tokens,
            completion_tokens=used.completion_tokens,
            reasoning_tokens=used.reasoning_tokens,
            cost=float(used.cost),
            currency=used.currency,
            priced=used.priced,
            estimated=used.estimated,
        )


async def said(talkers: Talkers, call: Call) -> AsyncIterator[tuple[str, object]]:
    """Give the conversations, what was asked in them, and the bill, as names of files and what is in them."""
    talks, asked = list[TalkShown](), list[AskedShown]()
    for each in await _conversations(talkers.talk, call):
        with suppress(ConversationNotFound):  # deleted a moment ago
            rows = await talkers.talk.timeline(call, each)
            behind = await talkers.record.record(call, each)
            meta = await talkers.talk.meta(call, each)
            talks.append(TalkShown(MetaForm.of(meta, call), SpentShown.of(behind.totals), entries(rows, call)))
            asked += [AskedShown.of(one, each, call) for one in behind.asked]
        await asyncio.sleep(0)
    yield "conversations.json", talks
    yield "interactions.json", asked
    yield "model_calls.json", [ModelCallShown.of(line, call) async for line in talkers.llm.calls(call)]


async def _conversations(talk: AgentClient, call: Call) -> list[UUID]:
    """List the conversations; one that moves to the front meanwhile is there once."""
    found: dict[UUID, None] = {}
    for skip in range(0, 1_000_000, _PORTION):
        page = await talk.list(call, skip=skip, limit=_PORTION)
        found |= dict.fromkeys(each.id for each in page.found)
        if skip + _PORTION >= page.total:
            break
        await asyncio.sleep(0)
    return list(found)
