"""`/api/v1/agent/conversation-*` and `/agent/conversations`: what was said, and what becomes of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec import Meta as Bounds
from starlette.responses import Response

from smartflow.client.agent.api import AgentClient, ContextStats, ConversationNotFound, Meta, Status
from smartflow.client.agent.log import LogRow
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import NothingToUpdate, local, local_or_none
from smartflow.gateway.route import ENDLESS, READ, WRITE, Table, delete, get, patch, table
from smartflow.gateway.stream.chunks import Entry, entry
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import to_json


class OneQuery(Struct, frozen=True):
    """Which conversation."""

    conversation_id: UUID


class ListQuery(Struct, frozen=True):
    """Which conversations; `limit` wins over `page_size`, `q` looks in titles and texts."""

    page: Annotated[int, Bounds(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Bounds(ge=1, le=100)] = 20
    limit: Annotated[int, Bounds(ge=1, le=100)] | None = None
    status: Status | None = None
    q: Annotated[str, Bounds(min_length=1, max_length=100)] | None = None


class TimelineQuery(Struct, frozen=True):
    """Which part of a conversation."""

    conversation_id: UUID
    after_seq: Annotated[int, Bounds(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Bounds(ge=1, le=500)] | None = None


class ExportQuery(Struct, frozen=True):
    """As what."""

    format: Literal["json", "markdown"] = "json"


class DeleteQuery(Struct, frozen=True):
    """Whether what was learned there goes too."""

    memories: bool = False


class Patch(Struct, frozen=True):
    """A new title, or a new status."""

    title: Annotated[str, Bounds(min_length=1, max_length=255)] | UnsetType = UNSET
    status: Status | UnsetType = UNSET


class PendingForm(Struct, frozen=True):
    """What waits for the person."""

    interaction_id: UUID
    type: str
    summary: str
    expires_at: datetime


class MetaForm(Struct, frozen=True):
    """A conversation without what was said."""

    conversation_id: UUID
    title: str
    has_title: bool
    message_count: int
    status: Status
    created_at: datetime
    last_message_at: datetime | None
    active_run_id: UUID | None
    pending: PendingForm | None

    @classmethod
    def of(cls, meta: Meta, call: Call) -> "MetaForm":
        """Show a conversation."""
        waiting = meta.pending
        return cls(
            conversation_id=meta.id,
            title=meta.title,
            has_title=bool(meta.title),
            message_count=meta.messages,
            status=meta.status,
            created_at=local(meta.created_at, call.zone),
            last_message_at=local_or_none(meta.last_message_at, call.zone),
            active_run_id=meta.active_run,
            pending=None
            if waiting is None
            else PendingForm(waiting.interaction, waiting.type, waiting.summary, local(waiting.expires_at, call.zone)),
        )


class ListForm(Struct, frozen=True):
    """A page of conversations."""

    list: list[MetaForm]
    page: int
    page_size: int
    limit: int
    total: int
    has_more: bool


class StatsForm(Struct, frozen=True):
    """How many tokens each block of the last request took."""

    msg0: int
    msg1: int
    msg2: int
    msg3: int
    total: int
    budget: int

    @classmethod
    def of(cls, stats: ContextStats) -> "StatsForm":
        """Show the sizes."""
        return cls(stats.msg0, stats.msg1, stats.msg2, stats.msg3, stats.total, stats.budget)


class DeletedForm(Struct, frozen=True):
    """It is gone."""

    deleted: bool


class ConversationRoutes:
    """Conversations."""

    def __init__(self, agent: AgentClient) -> None:
        self._agent = agent

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        gone = (ConversationNotFound,)
        return table(
            "conversation",
            "/agent",
            [
                get("/conversation-meta", self.meta, READ, refuses=gone),
                get("/conversation-list", self.listed, READ),
                get("/conversation-timeline", self.timeline, READ, refuses=gone),
                get("/context-stats", self.stats, READ, refuses=gone),
                patch("/conversations/{conversation_id}", self.change, WRITE, refuses=(*gone, NothingToUpdate)),
                delete("/conversations/{conversation_id}", self.delete, WRITE, refuses=gone),
                get("/conversations/{conversation_id}/export", self.export, READ | ENDLESS, refuses=gone),
            ],
        )

    async def meta(self, call: Call, query: OneQuery) -> Ok[MetaForm]:
        """Show a conversation without what was said."""
        return Ok(MetaForm.of(await self._agent.meta(call, query.conversation_id), call))

    async def listed(self, call: Call, query: ListQuery) -> Ok[ListForm]:
        """List conversations, the latest first."""
        size = query.limit or query.page_size
        skip = (query.page - 1) * size
        found = await self._agent.list(call, skip=skip, limit=size, status=query.status, text=query.q)
        shown = [MetaForm.of(each, call) for each in found.found]
        return Ok(ListForm(shown, query.page, query.page_size, size, found.total, has_more=skip + len(shown) < found.total))

    async def timeline(self, call: Call, query: TimelineQuery) -> Ok[list[Entry]]:
        """Show what was said and done, by seq."""
        rows = await self._agent.timeline(call, query.conversation_id, after=query.after_seq, limit=query.limit)
        return Ok(entries(rows, call))

    async def stats(self, call: Call, query: OneQuery) -> Ok[StatsForm | None]:
        """Tell how large the last request to a model was."""
        found = await self._agent.context_stats(call, query.conversation_id)
        return Ok(None if found is None else StatsForm.of(found))

    async def change(self, call: Call, conversation_id: UUID, data: Patch) -> Ok[MetaForm]:
        """Rename or archive a conversation."""
        if data.title is UNSET and data.status is UNSET:
            raise NothingToUpdate
        title = None if data.title is UNSET else data.title
        status = None if data.status is UNSET else data.status
        return Ok(MetaForm.of(await self._agent.change(call, conversation_id, title=title, status=status), call))

    async def delete(self, call: Call, conversation_id: UUID, query: DeleteQuery) -> Ok[DeletedForm]:
        """Delete a conversation with everything in it."""
        await self._agent.delete(call, conversation_id, memories=query.memories)
        return Ok(DeletedForm(deleted=True))

    async def export(self, call: Call, conversation_id: UUID, query: ExportQuery) -> Response:
        """Give a conversation as a file."""
        meta = await self._agent.meta(call, conversation_id)
        said = entries(await self._agent.timeline(call, conversation_id), call)
        name = f"conversation-{conversation_id}"
        if query.format == "markdown":
            return _file(_markdown(meta, said).encode(), "text/markdown; charset=utf-8", f"{name}.md")
        body: dict[str, Any] = {"conversation": MetaForm.of(meta, call), "timeline": said}
        return _file(msgspec.json.format(to_json(body), indent=1), "application/json", f"{name}.json")


def entries(rows: Iterable[LogRow], call: Call) -> list[Entry]:
    """Show rows of the timeline."""
    return [msgspec.structs.replace(entry(row), created_at=local(row.created_at, call.zone)) for row in rows]


def _markdown(meta: Meta, shown: Iterable[Entry]) -> str:
    said = [f"**{each.role}**: {each.content}" for each in shown if each.role is not None]
    return "\n\n".join([f"# {meta.title}", *said]) + "\n"


def _file(body: bytes, media: str, name: str) -> Response:
    return Response(body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
