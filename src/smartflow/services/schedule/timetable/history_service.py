"""The use cases that show what was changed."""

from msgspec.structs import replace

from smartflow.client.schedule.change import ChangeNotFound, JournalEntry, JournalPage
from smartflow.services.schedule.timetable import journal, names, terms
from smartflow.services.schedule.timetable.diff import diffs
from smartflow.services.schedule.timetable.room import Room
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ChangeId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

_LONGEST_CURSOR = 18


class HistoryService(Room):
    """Shows the journal."""

    async def version(self, call: Call) -> int:
        """Give the schedule's version."""
        async with self._database.read() as reader:
            return await journal.version_of(reader, call.owner)

    async def changes(self, call: Call, *, cursor: str | None = None, limit: int = 20) -> JournalPage:
        """List the applied change sets, newest first, without those that have no entries (a term's are listed).

        Raises:
            InvalidInput: The cursor is none of ours.
        """
        before = None if cursor is None else _version(cursor)
        async with self._database.read() as reader:
            entries = await journal.listed(reader, call.owner, before=before, limit=limit + 1)
        shown = tuple(entries[:limit])
        return JournalPage(shown, str(shown[-1].version_after) if len(entries) > limit else None)

    async def change_of(self, call: Call, change_id: ChangeId) -> JournalEntry:
        """Show one applied change set with all it did.

        Raises:
            ChangeNotFound: The owner's journal has no such change set.
        """
        async with self._database.read() as reader:
            found = await journal.found(reader, call.owner, change_id)
            if found is None:
                raise ChangeNotFound
            entry, steps = found
            known = (await terms.load(reader, call.owner, call.zone)).by_id()
            called = await names.load(reader, call.owner, [step.source for step in steps], told=steps)
        titles = await self._titles(call, [step.source for step in steps])
        return replace(entry, diff=diffs(steps, known, called | titles))


def _version(cursor: str) -> int:
    """Read a cursor: the version of the last change set that was shown."""
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _LONGEST_CURSOR):
        raise InvalidInput([FieldError("cursor", "format")])
    return int(cursor)
