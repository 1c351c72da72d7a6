"""How every change is written: items and their audit, the owner's next version, and the fact, in one unit."""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from smartflow.client.memory import Memory, MemoryAction, MemoryChanged
from smartflow.services.memory import repository
from smartflow.services.memory.repository import Standing
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.ids import MemoryId, OwnerId

_ACTORS: dict[Actor, Literal["person", "assistant"]] = {Actor.PERSON: "person", Actor.ASSISTANT: "assistant"}
_AUDITED = ("type", "title", "content", "confidence", "importance", "sensitivity", "is_explicit", "status", "ttl_at", "rule_active")


class Author(Struct, frozen=True):
    """Who did something, and why."""

    actor: Literal["person", "assistant", "system"] = "system"
    reason: str | None = None

    @classmethod
    def of(cls, call: Call, reason: str | None) -> "Author":
        """Name who acts in a call."""
        return cls(_ACTORS.get(call.actor, "system"), reason)


class Change(Struct, frozen=True):
    """What became of one memory. Of a new one there is no `before`, of an erased one no `after`."""

    action: MemoryAction
    before: Memory | None
    after: Memory | None


async def record(unit: Unit, owner: OwnerId, stood: Standing, author: Author, changes: Sequence[Change]) -> list[Memory]:
    """Write changes down, raise the version that `lock` gave by one, and tell them; gives what is there afterwards."""
    written: list[Memory] = []
    entries: list[dict[str, Any]] = []
    told: dict[MemoryAction, list[MemoryId]] = {}
    for each in changes:
        if each.after is not None:
            written.append(await _write(unit, owner, each.before, each.after))
        memory_id = written[-1].id if each.after is not None else _id(each)
        told.setdefault(each.action, []).append(memory_id)
        texts = {} if each.after is None else {"before": _texts(each.before), "after": _texts(each.after), "reason": author.reason}
        entries.append({"memory_id": memory_id, "operation": each.action, "actor": author.actor if texts else None, **texts})
    await repository.write_audit(unit, owner, entries)
    await tell(unit, owner, stood, told)
    return written


async def tell(unit: Unit, owner: OwnerId, stood: Standing, told: dict[MemoryAction, list[MemoryId]]) -> None:
    """Raise the owner's version by one, and tell what made it so."""
    after = stood.version + 1
    await repository.set_version(unit, owner, after)
    for action, ids in told.items():
        unit.publish(MemoryChanged(owner, tuple(ids), action, after))


async def _write(unit: Unit, owner: OwnerId, before: Memory | None, after: Memory) -> Memory:
    if before is None:
        return await repository.add(unit, owner, after)
    await repository.save(unit, owner, after, before)
    return after


def _id(change: Change) -> MemoryId:
    return MemoryId(0) if change.before is None else change.before.id


def _texts(memory: Memory | None) -> Any:  # noqa: ANN401 - JSON
    return None if memory is None else plain({name: getattr(memory, name) for name in _AUDITED})
