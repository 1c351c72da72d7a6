"""From a change set to rows: in which order its changes take effect, and what they make."""

from collections.abc import Callable, Iterator
from typing import TypeAlias, TypeVar

from msgspec.structs import replace

from smartflow.client.schedule.change import Add, ChangeSet, Hide, Move, Pin, Remove, Report, Restore, added_by
from smartflow.client.schedule.place import Nominal, Place
from smartflow.services.schedule.timetable.about import About
from smartflow.services.schedule.timetable.draft import Draft, Outcome
from smartflow.services.schedule.timetable.image import Image
from smartflow.services.schedule.timetable.naming import name_blocks
from smartflow.services.schedule.timetable.shape import faults
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.kernel.ids import EventId, TermId

Ids: TypeAlias = Callable[[int], EventId]
Kind = TypeVar("Kind")


def apply(state: ScheduleState, change_set: ChangeSet, ids: Ids = added_by) -> Outcome:
    """Work a change set out upon a state, whether it is allowed or not.

    The order of the changes does not matter. `ids` names the event that change number n adds; the writer maps these to
    the ids of the database. A block that cannot stand where it should is nowhere in the state after.
    """
    work = _Work(state, change_set, ids)
    work.restore()
    work.hide()
    work.remove()
    work.move()
    work.report()
    work.pin()
    work.leave_guests()
    work.add()
    work.draft.close_courses()
    return work.draft.outcome(change_set.edited)


class _Work:
    """One change set upon one state."""

    def __init__(self, state: ScheduleState, change_set: ChangeSet, ids: Ids) -> None:
        self.draft = Draft(state)
        self._state = state
        self._term = change_set.term if change_set.term is not None else state.facts.current
        self._changes = change_set.changes
        self._ids = {added_by(index): ids(index) for index, change in enumerate(self._changes) if isinstance(change, Add)}
        named = name_blocks(state, self._changes)
        self._blocks = named.blocks
        self.draft.problems += named.problems

    def restore(self) -> None:
        """Bring hidden sources back."""
        facts = self._state.facts.restoring({change.source for _, change in self._all(Restore)})
        for index, change in self._all(Restore):
            known = self._state.facts.known(change.source)
            if not facts.shown(change.source):
                self.draft.problems.append(About(index, change.source).breaks("source_missing"))
            elif known is not None and known.hidden:
                self.draft.restore(change.source)

    def hide(self) -> None:
        """Hide sources, and take their blocks off. A task may be gone already where tasks are kept."""
        for index, change in self._all(Hide):
            if change.source.type != "task_pool" and not self._state.facts.shown(change.source):
                self.draft.problems.append(About(index, change.source).breaks("source_missing"))
                continue
            self.draft.hide(change.source)
            for event in self._state.blocks_of(change.source):
                self.draft.remove(event, change.guest, index=index)

    def remove(self) -> None:
        """Take blocks off the schedule."""
        for index, change, event, _ in self._named(Remove):
            self.draft.remove(event, change.guest, index=index)

    def move(self) -> None:
        """Give blocks other places."""
        for index, change, event, row in self._named(Move):
            version = self._state.facts.task_version(row.source) or row.source_version
            moved = replace(row, term=self._term, place=self._place(change.place), source_version=version)
            home = row.term if row.source.type == "course" else None
            if self._exists(moved, About(index, row.source, event, moved.place), home):
                self.draft.put("move", event, moved, index=index)
            else:
                self.draft.lose(event)

    def report(self) -> None:
        """Say what became of blocks; of meetings first, for guests go by them."""
        for index, change, event, row in sorted(self._named(Report), key=lambda named: named[3].source.is_work):
            done = _done(row, change)
            if done is None:
                self.draft.problems.append(About(index, row.source, event, row.place).breaks("bad_report"))
            else:
                reported = replace(row, state=change.state, done_sections=done)
                if reported != row:
                    reported = replace(reported, reported_at=None if change.state == "live" else self._state.facts.now)
                self.draft.put("report", event, self.draft.housed(row, reported), index=index)

    def pin(self) -> None:
        """Fix blocks, or free them."""
        for index, change, event, row in self._named(Pin):
            self.draft.put("pin", event, replace(row, pinned=change.pinned), index=index)

    def leave_guests(self) -> None:
        """Settle what becomes of guests whose own place the set does not mention."""
        own = (*self._all(Move), *self._all(Remove))
        self.draft.leave_guests({self._blocks[index] for index, _ in own if index in self._blocks})

    def add(self) -> None:
        """Make new blocks."""
        for index, change in self._all(Add):
            event, row = self._ids[added_by(index)], self._added(change)
            about = About(index, change.source, None, row.place)
            made_up = None if change.makes_up is None else self._state.events.get(change.makes_up)
            if change.makes_up is not None and (made_up is None or made_up.source != change.source):
                self.draft.problems.append(About(index, change.source, change.makes_up, row.place).breaks("event_missing"))
            if self._exists(row, about):
                self.draft.put("add", event, row, index=index)

    def _added(self, change: Add) -> Image:
        place, nominal = self._place(change.place), None
        if change.source.type == "course":
            nominal = change.nominal or Nominal(place.week, place.day, place.first)
        return Image(
            term=self._term,
            source=change.source,
            place=place,
            state="suspended" if change.suspended else "live",
            nominal=nominal,
            makes_up=change.makes_up,
            source_version=self._state.facts.task_version(change.source),
        )

    def _place(self, place: Place) -> Place:
        return place if place.host is None else replace(place, host=self._ids.get(place.host, place.host))

    def _exists(self, row: Image, about: About, home: TermId | None = None) -> bool:
        found = list(faults(self._state.facts.terms[row.term].term, row, about, home=home))
        self.draft.problems += found
        return not found

    def _all(self, kind: type[Kind]) -> Iterator[tuple[int, Kind]]:
        return ((index, change) for index, change in enumerate(self._changes) if isinstance(change, kind))

    def _named(self, kind: type[Kind]) -> Iterator[tuple[int, Kind, EventId, Image]]:
        for index, change in self._all(kind):
            event = self._blocks.get(index)
            row = None if event is None else self.draft.row(event)
            if event is not None and row is not None:
                yield index, change, event, row


def _done(row: Image, report: Report) -> int | None:
    """Count the sections that a report calls done; nothing if it makes no sense."""
    match report.state:
        case "done":
            return row.place.length
        case "partly":
            return report.done_sections if 0 < (report.done_sections or 0) < row.place.length else None
        case "suspended":
            return 0 if row.source.type == "course" else None
        case _:
            return 0
