"""Forms that several nouns of the schedule share, and how its refusals show their details."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from smartflow.client.schedule.change import BaseChanged, ChangeResult, Conflict, Conflicts, Diff, Side
from smartflow.client.schedule.course import Clash, Clashes
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.term import DroppedBlocks
from smartflow.client.schedule.violation import Entry, Violation, Violations
from smartflow.gateway.envelope import Paging, View, paged, shown
from smartflow.gateway.fields import Id, given, local
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import EventId

Week = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[3])]
Day = Annotated[int, Meta(ge=1, le=7, examples=[2])]
Section = Annotated[int, Meta(ge=1, le=24, examples=[1])]
Number = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]


class SourceForm(Struct, frozen=True):
    """What a block is of."""

    type: Literal["task_item", "task_pool"]
    id: Id

    @classmethod
    def of(cls, source: Source) -> "SourceForm":
        """Show an item or a task."""
        return cls("task_pool" if source.type == "task_pool" else "task_item", source.id)

    def source(self) -> Source:
        """Say it in the words of the service."""
        return Source(self.type, self.id)


def stored(number: int | None) -> int | None:
    """Give the id of a row; what is not there yet has none, or one that no row has."""
    return number if number is not None and number > 0 else None


def source_of(source: SourceForm | None, item: int | None) -> Source:
    """Say in the words of the service which of its two names a source is given; the form's `check` held it to have one."""
    return Source("task_item", given(item)) if source is None else source.source()


class PlaceMembers(Struct, frozen=True):
    """A place, inline; whether it exists is the validator's business."""

    week: Number
    day_of_week: Number
    start_section: Number
    end_section: Number
    embed_course_event_id: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None

    def place(self) -> Place:
        """Say it in the words of the service."""
        host = EventId(self.embed_course_event_id) if self.embed_course_event_id else None
        return Place(self.week, self.day_of_week, self.start_section, self.end_section, host)


class PlaceForm(Struct, frozen=True):
    """A place as it is shown."""

    week: int
    day_of_week: int
    start_section: int
    end_section: int
    embed_course_event_id: int | None

    @classmethod
    def of(cls, place: Place) -> "PlaceForm":
        """Show a place; a host that is not there yet has no event."""
        return cls(place.week, place.day, place.first, place.last, stored(place.host))


class SourceShown(Struct, frozen=True):
    """What a block is of, as it is shown."""

    type: str
    id: int | None

    @classmethod
    def of(cls, source: Source) -> "SourceShown":
        """Show a source; one that only a dry run makes has no id."""
        return cls(source.type, stored(source.id))


class SideForm(Struct, frozen=True):
    """A block before or after a change."""

    event_id: int | None
    place: PlaceForm
    term_id: int | None
    start_at: datetime
    end_at: datetime
    state: str
    done_sections: int
    pinned: bool

    @classmethod
    def of(cls, side: Side, view: View) -> "SideForm":
        """Show a side; a block or a term that only a dry run makes has no id."""
        times = local(side.starts_at, view.zone), local(side.ends_at, view.zone)
        event, term = stored(side.event), stored(side.term)
        return cls(event, PlaceForm.of(side.place), term, *times, side.state, side.done_sections, side.pinned)


class DiffForm(Struct, frozen=True):
    """One change."""

    op: Literal["add", "move", "remove", "report", "pin", "hide", "restore"]
    name: str
    source: SourceShown
    before: SideForm | None = None
    after: SideForm | None = None

    @classmethod
    def of(cls, diff: Diff, view: View) -> "DiffForm":
        """Show a change."""
        before, after = (None if side is None else SideForm.of(side, view) for side in (diff.before, diff.after))
        return cls(diff.op, diff.name, SourceShown.of(diff.source), before, after)


class EmbeddedTask(Struct, frozen=True):
    """Who is embedded in a section of a meeting."""

    section: int
    task_id: int


class ClashForm(Struct, frozen=True):
    """What is in the way."""

    event_id: int
    calendar_id: int | None
    name: str
    location: str
    week: int
    day_of_week: int
    sections: list[int]
    start_section: int
    end_section: int
    type: Literal["course", "task", "busy"]
    embedded_tasks: list[EmbeddedTask]
    incoming: dict[str, Any] | None = None

    @classmethod
    def of(cls, entry: Entry, incoming: dict[str, Any] | None = None) -> "ClashForm":
        """Show an entry."""
        place, busy = entry.place, entry.kind == "busy"
        of_course = entry.source is not None and entry.source.type == "course"
        embedded = [EmbeddedTask(n, guest.source.id) for guest in entry.guests for n in range(guest.place.first, guest.place.last + 1)]
        return cls(
            event_id=entry.id if entry.kind == "event" else 0,
            calendar_id=entry.calendar,
            name=entry.name,
            location=entry.location,
            week=place.week,
            day_of_week=place.day,
            sections=list(range(place.first, place.last + 1)),
            start_section=place.first,
            end_section=place.last,
            type="busy" if busy else "course" if of_course else "task",
            embedded_tasks=embedded,
            incoming=incoming,
        )


class ViolationForm(Struct, frozen=True):
    """A broken rule of a placement."""

    index: int
    code: str
    rule: str
    severity: Literal["error", "warning"]
    message: str
    clashes: list[ClashForm]

    @classmethod
    def of(cls, found: Violation, view: View) -> "ViolationForm":
        """Show a violation in the reader's words."""
        message = found.text.render(view.language, **found.facts)
        return cls(found.index, found.number, found.code, found.severity, message, [ClashForm.of(each) for each in found.collides_with])


class ChangeResultForm(Struct, frozen=True):
    """What a change set did, or would do."""

    change_id: int | None
    dry_run: bool
    base_version: int
    schedule_version: int
    created_event_ids: list[int]
    removed_event_ids: list[int]
    diff: list[DiffForm]
    violations: list[ViolationForm]

    @classmethod
    def of(cls, result: ChangeResult, view: View) -> "ChangeResultForm":
        """Show a result."""
        return cls(
            change_id=result.change_id,
            dry_run=result.dry_run,
            base_version=result.base_version,
            schedule_version=result.schedule_version,
            created_event_ids=list(result.created),
            removed_event_ids=list(result.removed),
            diff=[DiffForm.of(diff, view) for diff in result.diff],
            violations=violations_of(result.violations, view),
        )


def violations_of(found: Sequence[Violation], view: View) -> list[ViolationForm]:
    """Show violations."""
    return [ViolationForm.of(each, view) for each in found]


def clash_of(clash: Clash) -> ClashForm:
    """Show what an incoming meeting would meet."""
    found = clash.incoming
    incoming = None if found is None else {"course_name": found.course_name, "arrangement": found.arrangement}
    return ClashForm.of(clash.entry, incoming)


@shown.register
def _violations(details: Violations, view: View) -> Any:  # noqa: ANN401 - details are of any shape
    return {"violations": violations_of(details.violations, view)}


@shown.register
def _base_changed(details: BaseChanged, view: View) -> Any:  # noqa: ANN401 - as above
    return {
        "error_code": details.error_code,
        "base_version": details.base_version,
        "schedule_version": details.schedule_version,
        "violations": violations_of(details.violations, view),
    }


@shown.register
def _conflicts(details: Conflicts, view: View) -> Any:  # noqa: ANN401 - as above
    return {"conflicts": [_conflict(each, view) for each in details.conflicts]}


def _conflict(conflict: Conflict, view: View) -> dict[str, Any]:
    clashes = [ClashForm.of(each) for each in conflict.clashes]
    diff = None if conflict.diff is None else DiffForm.of(conflict.diff, view)
    return {"diff": diff, "cause": conflict.cause, "change_id": conflict.changed_by, "clashes": clashes}


@shown.register
def _clashes(details: Clashes, view: View) -> Any:  # noqa: ANN401 - as above
    del view
    return [clash_of(each) for each in details.clashes]


@paged.register
def _counted(details: Clashes) -> Paging:
    return Paging(has_more=details.total > len(details.clashes), total=details.total)


@shown.register
def _dropped(details: DroppedBlocks, view: View) -> Any:  # noqa: ANN401 - as above
    return {
        "events": [
            {
                "event_id": each.event,
                "name": each.name,
                "source": SourceShown.of(each.source),
                "place": PlaceForm.of(each.place),
                "start_at": local(each.starts_at, view.zone),
                "end_at": local(each.ends_at, view.zone),
            }
            for each in details.events
        ]
    }


def view_of(call: Call) -> View:
    """Render as a call wants it."""
    return View(call.language, call.zone)
