"""What stands behind a conversation: what its models took, and what was asked in it."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID

from msgspec import Struct

from smartflow.shared.kernel.call import Call


class Totals(Struct, frozen=True):
    """What the models of a conversation took: settled answers, tokens by kind, cost by currency."""

    calls: int = 0
    unpriced_calls: int = 0
    estimated_calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost: dict[str, Decimal] = {}


class Asked(Struct, frozen=True):
    """A question or a confirmation, and how the answer was read."""

    interaction: UUID
    run: UUID
    type: Literal["ask_user", "confirm"]
    status: Literal["open", "answered", "closed", "expired"]
    summary: str
    created_at: datetime
    expires_at: datetime
    reading: str | None = None


class Record(Struct, frozen=True):
    """All of it, the questions in order."""

    totals: Totals
    asked: tuple[Asked, ...]


class RecordClient(Protocol):
    """Asks what stands behind conversations."""

    async def record(self, call: Call, conversation: UUID) -> Record:
        """Give what stands behind a conversation.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        ...
