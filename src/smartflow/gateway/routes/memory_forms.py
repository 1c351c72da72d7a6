"""The forms of `/api/v1/memory`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from smartflow.client.memory import (
    NOTE,
    BadMemoryContent,
    BadMemoryType,
    Erased,
    Memory,
    MemoryDraft,
    MemoryFilter,
    MemoryPatch,
    MemorySettings,
    MemorySource,
    MemoryStatus,
    MemorySwitches,
    MemoryType,
    Recalled,
    Slots,
)
from smartflow.gateway.fields import NothingToUpdate, PageSize, Time, local, local_or_none
from smartflow.shared.kernel.call import Call

Kind = Annotated[MemoryType, Meta(extra_json_schema={"x-code": BadMemoryType.code})]
Content = Annotated[
    str,
    Meta(min_length=1, max_length=1000, examples=["I like maths in the mornings."], extra_json_schema={"x-code": BadMemoryContent.code}),
]
Title = Annotated[str, Meta(max_length=64)]
Reason = Annotated[str, Meta(max_length=255)]
Part = Annotated[float, Meta(ge=0, le=1)]
Level = Annotated[int, Meta(ge=0, le=2, description="1 health, money, family; 2 belief, orientation, diagnosis.")]
_SHOWN: tuple[MemoryStatus, ...] = ("active", "archived")


class SlotsForm(Struct, frozen=True):
    """What a statement is about, and what it says of it."""

    subject: str
    attribute: str
    polarity: str
    value: str
    scope: str

    @classmethod
    def of(cls, slots: Slots) -> "SlotsForm | None":
        """Show what was read out of a memory; of what was kept as it was said, nothing was."""
        return None if slots.attribute == NOTE else cls(slots.subject, slots.attribute, slots.polarity, slots.value, slots.scope)


class RuleForm(Struct, frozen=True):
    """What a memory means for planning; until memories are read for rules there is none."""

    text: str
    kind: str
    strength: Literal["hard", "soft"]
    active: bool


class SourceForm(Struct, frozen=True):
    """Where something was said; without a conversation it was typed on the memory page."""

    conversation_id: UUID | None
    seq: int | None
    quote: str | None
    said_at: datetime

    @classmethod
    def of(cls, source: MemorySource, call: Call) -> "SourceForm":
        """Show a source."""
        return cls(source.conversation_id, source.seq, source.quote, local(source.said_at, call.zone))


class MemoryForm(Struct, frozen=True, kw_only=True):
    """A memory as it is shown."""

    id: int
    user_id: int
    conversation_id: UUID | None
    assistant_id: str | None
    run_id: UUID | None
    memory_type: MemoryType
    title: str
    content: str
    content_hash: str
    confidence: float
    importance: float
    sensitivity_level: int
    is_explicit: bool
    status: MemoryStatus
    ttl_at: datetime | None
    created_at: datetime
    updated_at: datetime
    slots: SlotsForm | None
    rule: RuleForm | None = None
    sources: list[SourceForm]
    supersedes: int | None
    superseded_by: int | None
    score: Part | UnsetType = UNSET

    @classmethod
    def of(cls, memory: Memory, call: Call, score: float | UnsetType = UNSET) -> "MemoryForm":
        """Show a memory in the call's zone; found by a search, with how well it fits."""
        return cls(
            id=memory.id,
            user_id=memory.owner,
            conversation_id=memory.conversation_id,
            assistant_id=memory.assistant_id,
            run_id=memory.run_id,
            memory_type=memory.type,
            title=memory.title,
            content=memory.content,
            content_hash=memory.content_hash,
            confidence=memory.confidence,
            importance=memory.importance,
            sensitivity_level=memory.sensitivity,
            is_explicit=memory.is_explicit,
            status=memory.status,
            ttl_at=local_or_none(memory.ttl_at, call.zone),
            created_at=local(memory.created_at, call.zone),
            updated_at=local(memory.updated_at, call.zone),
            slots=SlotsForm.of(memory.slots),
            sources=[SourceForm.of(source, call) for source in memory.sources],
            supersedes=memory.supersedes,
            superseded_by=memory.superseded_by,
            score=score,
        )

    @classmethod
    def found(cls, recalled: Recalled, call: Call) -> "MemoryForm":
        """Show what a search found."""
        return cls.of(recalled.memory, call, recalled.score)


class ErasedForm(Struct, frozen=True):
    """A memory is gone for good."""

    id: int
    erased: Literal[True] = True

    @classmethod
    def of(cls, erased: Erased) -> "ErasedForm":
        """Show which."""
        return cls(erased.id)


class NewMemory(Struct, frozen=True):
    """A memory to be made by hand."""

    memory_type: Kind
    content: Content
    title: Title | None = None
    conversation_id: UUID | None = None
    assistant_id: Annotated[str, Meta(max_length=64)] | None = None
    run_id: UUID | None = None
    confidence: Part = 0.95
    importance: Part = 0.9
    sensitivity_level: Level = 0
    is_explicit: bool = True
    ttl_at: Time | None = None
    reason: Reason | None = None

    def draft(self) -> MemoryDraft:
        """Say it in the words of the service."""
        return MemoryDraft(
            self.memory_type,
            self.content,
            title=self.title,
            confidence=self.confidence,
            importance=self.importance,
            sensitivity=self.sensitivity_level,
            is_explicit=self.is_explicit,
            ttl_at=self.ttl_at,
            conversation_id=self.conversation_id,
            assistant_id=self.assistant_id,
            run_id=self.run_id,
        )


class ChangedMemory(Struct, frozen=True):
    """What changes of a memory; `clear_ttl` says the same as a `ttl_at` of null."""

    memory_type: Kind | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    content: Content | UnsetType = UNSET
    confidence: Part | UnsetType = UNSET
    importance: Part | UnsetType = UNSET
    sensitivity_level: Level | UnsetType = UNSET
    is_explicit: bool | UnsetType = UNSET
    rule_active: bool | UnsetType = UNSET
    ttl_at: Time | UnsetType | None = UNSET
    clear_ttl: bool = False
    reason: Reason | None = None

    def patch(self) -> MemoryPatch:
        """Say it in the words of the service.

        Raises:
            NothingToUpdate: Nothing changes.
        """
        patch = MemoryPatch(
            type=self.memory_type,
            title=self.title,
            content=self.content,
            confidence=self.confidence,
            importance=self.importance,
            sensitivity=self.sensitivity_level,
            is_explicit=self.is_explicit,
            rule_active=self.rule_active,
            ttl_at=None if self.clear_ttl else self.ttl_at,
        )
        if patch == MemoryPatch():
            raise NothingToUpdate
        return patch


class Forgetting(Struct, frozen=True):
    """Whether a memory goes for good, and why."""

    erase: bool = False
    reason: Reason | None = None


class Restoring(Struct, frozen=True):
    """Why a memory comes back."""

    reason: Reason | None = None


class MemoriesQuery(Struct, frozen=True):
    """Which memories; of two names for one member the longer counts."""

    conversation_id: UUID | None = None
    statuses: list[MemoryStatus] | None = None
    status: list[MemoryStatus] | None = None
    memory_types: list[Kind] | None = None
    memory_type: list[Kind] | None = None
    limit: PageSize = 20
    cursor: str | None = None

    def filter(self) -> MemoryFilter:
        """Say it in the words of the service."""
        statuses = tuple(self.statuses or self.status or _SHOWN)
        types = tuple(self.memory_types or self.memory_type or ())
        return MemoryFilter(statuses, types, self.conversation_id, self.cursor, self.limit)


class SearchQuery(Struct, frozen=True):
    """What to look for."""

    q: Annotated[str, Meta(min_length=1, max_length=200, examples=["mornings"])]
    memory_types: list[Kind] | None = None
    limit: PageSize = 10


class SwitchesForm(Struct, frozen=True):
    """What may be remembered: anything, what was not said explicitly, what is sensitive."""

    memory_enabled: bool
    implicit_memory_enabled: bool
    sensitive_memory_enabled: bool

    def switches(self) -> MemorySwitches:
        """Say it in the words of the service."""
        return MemorySwitches(self.memory_enabled, self.implicit_memory_enabled, self.sensitive_memory_enabled)


class SettingsForm(SwitchesForm, frozen=True):
    """The switches, and when they were last set."""

    updated_at: datetime | None = None

    @classmethod
    def of(cls, settings: MemorySettings, call: Call) -> "SettingsForm":
        """Show the settings."""
        found = settings.switches
        at = local_or_none(settings.updated_at, call.zone)
        return cls(found.memory_enabled, found.implicit_memory_enabled, found.sensitive_memory_enabled, at)
