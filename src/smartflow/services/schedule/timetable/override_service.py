"""The use case that makes the timetable depart from itself on some dates."""

from collections.abc import Sequence

from smartflow.client.schedule.change import ChangeResult
from smartflow.client.schedule.term import DayOverride, TermView
from smartflow.client.schedule.violation import OutsideTerm
from smartflow.client.task import Task
from smartflow.services.schedule.timetable import journal, rows, terms
from smartflow.services.schedule.timetable.changes import Purpose, Seen, task_facts
from smartflow.services.schedule.timetable.clashes import judged
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.guests import settle
from smartflow.services.schedule.timetable.overrides import meeting_changes, timetable
from smartflow.services.schedule.timetable.parts import Part
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.room import Room
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TermId


class OverrideService(Room):
    """Sets day overrides."""

    async def set_overrides(
        self, call: Call, overrides: Sequence[DayOverride], *, term: TermId | None = None, dry_run: bool = False
    ) -> ChangeResult:
        """Replace a term's list of such dates; meetings and their guests move with it.

        Raises:
            TermNotFound: The owner has no such term.
            OutsideTerm: A date or a nominal day lies outside the term.
            Refusal: What the validator says.
        """
        known = await self._desk.known_tasks(call, Part(term))
        if dry_run:
            async with self._database.read() as reader:
                own = await terms.load(reader, call.owner, call.zone)
                view = own.chosen(term)
                _check(view, overrides)
                outcome = await self._worked_out(reader, call, own, (view, overrides), known)
                found = await judged(reader, call.owner, outcome, known)
                return await self._desk.preview(reader, call.owner, outcome, Seen(own.version, known, found))
        async with self._database.work(call) as unit:
            version = await journal.lock_version(unit, call.owner)
            own = await terms.stored(unit, call.owner, call.zone)
            view = own.chosen(term)
            _check(view, overrides)
            outcome = await self._worked_out(unit, call, own, (view, overrides), known)
            found = await judged(unit, call.owner, outcome, known)
            no = refusal(found)
            if no is not None:
                raise no
            before = await terms.overrides(unit, call.owner, view.id or rows.UNSTORED)
            await terms.replace_overrides(unit, call.owner, view.id or rows.UNSTORED, overrides)
            purpose = Purpose("term", rows_only=set(before) != set(overrides))
            return unit.answer(await self._desk.record(unit, call, outcome, purpose, Seen(version, known, found)))

    async def _worked_out(
        self, reader: Read, call: Call, own: terms.Terms, edit: tuple[TermView, Sequence[DayOverride]], known: Sequence[Task]
    ) -> Outcome:
        view, overrides = edit
        state = await rows.load(reader, call.owner, own, map(task_facts, known), Part(view.id))
        before = await terms.overrides(reader, call.owner, view.id) if view.id is not None else ()
        meetings = {event: row for event, row in state.events.items() if row.nominal is not None and row.term == view.id}
        changes = meeting_changes(timetable(view.term, before), timetable(view.term, overrides), meetings)
        return settle(state, changes, view.id)


def _check(view: TermView, overrides: Sequence[DayOverride]) -> None:
    """Hold overrides to the term.

    Raises:
        OutsideTerm: A date or a nominal day lies outside it.
    """
    for each in overrides:
        inside = view.first_monday <= each.on <= view.last_day
        nominal = each.kind == "off" or (each.week is not None and each.day is not None and view.term.has(each.week, each.day))
        if not inside or not nominal:
            raise OutsideTerm
