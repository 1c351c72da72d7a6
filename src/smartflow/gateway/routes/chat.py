"""`/api/v1/agent/chat` and its runs: the answer streams, outlives its connection, and can be followed again."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Literal, cast
from uuid import UUID

from msgspec import Meta, Struct
from starlette.responses import Response

from smartflow.client.agent.api import (
    Action,
    AgentClient,
    Answer,
    ConversationNeeded,
    ConversationNotFound,
    InteractionNotFound,
    InteractionNotOpen,
    Message,
    RunIsRunning,
    RunNotFound,
    Started,
)
from smartflow.client.agent.log import LogRow
from smartflow.client.llm import BudgetExceeded, Thinking
from smartflow.client.schedule.classes import ClassToPlanNotFound
from smartflow.gateway.call import Verifier, Visitor, still_on
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Id
from smartflow.gateway.route import CHAT, ENDLESS, KEYABLE, READ, WRITE, Table, get, post, table
from smartflow.gateway.stream.chunks import DONE, Encoder
from smartflow.gateway.stream.hub import Hub, Tab
from smartflow.gateway.stream.sse import EventStream, Pace, framed
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput, Refusal
from smartflow.shared.process.logs import logger

# Whoever is further behind is cut off, and comes back by the id of the last frame.
_MOST_BEHIND = 2_000
_LONGEST = 10
_THINKING: dict[str | bool, Thinking] = {"auto": "auto", "true": "on", "false": "off", True: "on", False: "off"}


class ResumeForm(Struct, frozen=True):
    """An answer to an open interaction, or `resume`: follow the run that is active."""

    action: Literal["approve", "reject", "cancel", "reply", "resume"]
    interaction_id: UUID | None = None
    type: Literal["confirm", "ask_user", "connection_recover"] | None = None


class ExtraForm(Struct, frozen=True):
    """What belongs to a message beside its words; `confirm_action` with `resume_interaction_id` is the older form of `resume`."""

    task_class_ids: Annotated[list[Id], Meta(max_length=20)] = []
    always_execute: bool = False
    resume: ResumeForm | None = None
    confirm_action: Literal["accept", "reject"] | None = None
    resume_interaction_id: UUID | None = None


class ChatForm(Struct, frozen=True):
    """What a person says."""

    message: Annotated[str, Meta(max_length=8000)]
    conversation_id: UUID | None = None
    thinking: Literal["auto", "true", "false"] | bool = "auto"
    model: Annotated[str, Meta(max_length=100)] | None = None
    extra: ExtraForm = ExtraForm()

    def answer(self) -> Answer | None:
        """Read the answer to an interaction, in either form.

        Raises:
            InvalidInput: It names no interaction, or there are no words and no answer.
        """
        resume, old = self.extra.resume, self.extra.confirm_action
        if old is not None:
            resume = ResumeForm("approve" if old == "accept" else "reject", self.extra.resume_interaction_id)
        if resume is None:
            if not self.message:
                raise InvalidInput([FieldError("message", "length", "40006")])
            return None
        if resume.interaction_id is None:
            raise InvalidInput([FieldError("extra.resume.interaction_id", "required", "40004")])
        action = {"cancel": "reject"}.get(resume.action, resume.action)
        return Answer(resume.interaction_id, cast("Action", action))


class FollowQuery(Struct, frozen=True):
    """From which position on."""

    after: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class CancelledForm(Struct, frozen=True):
    """How a run stands."""

    run_id: UUID
    status: str


class ChatRoutes:
    """Talking, following, cancelling."""

    def __init__(self, agent: AgentClient, verifier: Verifier, hub: Hub, pace: Pace | None = None) -> None:
        self._agent = agent
        self._hub = hub
        self._verifier = verifier
        self._pace = pace or Pace()
        self._log = logger("chat")

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        said = (ConversationNotFound, ConversationNeeded, InteractionNotFound, InteractionNotOpen, RunIsRunning, RunNotFound)
        media = "text/event-stream"
        return table(
            "chat",
            "/agent",
            [
                post("/chat", self.chat, CHAT | KEYABLE | ENDLESS, media=media, refuses=(*said, BudgetExceeded, ClassToPlanNotFound)),
                get("/runs/{run_id}/stream", self.follow, READ | ENDLESS, media=media, refuses=(RunNotFound,)),
                post("/runs/{run_id}/cancel", self.cancel, WRITE, refuses=(RunNotFound,)),
            ],
        )

    async def chat(self, call: Call, visitor: Visitor, data: ChatForm) -> Response:
        """Say something; the answer streams as chunks."""
        resume = data.extra.resume
        if resume is not None and resume.action == "resume":
            return await self._resumed(call, visitor, data.conversation_id)
        classes = tuple(ClassId(each) for each in data.extra.task_class_ids)
        message = Message(data.message, data.conversation_id, data.answer(), _THINKING[data.thinking], classes, data.extra.always_execute)
        started = await self._agent.say(call, message)
        return await self._stream(call, visitor, started, started.after)

    async def follow(self, call: Call, visitor: Visitor, run_id: UUID, query: FollowQuery) -> Response:
        """Follow a run from a position on, live or long over."""
        started = await self._agent.attach(call, run_id)
        after = _position(visitor, run_id) if query.after is None else query.after
        return await self._stream(call, visitor, started, max(started.after, after))

    async def cancel(self, call: Call, run_id: UUID) -> Ok[CancelledForm]:
        """Stop a run; what is in hand is finished."""
        status = await self._agent.cancel(call, run_id)
        return Ok(CancelledForm(run_id, "cancelling" if status == "running" else status))

    async def _resumed(self, call: Call, visitor: Visitor, conversation: UUID | None) -> Response:
        if conversation is None:
            raise ConversationNeeded
        active = (await self._agent.meta(call, conversation)).active_run
        if active is None:
            raise RunNotFound
        started = await self._agent.attach(call, active)
        return await self._stream(call, visitor, started, max(started.after, _position(visitor, active)))

    async def _stream(self, call: Call, visitor: Visitor, started: Started, after: int) -> Response:
        encoder = Encoder(started.run, started.began_at, call.request_id)
        tab = Tab(_MOST_BEHIND)
        reading = asyncio.create_task(self._read(self._agent.follow(call, started.run, after), encoder, tab))
        headers = {"X-Conversation-ID": str(started.conversation), "X-Run-ID": str(started.run)}

        self._hub.answering(tab)

        def left() -> None:
            self._hub.answered(tab)
            reading.cancel()

        return EventStream(self._frames(tab, visitor), left, pace=self._pace, headers=headers)

    async def _read(self, rows: AsyncIterator[LogRow], encoder: Encoder, tab: Tab) -> None:
        """Have a run's frames wait for their reader; without `[DONE]` the stream was cut, and can be followed again."""
        try:
            async for row in rows:
                tab.tell(encoder.frame(row))
            tab.tell(DONE)
        except Refusal:
            return
        except Exception as error:  # noqa: BLE001 - nobody waits for this task: its reader comes back, and the line tells why
            self._log.warning("chat.cut", run_id=str(encoder.run), why=type(error).__name__)
        finally:
            tab.end()

    async def _frames(self, tab: Tab, visitor: Visitor) -> AsyncGenerator[bytes, None]:
        async for each in framed(tab, self._pace, still_on(self._verifier, visitor)):
            yield each
            if each is DONE:
                return


def _position(visitor: Visitor, run: UUID) -> int:
    """Read how far a reader has come, from the id of the last frame that it saw."""
    id_, _, position = visitor.last_event.rpartition(":")
    return int(position) if id_ == str(run) and position.isascii() and position.isdecimal() and len(position) < _LONGEST else 0
