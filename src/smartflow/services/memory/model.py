"""What becomes of memories over time: pure decisions."""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, UnsetType
from msgspec.structs import replace

from smartflow.client.memory import (
    NOTE,
    BadMemoryContent,
    Memory,
    MemoryDraft,
    MemoryPatch,
    MemorySource,
    MemorySwitches,
    Slots,
)
from smartflow.services.memory.secret import is_secret
from smartflow.shared.kernel.ids import MemoryId, OwnerId
from smartflow.shared.kernel.refusal import FieldError
from smartflow.shared.kernel.text import Language

T = TypeVar("T")
DELETED_KEPT = timedelta(days=30)
LONGEST_TITLE = 64
_MANY_VALUED = frozenset({NOTE})
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


class Moment(Struct, frozen=True):
    """When something is judged, and in whose zone limits are told."""

    now: datetime
    zone: str


def create(owner: OwnerId, draft: MemoryDraft, now: datetime) -> Memory:
    """Make a memory that has no id yet: a note, since nobody has read more out of it."""
    content_hash = hash_of(draft.content)
    return Memory(
        id=MemoryId(0),
        owner=owner,
        type=draft.type,
        title=draft.title or title_of(draft.content),
        content=draft.content,
        content_hash=content_hash,
        language=language_of(draft.content),
        slots=note(content_hash),
        confidence=draft.confidence,
        importance=draft.importance,
        sensitivity=draft.sensitivity,
        is_explicit=draft.is_explicit,
        status="active",
        created_at=now,
        updated_at=now,
        confirmed_at=now,
        version=1,
        ttl_at=draft.ttl_at,
        conversation_id=draft.conversation_id,
        assistant_id=draft.assistant_id,
        run_id=draft.run_id,
        sources=(MemorySource(now, "typed", draft.content, draft.conversation_id),),
    )


def confirm(memory: Memory, draft: MemoryDraft, now: datetime) -> Memory:
    """Say again what is remembered: it counts as said now, and as explicit and sure as either was."""
    certain = max(memory.confidence, draft.confidence)
    explicit = memory.is_explicit or draft.is_explicit
    sources = _typed(memory, MemorySource(now, "typed", draft.content, draft.conversation_id))
    return _touched(replace(memory, confidence=certain, is_explicit=explicit, confirmed_at=now, sources=sources), now)


def change(memory: Memory, patch: MemoryPatch, now: datetime) -> Memory:
    """Apply a patch. New words are said now, and are a note again; a title that was their beginning follows them."""
    content = _kept(patch.content, memory.content)
    changed = replace(
        memory,
        type=_kept(patch.type, memory.type),
        title=_title(memory, patch, content),
        confidence=_kept(patch.confidence, memory.confidence),
        importance=_kept(patch.importance, memory.importance),
        sensitivity=_kept(patch.sensitivity, memory.sensitivity),
        is_explicit=_kept(patch.is_explicit, memory.is_explicit),
        rule_active=_kept(patch.rule_active, memory.rule_active),
        ttl_at=_kept(patch.ttl_at, memory.ttl_at),
    )
    if content != memory.content:
        changed = _reworded(changed, content, now)
    return memory if changed == memory else _touched(changed, now)


def archive(memory: Memory, now: datetime, successor: MemoryId | None = None) -> Memory:
    """Take out of use, kept for whoever looks it up; `successor` says what stands in its place."""
    return _touched(replace(memory, status="archived", superseded_by=successor or memory.superseded_by), now)


def delete(memory: Memory, now: datetime) -> Memory:
    """Forget, for 30 days restorable."""
    return _touched(replace(memory, status="deleted", deleted_at=now), now)


def restore(memory: Memory, now: datetime, instead_of: MemoryId | None = None) -> Memory:
    """Bring back into use; an expiry that is over goes, and `instead_of` says whose place it takes."""
    lasting = None if memory.ttl_at is None or memory.ttl_at <= now else memory.ttl_at
    active = replace(memory, status="active", deleted_at=None, ttl_at=lasting, superseded_by=None)
    return _touched(replace(active, supersedes=instead_of or memory.supersedes), now)


def is_from_there_only(memory: Memory, conversation_id: UUID) -> bool:
    """Tell whether a conversation is the only place where something was said."""
    return all(source.conversation_id == conversation_id for source in memory.sources)


def without_trace(memory: Memory, conversation_id: UUID, now: datetime) -> Memory:
    """Take off what leads to a conversation that is gone: its quotes, its id, its run."""
    left = (MemorySource(each.said_at, each.way) if each.conversation_id == conversation_id else each for each in memory.sources)
    untraced = replace(memory, sources=tuple(left))
    if memory.conversation_id == conversation_id:
        untraced = replace(untraced, conversation_id=None, run_id=None)
    return _touched(untraced, now)


def as_of(memory: Memory, now: datetime) -> Memory:
    """Show a memory as it is at a moment: what is over is archived, whether or not the sweep has come by."""
    return replace(memory, status="archived") if memory.status == "active" and is_over(memory, now) else memory


def is_over(memory: Memory, now: datetime) -> bool:
    """Tell whether its time has run out."""
    return memory.ttl_at is not None and memory.ttl_at <= now


def holds(memory: Memory, switches: MemorySwitches, now: datetime) -> bool:
    """Tell whether a memory may be used at a moment: the gate in front of every recall and search."""
    begun = memory.valid_from is None or memory.type == "commitment" or memory.valid_from <= now
    valid = begun and (memory.valid_to is None or now < memory.valid_to)
    allowed = switches.memory_enabled and (memory.is_explicit or switches.implicit_memory_enabled)
    open_to = memory.sensitivity == 0 or switches.sensitive_memory_enabled
    return memory.status == "active" and not is_over(memory, now) and valid and allowed and open_to


def wrong(said: MemoryDraft | MemoryPatch, reason: str | None, switches: MemorySwitches, at: Moment) -> Iterator[FieldError]:
    """Name what keeps something from being remembered as it was said: secrets, switches, an expiry in the past."""
    for name, text in (("content", said.content), ("title", said.title), ("reason", reason)):
        if isinstance(text, str) and is_secret(text):
            yield FieldError(name, "secret", BadMemoryContent.code)
    if said.is_explicit is False and not switches.implicit_memory_enabled:
        yield FieldError("is_explicit", "implicit_memory_enabled")
    if not isinstance(said.sensitivity, UnsetType) and said.sensitivity and not switches.sensitive_memory_enabled:
        yield FieldError("sensitivity_level", "sensitive_memory_enabled")
    if isinstance(said.ttl_at, datetime) and said.ttl_at <= at.now:
        now = at.now.astimezone(ZoneInfo(at.zone)).isoformat(timespec="seconds")
        yield FieldError("ttl_at", "min", facts={"limit": now})


def slot_of(memory: Memory) -> str | None:
    """Give the key under which at most one active item of an owner stands: of a statement, not of its words."""
    if memory.status != "active":
        return None
    slots = memory.slots
    bounds = [None if each is None else each.isoformat() for each in (memory.valid_from, memory.valid_to)]
    value = slots.value if slots.attribute in _MANY_VALUED else None
    return _digest(json.dumps([slots.subject, slots.attribute, slots.scope, bounds, value]))


def note(content_hash: str) -> Slots:
    """Give the slots of what is kept as it was said; two notes are the same statement if they have the same words."""
    return Slots("self", NOTE, "positive", content_hash)


def hash_of(content: str) -> str:
    """Hash words, whatever their case, width and white space."""
    return _digest(" ".join(unicodedata.normalize("NFKC", content).casefold().split()))


def title_of(content: str) -> str:
    """Give the beginning of a text."""
    line = content.splitlines()[0].strip() if content else ""
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def language_of(content: str) -> Language:
    """Guess the language of a text: Chinese if it has a character."""
    return "zh" if _HAN.search(content) else "en"


def _title(memory: Memory, patch: MemoryPatch, content: str) -> str:
    followed = title_of(content) if memory.title == title_of(memory.content) else memory.title
    return (patch.title or title_of(content)) if not isinstance(patch.title, UnsetType) else followed


def _reworded(memory: Memory, content: str, now: datetime) -> Memory:
    content_hash = hash_of(content)
    worded = replace(memory, content=content, content_hash=content_hash, language=language_of(content), slots=note(content_hash))
    return replace(worded, valid_from=None, valid_to=None, confirmed_at=now, sources=_typed(memory, MemorySource(now, "typed", content)))


def _typed(memory: Memory, last: MemorySource) -> tuple[MemorySource, ...]:
    """Keep what was said elsewhere; of what was typed in a place the last counts, so that nothing piles up."""
    said = tuple(source for source in memory.sources if source.way == "said" or source.conversation_id != last.conversation_id)
    return (*said, last)


def _touched(memory: Memory, now: datetime) -> Memory:
    return replace(memory, version=memory.version + 1, updated_at=now)


def _kept(new: T | UnsetType, old: T) -> T:
    return old if isinstance(new, UnsetType) else new


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
