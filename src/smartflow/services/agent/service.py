"""The use cases of the assistant."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row

from smartflow.client.agent.api import (
    Closed,
    ContextStats,
    ConversationNeeded,
    ConversationNotFound,
    Conversations,
    InteractionNotFound,
    InteractionNotOpen,
    Message,
    Meta,
    Pending,
    RunIsRunning,
    Running,
    RunNotFound,
    RunStatus,
    Started,
    Status,
)
from smartflow.client.agent.events import ConversationDeleted, MessageRecorded
from smartflow.client.agent.log import LogRow
from smartflow.client.schedule.classes import ClassesClient, ClassToPlanNotFound
from smartflow.services.agent import repository
from smartflow.services.agent.engine.job import BEAT, LEASE, lease_of
from smartflow.services.agent.engine.runner import Runner
from smartflow.services.agent.engine.titling import first_title
from smartflow.services.agent.hearing import Heard, Hearer, spoken
from smartflow.services.agent.model import STAYS_OPEN
from smartflow.services.agent.repository import Line
from smartflow.shared.database.database import Database
from smartflow.shared.database.lease import forget
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, Entropy

_PREVIOUS = 500
# Readers are noted with every beat, so that much later at most.
_UNREAD = timedelta(seconds=10) + BEAT
_PATIENCE = timedelta(seconds=8)


class AgentService:
    """Talks. Serves `client.agent.api.AgentClient`."""

    def __init__(self, database: Database, entropy: Entropy, hearer: Hearer, classes: ClassesClient, runner: Runner) -> None:
        self._database = database
        self._entropy = entropy
        self._hearer = hearer
        self._classes = classes
        self._runner = runner

    async def say(self, call: Call, message: Message) -> Started:
        """Begin a run; under a key a repeat gives the run that it began.

        Raises:
            ConversationNotFound: The owner has no such conversation.
            ConversationNeeded: It answers an interaction and names no conversation.
            ClassToPlanNotFound: It names a task class that the owner has not.
            InteractionNotFound: The conversation has no such interaction.
            InteractionNotOpen: The interaction is not open any more.
            RunIsRunning: The conversation is being answered.
        """
        run = self._entropy.uuid()
        async with self._database.once(call):
            if message.answer is not None and message.conversation is None:
                raise ConversationNeeded
            await self._known(call, message.classes)
            async with self._database.read() as reader:
                waiting = await self._waiting(reader, call, message)
                aside = "" if waiting is None else await _aside(reader, call, waiting)
            await self._make_room(call, message)
            heard = await self._hearer.read(call, message, waiting, aside)
            with self._runner.starting(run):
                async with self._database.work(call) as unit:
                    started, row = await self._begin(unit, call, message, run, heard)
                    fence = await self._runner.leases.take(unit, lease_of(run), LEASE)
                    unit.answer(started)
                self._runner.begin(row, fence)
        return started

    async def attach(self, call: Call, run: UUID) -> Started:
        """Find a run, to follow it.

        Raises:
            RunNotFound: The owner has no such run.
        """
        async with self._database.read() as reader:
            found = await repository.run(reader, call.owner, run)
        if found is None:
            raise RunNotFound
        return Started(found.conversation_id, found.id, found.after, found.created_at)

    async def follow(self, call: Call, run: UUID, after: int) -> AsyncIterator[LogRow]:
        """Give a run's visible rows after a position, those to come as they come; ends with the run.

        Raises:
            RunNotFound: The owner has no such run.
        """
        at = after
        with self._runner.readers.at(run) as woken:
            while True:
                woken.clear()
                async with self._database.read() as reader:
                    found = await repository.run(reader, call.owner, run)
                    if found is None:
                        raise RunNotFound
                    rows = await repository.rows(reader, call.owner, found.conversation_id, after=at, run=run)
                for row in rows:
                    yield row
                    at = row.pos
                if not rows:
                    if found.status != "running":
                        return
                    await woken.wait()

    async def cancel(self, call: Call, run: UUID) -> RunStatus:
        """Ask a run to stop; gives how it stands. Repeatable.

        Raises:
            RunNotFound: The owner has no such run.
        """
        async with self._database.work() as unit:
            found = await repository.run(unit, call.owner, run)
            if found is None:
                raise RunNotFound
            if found.status == "running":
                await repository.set_run(unit, call.owner, run, cancel_asked=1)
        self._runner.cancel(run)
        status: RunStatus = found.status
        return status

    async def meta(self, call: Call, conversation: UUID) -> Meta:
        """Show a conversation.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        async with self._database.read() as reader:
            return await self._meta(reader, call, await _found(reader, call, conversation))

    async def list(self, call: Call, *, skip: int, limit: int, status: Status | None = None, text: str | None = None) -> Conversations:
        """List conversations, the latest first."""
        async with self._database.read() as reader:
            rows, total = await repository.listed(reader, call.owner, skip=skip, limit=limit, status=status, text=text)
            return Conversations(tuple([await self._meta(reader, call, row) for row in rows]), total)

    async def timeline(self, call: Call, conversation: UUID, *, after: int = 0, limit: int | None = None) -> tuple[LogRow, ...]:
        """Give what the timeline keeps, by seq, the pieces of each text joined.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        async with self._database.read() as reader:
            await _found(reader, call, conversation)
            rows = await repository.kept(reader, call.owner, conversation, after=after)
        joined: dict[int, LogRow] = {}
        for row in rows:
            seq = row.seq or 0
            known = joined.get(seq)
            text = row.payload.get("text", "")
            joined[seq] = (
                row if known is None else msgspec.structs.replace(known, payload={**known.payload, "text": known.payload["text"] + text})
            )
        return tuple(joined.values())[:limit]

    async def context_stats(self, call: Call, conversation: UUID) -> ContextStats | None:
        """Tell how large the last request was; None before the first.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        async with self._database.read() as reader:
            found = await _found(reader, call, conversation)
        return None if found.context is None else msgspec.convert(found.context, ContextStats)

    async def change(self, call: Call, conversation: UUID, *, title: str | None = None, status: Status | None = None) -> Meta:
        """Rename or archive a conversation.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        async with self._database.work(call) as unit:
            await _found(unit, call, conversation)
            values: dict[str, object] = {"title": title, "status": status}
            changed = {name: value for name, value in values.items() if value is not None}
            await repository.set_conversation(unit, call.owner, conversation, updated_at=unit.now, **changed)
            return unit.answer(await self._meta(unit, call, await _found(unit, call, conversation)))

    async def delete(self, call: Call, conversation: UUID, *, memories: bool = False) -> None:
        """Delete a conversation with everything in it; its run is cancelled first.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        async with self._database.work(call) as unit:
            found = await _found(unit, call, conversation)
            if found.active_run_id is not None:
                await forget(unit, lease_of(found.active_run_id))
            await repository.erase_conversation(unit, call.owner, conversation)
            unit.publish(ConversationDeleted(call.owner, conversation, memories))
            unit.answer(None)
        if found.active_run_id is not None:
            self._runner.cancel(found.active_run_id)

    async def _known(self, call: Call, classes: Collection[ClassId]) -> None:
        if classes and not {each.id for each in await self._classes.all(call)}.issuperset(classes):
            raise ClassToPlanNotFound

    async def _waiting(self, reader: Read, call: Call, message: Message) -> Row[Any] | None:
        """Find the interaction that the words may be an answer to."""
        if message.conversation is None:
            return None
        await _found(reader, call, message.conversation)
        if message.answer is None:
            return await repository.open_interaction(reader, call.owner, message.conversation)
        row = await repository.interaction(reader, call.owner, message.answer.interaction)
        if row is None or row.conversation_id != message.conversation:
            raise InteractionNotFound
        if row.status != "open" or row.expires_at <= reader.now:
            raise InteractionNotOpen(Closed("expired" if row.status == "open" else row.status))
        return row

    async def _make_room(self, call: Call, message: Message) -> None:
        """Have a run that nobody follows any more end for the new message; one that is followed is not disturbed."""
        if message.conversation is None:
            return
        async with self._database.read() as reader:
            found = await _found(reader, call, message.conversation)
            if found.active_run_id is None:
                return
            left = await self._left(reader, call, found)
        if left is None:
            raise RunIsRunning(Running(found.active_run_id))
        await self.cancel(call, left.id)
        await self._runner.ended(left.id, _PATIENCE)
        await self._runner.cut(call.owner, left.id)

    async def _left(self, reader: Read, call: Call, found: Row[Any]) -> Row[Any] | None:
        """Give the run that is answering, if no reader has followed it for a while."""
        run = await repository.run(reader, call.owner, found.active_run_id)
        if run is None:
            return None
        followed = run.created_at if found.read_at is None else max(run.created_at, found.read_at)
        return run if reader.now - followed > _UNREAD else None

    async def _begin(self, unit: Unit, call: Call, message: Message, run: UUID, heard: Heard) -> tuple[Started, Row[Any]]:
        conversation = message.conversation or self._entropy.uuid()
        if message.conversation is None:
            await repository.begin_conversation(unit, call.owner, conversation, first_title(message.text))
        found = await _found(unit, call, conversation, lock=True)
        if found.active_run_id is not None:
            raise RunIsRunning(Running(found.active_run_id))
        heard = await _still_heard(unit, call, message, heard)
        asker = None if heard.waiting is None else await repository.run(unit, call.owner, heard.waiting.run_id)
        language = spoken(call, message, heard, None if asker is None else asker.options["language"])
        options = {"language": language, "zone": call.zone, "thinking": message.thinking}
        after = found.next_pos
        await repository.begin_run(unit, call.owner, run, conversation, options, after=after)
        row = await repository.run(unit, call.owner, run)
        if row is None:
            raise RunNotFound
        if heard.waiting is not None and heard.reading not in STAYS_OPEN:
            await repository.settle(unit, call.owner, heard.waiting.id, {"reading": heard.reading})
        values = {"active_run_id": run, "messages": found.messages + 1, "last_message_at": unit.now, "updated_at": unit.now}
        await repository.set_conversation(unit, call.owner, conversation, **values)
        words = {"text": message.text, "always": message.always_execute, **heard.plain()}
        written = await repository.append(unit, call.owner, row, [Line("user_text", words)])
        previous = await self._previous(unit, call, conversation)
        unit.publish(MessageRecorded(call.owner, conversation, written[0].seq or 0, "user", message.text, previous))
        return Started(conversation, run, after, unit.now), row

    async def _previous(self, unit: Unit, call: Call, conversation: UUID) -> str:
        said: Sequence[LogRow] = await repository.last_said(unit, call.owner, conversation)
        return "".join(row.payload["text"] for row in said if row.run == said[-1].run)[-_PREVIOUS:] if said else ""

    async def _meta(self, reader: Read, call: Call, row: Row[Any]) -> Meta:
        waiting = await repository.open_interaction(reader, call.owner, row.id)
        return Meta(
            id=row.id,
            title=row.title,
            status=row.status,
            messages=row.messages,
            created_at=row.created_at,
            last_message_at=row.last_message_at,
            active_run=row.active_run_id,
            pending=None if waiting is None else Pending(waiting.id, waiting.type, waiting.summary, waiting.expires_at),
        )


async def _found(reader: Read, call: Call, conversation: UUID, *, lock: bool = False) -> Row[Any]:
    row = await repository.conversation(reader, call.owner, conversation, lock=lock)
    if row is None:
        raise ConversationNotFound
    return row


async def _aside(reader: Read, call: Call, waiting: Row[Any]) -> str:
    """Give what was answered since to something else; nothing: what waits was the last that was said."""
    heard = await repository.last_heard(reader, call.owner, waiting.conversation_id)
    if heard is None or heard.payload.get("reading") != "aside":
        return ""
    said = await repository.last_said(reader, call.owner, waiting.conversation_id)
    return "".join(row.payload["text"] for row in said if row.run == heard.run)[-_PREVIOUS:]


async def _still_heard(unit: Unit, call: Call, message: Message, heard: Heard) -> Heard:
    """Hold what was read against what is open now: what came meanwhile has not been answered yet, so words to it wait."""
    now = None if message.conversation is None else await repository.open_interaction(unit, call.owner, message.conversation)
    read = None if heard.waiting is None else heard.waiting.id
    if now is not None and now.id == read:
        return heard
    if message.answer is not None and read is not None:
        gone = await repository.interaction(unit, call.owner, read)
        raise InteractionNotOpen(Closed("closed" if gone is None else "expired" if gone.status == "open" else gone.status))
    return Heard() if now is None else Heard(now, "aside")
