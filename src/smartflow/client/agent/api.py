"""How the assistant is asked."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from msgspec import Struct

from smartflow.client.agent.log import LogRow
from smartflow.client.llm import Thinking
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

RunStatus = Literal["running", "waiting", "completed", "cancelled", "failed"]
Status = Literal["active", "archived"]
Action = Literal["approve", "reject", "reply"]


class Answer(Struct, frozen=True):
    """What a person says to an open interaction by button: a yes, a no, or (with the message's text) a reply."""

    interaction: UUID
    action: Action


class Message(Struct, frozen=True):
    """What a person says; without a conversation it begins a new one, with an `answer` the text may be empty."""

    text: str
    conversation: UUID | None = None
    answer: Answer | None = None
    thinking: Thinking = "auto"
    classes: tuple[ClassId, ...] = ()
    always_execute: bool = False


class Started(Struct, frozen=True):
    """A run has begun; its frames come after the position `after`."""

    conversation: UUID
    run: UUID
    after: int
    began_at: datetime


class Pending(Struct, frozen=True):
    """What waits for the person."""

    interaction: UUID
    type: Literal["ask_user", "confirm"]
    summary: str
    expires_at: datetime


class Meta(Struct, frozen=True):
    """A conversation without what was said."""

    id: UUID
    title: str
    status: Status
    messages: int
    created_at: datetime
    last_message_at: datetime | None = None
    active_run: UUID | None = None
    pending: Pending | None = None


class Conversations(Struct, frozen=True):
    """Some of the conversations, the latest first, and how many there are."""

    found: tuple[Meta, ...]
    total: int


class ContextStats(Struct, frozen=True):
    """How many tokens each block of the last request took: rules and tools, dialogue, work, now; and what they may take together."""

    msg0: int
    msg1: int
    msg2: int
    msg3: int
    budget: int

    @property
    def total(self) -> int:
        """All blocks together."""
        return self.msg0 + self.msg1 + self.msg2 + self.msg3


class Running(Struct, frozen=True):
    """The details of `RunIsRunning`."""

    run_id: UUID


class Closed(Struct, frozen=True):
    """The details of `InteractionNotOpen`."""

    interaction_status: str


class ConversationNotFound(Refusal):
    """The owner has no such conversation."""

    status, code = 404, "40401"
    text = Text(zh="没有这个对话。", en="There is no such conversation.")


class RunNotFound(Refusal):
    """The owner has no such run, or its frames are gone."""

    status, code = 404, "40404"
    text = Text(zh="没有这次运行。", en="There is no such run.")


class InteractionNotFound(Refusal):
    """The owner has no such interaction."""

    status, code = 404, "40408"
    text = Text(zh="没有这个提问。", en="There is no such question.")


class InteractionNotOpen(Refusal):
    """The interaction was answered, closed or has expired."""

    status, code = 409, "40906"
    text = Text(zh="这个提问已不再等待回答。", en="This question is not open any more.")


class RunIsRunning(Refusal):
    """The conversation's answer is still being made."""

    status, code = 409, "40905"
    text = Text(zh="这个对话正在回答，请稍候或先取消。", en="This conversation is being answered; wait, or cancel it first.")


class ConversationNeeded(Refusal):
    """An answer to an interaction must name its conversation."""

    status, code = 422, "40054"
    text = Text(zh="需要 conversation_id 才能继续。", en="Going on needs conversation_id.")


class AgentClient(Protocol):
    """Talks with the assistant."""

    async def say(self, call: Call, message: Message) -> Started:
        """Begin a run; under a key a repeat gives the run that it began.

        Raises:
            ConversationNotFound: The owner has no such conversation.
            ConversationNeeded: It answers an interaction and names no conversation.
            InteractionNotFound: The conversation has no such interaction.
            InteractionNotOpen: The interaction is not open any more.
            RunIsRunning: The conversation is being answered.
        """
        ...

    async def attach(self, call: Call, run: UUID) -> Started:
        """Find a run, to follow it.

        Raises:
            RunNotFound: The owner has no such run.
        """
        ...

    def follow(self, call: Call, run: UUID, after: int) -> AsyncIterator[LogRow]:
        """Give a run's visible rows after a position, those to come as they come; ends with the run.

        Raises:
            RunNotFound: The owner has no such run.
        """
        ...

    async def cancel(self, call: Call, run: UUID) -> RunStatus:
        """Ask a run to stop; gives how it stands. Repeatable.

        Raises:
            RunNotFound: The owner has no such run.
        """
        ...

    async def meta(self, call: Call, conversation: UUID) -> Meta:
        """Show a conversation.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        ...

    async def list(self, call: Call, *, skip: int, limit: int, status: Status | None = None, text: str | None = None) -> Conversations:
        """List conversations, the latest first."""
        ...

    async def timeline(self, call: Call, conversation: UUID, *, after: int = 0, limit: int | None = None) -> tuple[LogRow, ...]:
        """Give what the timeline keeps, by seq, the pieces of each text joined.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        ...

    async def context_stats(self, call: Call, conversation: UUID) -> ContextStats | None:
        """Tell how large the last request was; None before the first.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        ...

    async def change(self, call: Call, conversation: UUID, *, title: str | None = None, status: Status | None = None) -> Meta:
        """Rename or archive a conversation.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        ...

    async def delete(self, call: Call, conversation: UUID, *, memories: bool = False) -> None:
        """Delete a conversation with everything in it; its run is cancelled first.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        ...
