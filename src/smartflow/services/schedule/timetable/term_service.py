"""The use cases of terms."""

from smartflow.client.schedule.term import DayOverride, TermView
from smartflow.services.schedule.timetable import journal, terms
from smartflow.services.schedule.timetable.changes import task_facts
from smartflow.services.schedule.timetable.room import Room
from smartflow.services.schedule.timetable.term_setting import TermSetting, consider, set_in
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TermId


class TermService(Room):
    """Shows and sets terms."""

    async def term(self, call: Call, term: TermId | None = None) -> TermView:
        """Give a term.

        Raises:
            TermNotFound: The owner has no such term.
        """
        async with self._database.read() as reader:
            return (await terms.load(reader, call.owner, call.zone)).chosen(term)

    async def terms(self, call: Call) -> tuple[TermView, ...]:
        """List the terms by their first Monday."""
        async with self._database.read() as reader:
            return (await terms.load(reader, call.owner, call.zone)).shown

    async def set_term(self, call: Call, draft: TermDraft, *, term: TermId | None = None, dry_run: bool = False) -> TermView:
        """Change a term or, where the range meets none, make one.

        Raises:
            InvalidInput: The draft breaks rules (`overlap`: it meets several terms).
            TermNotFound: The owner has no such term.
            TermDropsBlocks: Blocks would fall out.
            Refusal: What the validator says of meetings that follow their day overrides.
        """
        tasks = [task_facts(task) for task in await self._desk.known_tasks(call)]
        if dry_run:
            async with self._database.read() as reader:
                setting = await consider(reader, call, draft, term, tasks=tasks)
            await self._hold_blocks(call, setting)
            return setting.view
        async with self._database.work(call) as unit:
            version = await journal.lock_version(unit, call.owner)
            setting = await consider(unit, call, draft, term, tasks=tasks)
            if setting.changes_nothing:
                return unit.answer(setting.view)
            if not setting.redated.dropped:
                return unit.answer(await set_in(unit, call, setting, version))
        # Nothing was written. Only now, with nothing open, can be asked what the blocks are called.
        await self._hold_blocks(call, setting)
        return setting.view

    async def overrides(self, call: Call, term: TermId | None = None) -> tuple[DayOverride, ...]:
        """List the dates on which the timetable departs from itself.

        Raises:
            TermNotFound: The owner has no such term.
        """
        async with self._database.read() as reader:
            view = (await terms.load(reader, call.owner, call.zone)).chosen(term)
            return () if view.id is None else await terms.overrides(reader, call.owner, view.id)

    async def _hold_blocks(self, call: Call, setting: TermSetting) -> None:
        """Refuse a term that has no room for its blocks.

        Raises:
            TermDropsBlocks: It has not.
        """
        titles = await self._titles(call, [block.source for block in setting.redated.dropped])
        refusal = setting.refusal(titles)
        if refusal is not None:
            raise refusal
