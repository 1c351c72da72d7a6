"""The use cases that show the timetable."""

from collections.abc import Sequence

from msgspec.structs import replace

from smartflow.client.schedule.block import Current, Day, Finished, Placed, Week
from smartflow.client.schedule.course import Course
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.term import TermView, WeekOutsideTerm
from smartflow.services.schedule.timetable import repository, terms, views
from smartflow.services.schedule.timetable.room import Room
from smartflow.services.schedule.timetable.seen import Seen, titled
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TermId


class ViewService(Room):
    """Shows days, weeks, what is now, what was done, and courses."""

    async def today(self, call: Call) -> tuple[Day, ...]:
        """Show today, without empty stretches; nothing outside any term."""
        async with self._database.read() as reader:
            view = (await terms.load(reader, call.owner, call.zone)).current
            day = views.day_at(view, reader.now)
            if day is None:
                return ()
            seen = [] if view.id is None else await repository.on_day(reader, call.owner, (view.id, *day))
        return (views.show_day(view, day, await self._titled(call, seen)),)

    async def week(self, call: Call, week: int = 0, *, term: TermId | None = None, empty: bool = True) -> Week:
        """Show a week; 0 is this one, or the term's nearest.

        Raises:
            TermNotFound: The owner has no such term.
            WeekOutsideTerm: The term has no such week.
        """
        async with self._database.read() as reader:
            view = (await terms.load(reader, call.owner, call.zone)).chosen(term)
            number = week or views.week_at(view, reader.now)
            if not 1 <= number <= view.term.weeks:
                raise WeekOutsideTerm
            seen = [] if view.id is None else await repository.in_week(reader, call.owner, view.id, number)
        return views.show_week(view, number, await self._titled(call, seen), empty=empty)

    async def current(self, call: Call) -> Current:
        """Show what is under way or comes next today."""
        async with self._database.read() as reader:
            now, found = reader.now, await repository.next_day(reader, call.owner)
            if found is None:
                return Current(None)
            view: TermView = (await terms.load(reader, call.owner, call.zone)).chosen(found[0])
            seen = await repository.on_day(reader, call.owner, found)
        current = views.show_current(views.show_day(view, found[1:], await self._titled(call, seen)), now)
        # What began before midnight is under way still, though its day is over.
        return current if current.ongoing or found[1:] == views.day_at(view, now) else Current(None)

    async def finished(self, call: Call, *, skip: int = 0, limit: int = 20) -> Finished:
        """Show what was done lately."""
        async with self._database.read() as reader:
            blocks = await repository.finished(reader, call.owner, skip=skip, limit=limit + 1)
        titles = await self._titles(call, [block.source for block in blocks])
        named = tuple(replace(block, name=titles.get(block.source, block.name)) for block in blocks[:limit])
        return Finished(named, has_more=len(blocks) > limit)

    async def placed(self, call: Call, sources: Sequence[Source]) -> tuple[Placed, ...]:
        """List the events of these sources, by source and time."""
        async with self._database.read() as reader:
            return await repository.of_sources(reader, call.owner, sources)

    async def courses(self, call: Call, term: TermId | None = None) -> tuple[Course, ...]:
        """List a term's courses.

        Raises:
            TermNotFound: The owner has no such term.
        """
        async with self._database.read() as reader:
            view = (await terms.load(reader, call.owner, call.zone)).chosen(term)
            return () if view.id is None else await repository.courses_of(reader, call.owner, view.id)

    async def _titled(self, call: Call, seen: Sequence[Seen]) -> list[Seen]:
        """Give the blocks of tasks their titles, now that nothing is open."""
        return titled(seen, await self._titles(call, [each.source for each in seen]))
