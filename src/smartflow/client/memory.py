"""What a person said about themselves, as other parts may know it."""

from datetime import datetime
from typing import ClassVar, Literal, Protocol
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from smartflow.shared.events.event import Event
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import MemoryId, OwnerId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Language, Text

MemoryType = Literal["constraint", "preference", "fact", "commitment"]
MemoryStatus = Literal["active", "archived", "deleted"]
MemoryAction = Literal["added", "confirmed", "changed", "archived", "deleted", "restored", "erased", "settings"]
# Why an item is recalled: it holds always, it comes up within days, or it shares words with what was said.
RecallReason = Literal["always", "soon", "words"]
NOTE = "note"
"""The attribute of what is kept as it was said, without a slot that could be read."""


class Slots(Struct, frozen=True):
    """What a statement is about, and what it says of it."""

    subject: str
    attribute: str
    polarity: Literal["positive", "negative"]
    value: str
    scope: str = ""


class MemorySource(Struct, frozen=True):
    """Where a person said something, in their own words; `typed` stands for the memory page."""

    said_at: datetime
    way: Literal["said", "typed"]
    quote: str | None = None
    conversation_id: UUID | None = None
    seq: int | None = None


class Memory(Struct, frozen=True):
    """One thing that a person said. `status` already counts the expiry of the moment when it was read."""

    # Named so in every stored answer: erasing finds by it what shows the item.
    id: MemoryId = field(name="memory_id")
    owner: OwnerId
    type: MemoryType
    title: str
    content: str
    content_hash: str
    language: Language
    slots: Slots
    confidence: float
    importance: float
    sensitivity: int
    is_explicit: bool
    status: MemoryStatus
    created_at: datetime
    updated_at: datetime
    confirmed_at: datetime
    version: int
    rule_active: bool = True
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    ttl_at: datetime | None = None
    deleted_at: datetime | None = None
    supersedes: MemoryId | None = None
    superseded_by: MemoryId | None = None
    conversation_id: UUID | None = None
    assistant_id: str | None = None
    run_id: UUID | None = None
    sources: tuple[MemorySource, ...] = ()


class MemoryDraft(Struct, frozen=True):
    """A memory to be made by hand; without a title the content's beginning is one."""

    type: MemoryType
    content: str
    title: str | None = None
    confidence: float = 0.95
    importance: float = 0.9
    sensitivity: int = 0
    is_explicit: bool = True
    ttl_at: datetime | None = None
    conversation_id: UUID | None = None
    assistant_id: str | None = None
    run_id: UUID | None = None


class MemoryPatch(Struct, frozen=True):
    """What changes: an absent member stays, None clears the expiry."""

    type: MemoryType | UnsetType = UNSET
    title: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    confidence: float | UnsetType = UNSET
    importance: float | UnsetType = UNSET
    sensitivity: int | UnsetType = UNSET
    is_explicit: bool | UnsetType = UNSET
    rule_active: bool | UnsetType = UNSET
    ttl_at: datetime | UnsetType | None = UNSET


class MemoryFilter(Struct, frozen=True):
    """Which memories to find; no types: all of them."""

    statuses: tuple[MemoryStatus, ...] = ("active", "archived")
    types: tuple[MemoryType, ...] = ()
    conversation_id: UUID | None = None
    cursor: str | None = None
    limit: int = 20


class MemoryPage(Struct, frozen=True):
    """Some of the memories that were found, newest first."""

    memories: tuple[Memory, ...]
    next_cursor: str | None = None


class Recalled(Struct, frozen=True):
    """A memory that fits, how well (0..1) and why, and its text as it goes into a prompt, so many tokens long."""

    memory: Memory
    score: float
    reasons: tuple[RecallReason, ...]
    text: str
    tokens: int


class Recollection(Struct, frozen=True):
    """What is recalled, in the order in which it is told; so many constraints found no room."""

    items: tuple[Recalled, ...]
    constraints_left: int = 0


class Erased(Struct, frozen=True):
    """A memory is gone for good."""

    id: MemoryId


class MemorySwitches(Struct, frozen=True):
    """What a person lets be remembered; each switch counts when a memory is made and when it is read."""

    memory_enabled: bool = True
    implicit_memory_enabled: bool = True
    sensitive_memory_enabled: bool = False


class MemorySettings(Struct, frozen=True):
    """The switches, and when they were last set."""

    switches: MemorySwitches
    updated_at: datetime | None = None


class MemoryNotFound(Refusal):
    """The owner has no such memory."""

    status, code = 404, "40055"
    text = Text(zh="没有这条记忆。", en="There is no such memory.")


class BadMemoryType(Refusal):
    """A memory is a constraint, a preference, a fact or a commitment."""

    status, code = 422, "40056"
    text = Text(
        zh="记忆类型只能是 constraint、preference、fact 或 commitment。",
        en="A memory is a constraint, a preference, a fact or a commitment.",
    )


class BadMemoryContent(Refusal):
    """A memory has words of its own, and none that are a secret."""

    status, code = 422, "40057"
    text = Text(zh="这样的内容不能记住。", en="This cannot be remembered.")


class MemoryChanged(Event, frozen=True):
    """Something became of memories (or of the switches, then of none): the owner's memories are at this version now."""

    kind: ClassVar[str] = "memory.changed"
    publisher: ClassVar[str] = "memory"

    memory_ids: tuple[MemoryId, ...]
    action: MemoryAction
    version: int


class MemoryClient(Protocol):
    """Asks the memory service."""

    async def add(self, call: Call, draft: MemoryDraft, *, reason: str | None = None) -> Memory:
        """Remember something; what is remembered already is confirmed, and given as it is.

        Raises:
            InvalidInput: It holds a secret (40057), a switch forbids it, or it is over already.
        """
        ...

    async def change(self, call: Call, memory_id: MemoryId, patch: MemoryPatch, *, reason: str | None = None) -> Memory:
        """Change a memory.

        Raises:
            MemoryNotFound: The owner has no such memory, or it is deleted.
            InvalidInput: As for adding; or another active memory says the same (40057).
        """
        ...

    async def delete(self, call: Call, memory_id: MemoryId, *, reason: str | None = None) -> Memory:
        """Forget a memory, for 30 days restorable; one that is deleted stays so.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        ...

    async def erase(self, call: Call, memory_id: MemoryId) -> Erased:
        """Forget a memory for good, with its sources, and its texts wherever they are kept.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        ...

    async def restore(self, call: Call, memory_id: MemoryId, *, reason: str | None = None) -> Memory:
        """Make a memory active again; what took its place is archived, and an expiry that is over goes.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        ...

    async def get(self, call: Call, memory_id: MemoryId) -> Memory:
        """Give a memory, deleted or not.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        ...

    async def find(self, call: Call, wanted: MemoryFilter) -> MemoryPage:
        """Find memories, newest first.

        Raises:
            InvalidInput: The cursor is none of ours.
        """
        ...

    async def search(self, call: Call, text: str, *, types: tuple[MemoryType, ...] = (), limit: int = 10) -> tuple[Recalled, ...]:
        """Give the active memories that share words with a text, those that fit best first."""
        ...

    async def recall(self, call: Call, text: str, limit: int) -> Recollection:
        """Give what should be known where a text is answered: what always holds, what is soon, what fits; within budgets."""
        ...

    async def settings(self, call: Call) -> MemorySettings:
        """Give the switches."""
        ...

    async def set_settings(self, call: Call, switches: MemorySwitches) -> MemorySettings:
        """Set all switches; they hold at once."""
        ...
