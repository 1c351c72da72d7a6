"""The use cases of what is remembered."""

from collections.abc import Iterable

from msgspec import UNSET

from smartflow.client.memory import (
    BadMemoryContent,
    Erased,
    Memory,
    MemoryDraft,
    MemoryFilter,
    MemoryNotFound,
    MemoryPage,
    MemoryPatch,
    MemorySettings,
    MemorySwitches,
)
from smartflow.services.memory import model, repository
from smartflow.services.memory.recall.service import RecallService
from smartflow.services.memory.record import Author, Change, record, tell
from smartflow.services.memory.repository import Wanted
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import MemoryId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

_LONGEST_CURSOR = 18


class MemoryService(RecallService):
    """What a person said, and how it is forgotten. Serves `client.memory.MemoryClient`."""

    async def add(self, call: Call, draft: MemoryDraft, *, reason: str | None = None) -> Memory:
        """Remember something; what is remembered already is confirmed, and given as it is.

        Raises:
            InvalidInput: It holds a secret (40057), a switch forbids it, or it is over already.
        """
        async with self._database.work(call) as unit:
            stood = await repository.lock(unit, call.owner)
            _refuse(model.wrong(draft, reason, stood.switches, model.Moment(unit.now, call.zone)))
            made = model.create(call.owner, draft, unit.now)
            held = await repository.holder(unit, call.owner, model.slot_of(made))
            if held is not None and not model.is_over(held, unit.now):
                changes = [Change("confirmed", held, model.confirm(held, draft, unit.now))]
            else:
                changes = [*_archived(held, unit), Change("added", None, made)]
            written = await record(unit, call.owner, stood, Author.of(call, reason), changes)
            return unit.answer(written[-1])

    async def change(self, call: Call, memory_id: MemoryId, patch: MemoryPatch, *, reason: str | None = None) -> Memory:
        """Change a memory.

        Raises:
            MemoryNotFound: The owner has no such memory, or it is deleted.
            InvalidInput: As for adding; or another active memory says the same (40057).
        """
        async with self._database.work(call) as unit:
            stood = await repository.lock(unit, call.owner)
            memory = await _known(unit, call, memory_id)
            if memory.status == "deleted":
                raise MemoryNotFound
            _refuse(model.wrong(patch, reason, stood.switches, model.Moment(unit.now, call.zone)))
            changed = model.change(memory, patch, unit.now)
            if changed == memory:
                return unit.answer(memory)
            rival = await repository.holder(unit, call.owner, model.slot_of(changed)) if patch.content is not UNSET else None
            if rival is not None and rival.id != memory_id and not model.is_over(rival, unit.now):
                raise InvalidInput([FieldError("content", "unique", BadMemoryContent.code)])
            over = _archived(rival, unit) if rival is not None and rival.id != memory_id else []
            written = await record(unit, call.owner, stood, Author.of(call, reason), [*over, Change("changed", memory, changed)])
            return unit.answer(written[-1])

    async def delete(self, call: Call, memory_id: MemoryId, *, reason: str | None = None) -> Memory:
        """Forget a memory, for 30 days restorable; one that is deleted stays so.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        async with self._database.work(call) as unit:
            stood = await repository.lock(unit, call.owner)
            memory = await _known(unit, call, memory_id)
            if memory.status == "deleted":
                return unit.answer(memory)
            change = Change("deleted", memory, model.delete(memory, unit.now))
            return unit.answer((await record(unit, call.owner, stood, Author.of(call, reason), [change]))[-1])

    async def erase(self, call: Call, memory_id: MemoryId) -> Erased:
        """Forget a memory for good, with its sources, and its texts wherever they are kept.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        async with self._database.work(call) as unit:
            stood = await repository.lock(unit, call.owner)
            memory = await _known(unit, call, memory_id)
            await repository.erase(unit, call.owner, [memory_id])
            await record(unit, call.owner, stood, Author(), [Change("erased", memory, None)])
            return unit.answer(Erased(memory_id))

    async def restore(self, call: Call, memory_id: MemoryId, *, reason: str | None = None) -> Memory:
        """Make a memory active again; what took its place is archived, and an expiry that is over goes.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        async with self._database.work(call) as unit:
            stood = await repository.lock(unit, call.owner)
            memory = await _known(unit, call, memory_id)
            if memory.status == "active":
                return unit.answer(memory)
            restored = model.restore(memory, unit.now)
            held = await repository.holder(unit, call.owner, model.slot_of(restored))
            changes: list[Change] = []
            if held is not None and held.id != memory_id:  # its own row may be active still, if it is only over
                restored = model.restore(memory, unit.now, held.id)
                changes.append(Change("archived", held, model.archive(held, unit.now, memory_id)))
            changes.append(Change("restored", memory, restored))
            return unit.answer((await record(unit, call.owner, stood, Author.of(call, reason), changes))[-1])

    async def get(self, call: Call, memory_id: MemoryId) -> Memory:
        """Give a memory, deleted or not.

        Raises:
            MemoryNotFound: The owner has no such memory.
        """
        async with self._database.read() as reader:
            found = await repository.get(reader, call.owner, memory_id)
        if found is None:
            raise MemoryNotFound
        return model.as_of(found, reader.now)

    async def find(self, call: Call, wanted: MemoryFilter) -> MemoryPage:
        """Find memories, newest first.

        Raises:
            InvalidInput: The cursor is none of ours.
        """
        below = None if wanted.cursor is None else _below(wanted.cursor)
        rows = Wanted(wanted.statuses, wanted.types, wanted.conversation_id, below, wanted.limit + 1)
        async with self._database.read() as reader:
            found = await repository.find(reader, call.owner, rows)
        shown = found[: wanted.limit]
        return MemoryPage(shown, str(shown[-1].id) if len(found) > wanted.limit else None)

    async def settings(self, call: Call) -> MemorySettings:
        """Give the switches."""
        async with self._database.read() as reader:
            return (await repository.standing(reader, call.owner)).settings

    async def set_settings(self, call: Call, switches: MemorySwitches) -> MemorySettings:
        """Set all switches; they hold at once."""
        async with self._database.work(call) as unit:
            stood = await repository.lock(unit, call.owner)
            if switches == stood.switches and stood.settings.updated_at is not None:
                return unit.answer(stood.settings)
            await repository.set_switches(unit, call.owner, switches)
            await tell(unit, call.owner, stood, {"settings": []})
            return unit.answer(MemorySettings(switches, unit.now))


async def _known(unit: Unit, call: Call, memory_id: MemoryId) -> Memory:
    found = await repository.get(unit, call.owner, memory_id)
    if found is None:
        raise MemoryNotFound
    return model.as_of(found, unit.now)


def _archived(held: Memory | None, unit: Unit) -> list[Change]:
    """Archive what holds a slot and is over, before the sweep comes by."""
    return [] if held is None else [Change("archived", held, model.archive(held, unit.now))]


def _refuse(errors: Iterable[FieldError]) -> None:
    found = list(errors)
    if found:
        raise InvalidInput(found)


def _below(cursor: str) -> int:
    """Read a cursor: the id of the last memory that was shown."""
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _LONGEST_CURSOR):
        raise InvalidInput([FieldError("cursor", "format")])
    return int(cursor)
