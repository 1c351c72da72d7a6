"""What the assistant tells others."""

from typing import Any, ClassVar
from uuid import UUID

from smartflow.shared.events.event import Event


class MessageRecorded(Event, frozen=True):
    """A person or the assistant said something; `previous_text` is the end of the assistant's turn before."""

    kind: ClassVar[str] = "agent.message_recorded"
    publisher: ClassVar[str] = "agent"
    private: ClassVar[frozenset[str]] = frozenset({"text", "previous_text"})

    conversation_id: UUID
    seq: int
    role: str
    text: str
    previous_text: str = ""
    tokens: int = 0

    def key(self) -> str:
        """The conversation's events stay in order."""
        return str(self.conversation_id)


class StateSnapshot(Event, frozen=True):
    """A checkpoint of a conversation; its revision is the position in the log that it reflects."""

    kind: ClassVar[str] = "agent.state_snapshot"
    publisher: ClassVar[str] = "agent"
    private: ClassVar[frozenset[str]] = frozenset({"snapshot"})

    conversation_id: UUID
    phase: str
    revision: int
    format: int
    snapshot: dict[str, Any]

    def key(self) -> str:
        """The conversation's events stay in order."""
        return str(self.conversation_id)


class ConversationDeleted(Event, frozen=True):
    """A conversation is gone; `memories`: what was learned only there goes with it."""

    kind: ClassVar[str] = "agent.conversation_deleted"
    publisher: ClassVar[str] = "agent"

    conversation_id: UUID
    memories: bool = False

    def key(self) -> str:
        """The conversation's events stay in order."""
        return str(self.conversation_id)
