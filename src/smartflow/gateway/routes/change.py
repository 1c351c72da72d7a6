"""`/api/v1/schedule/changes`: change sets, the journal, undo; and where a block could go."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from smartflow.client.schedule.block import Start
from smartflow.client.schedule.change import (
    Add,
    AlreadyUndone,
    CannotBeUndone,
    Change,
    ChangeNotFound,
    ChangeSet,
    JournalEntry,
    Move,
    Pin,
    Remove,
    Report,
    Stale,
)
from smartflow.client.schedule.classes import ItemNotFound
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.plan import PlanClient, PlanClosed, PlanExpired, PlanNotFound
from smartflow.client.schedule.term import TermNotFound, WeekOutsideTerm
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.schedule.violation import EventNotFound
from smartflow.client.task import TaskNotFound
from smartflow.gateway.broken import MISSING, Said, entries
from smartflow.gateway.envelope import Ok, Paging, View
from smartflow.gateway.fields import Id, PageSize, TermQuery, given, local
from smartflow.gateway.route import KEYED, LOOSE, READ, WRITE, Table, get, post, table
from smartflow.gateway.routes.refusals import PLACING
from smartflow.gateway.routes.shown import (
    ChangeResultForm,
    DiffForm,
    Number,
    PlaceForm,
    SourceForm,
    ViolationForm,
    source_of,
    view_of,
    violations_of,
)
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ChangeId, EventId, PlanId
from smartflow.shared.kernel.refusal import FieldError

_PLACE = ("week", "day_of_week", "start_section", "end_section")
_NEEDED = {"add": _PLACE, "move": _PLACE, "report": ("state",), "pin": ("pinned",)}


class ChangeForm(Struct, frozen=True):
    """One change; which members it needs is said by its `op`. A block is named by its event or its source."""

    op: Literal["add", "move", "remove", "report", "pin"]
    source: SourceForm | None = None
    task_item_id: Id | None = None
    event_id: Id | None = None
    week: Number | None = None
    day_of_week: Number | None = None
    start_section: Number | None = None
    end_section: Number | None = None
    embed_course_event_id: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    makeup_for_event_id: Id | None = None
    guest: Literal["keep", "remove"] = "keep"
    state: Literal["done", "partly", "skipped"] | None = None
    done_sections: Annotated[int, Meta(ge=1, le=24)] | None = None
    pinned: bool | None = None

    @classmethod
    def of(cls, change: Add | Move) -> "ChangeForm":
        """Show a placement as it would be sent."""
        block = change.source if isinstance(change, Add) else change.block
        place = PlaceForm.of(change.place)
        return cls(
            op="add" if isinstance(change, Add) else "move",
            source=SourceForm.of(block) if isinstance(block, Source) else None,
            event_id=None if isinstance(block, Source) else block,
            week=place.week,
            day_of_week=place.day_of_week,
            start_section=place.start_section,
            end_section=place.end_section,
            embed_course_event_id=place.embed_course_event_id,
        )

    def change(self) -> Change:
        """Say it in the words of the service."""
        match self.op:
            case "add":
                makes_up = EventId(self.makeup_for_event_id) if self.makeup_for_event_id else None
                return Add(source_of(self.source, self.task_item_id), self._place(), makes_up)
            case "move":
                return Move(self._block(), self._place())
            case "remove":
                return Remove(self._block(), self.guest)
            case "report":
                return Report(self._block(), given(self.state), self.done_sections)
            case _:
                return Pin(self._block(), given(self.pinned))

    def _block(self) -> EventId | Source:
        return source_of(self.source, self.task_item_id) if self.event_id is None else EventId(self.event_id)

    def _place(self) -> Place:
        host = EventId(self.embed_course_event_id) if self.embed_course_event_id else None
        return Place(given(self.week), given(self.day_of_week), given(self.start_section), given(self.end_section), host)


class ChangesForm(Struct, frozen=True):
    """A change set: all or nothing, judged after the last change."""

    changes: Annotated[list[ChangeForm], Meta(min_length=1, max_length=500)]
    term_id: Id | None = None
    base_version: Annotated[int, Meta(ge=0)] | None = None
    dry_run: bool = False
    note: Annotated[str, Meta(max_length=200)] | None = None

    @staticmethod
    def check(said: Said) -> Iterator[FieldError]:
        """Name what each change lacks that its op needs."""
        for at, each in entries(said, "changes"):
            op = each.get("op", "")
            missing = [name for name in _NEEDED.get(op, ()) if each.get(name) is None]
            names = ("source", "task_item_id") if op == "add" else ("event_id", "source", "task_item_id")
            if op and all(each.get(name) is None for name in names):
                missing.append(names[0])
            yield from (FieldError(f"{at}.{name}", "required", MISSING) for name in missing)


class Undo(Struct, frozen=True):
    """Whether to look only."""

    dry_run: bool = False


class ChangesQuery(Struct, frozen=True):
    """Which part of the journal."""

    cursor: Annotated[str, Meta(max_length=100)] | None = None
    limit: PageSize = 20


class StartsQuery(TermQuery, frozen=True, kw_only=True):
    """Which block, which weeks (at most 8), and in which plan."""

    weeks: Annotated[list[Number], Meta(min_length=1, max_length=8)]
    event_id: Id | None = None
    source_type: Literal["task_item", "task_pool"] | None = None
    source_id: Id | None = None
    plan_id: PlanId | None = None

    @staticmethod
    def check(said: Said) -> Iterator[FieldError]:
        """Name the block's id if nothing names the block."""
        if said.get("event_id") is None and (said.get("source_type") is None or said.get("source_id") is None):
            yield FieldError("event_id", "required", MISSING)

    def block(self) -> EventId | Source:
        """Name the block."""
        return Source(given(self.source_type), given(self.source_id)) if self.event_id is None else EventId(self.event_id)


class EntryForm(Struct, frozen=True):
    """An applied change set; with its `diff` where one is asked for alone."""

    id: int
    kind: str
    origin: str
    note: str | None
    created_at: datetime
    version_before: int
    version_after: int
    added: int
    moved: int
    removed: int
    undone_by: int | None
    undoable: bool
    diff: list[DiffForm] | None = None

    @classmethod
    def of(cls, entry: JournalEntry, call: Call, *, whole: bool) -> "EntryForm":
        """Show an entry of the journal."""
        return cls(
            id=entry.id,
            kind=entry.kind,
            origin=entry.origin.value,
            note=entry.note,
            created_at=local(entry.created_at, call.zone),
            version_before=entry.version_before,
            version_after=entry.version_after,
            added=entry.added,
            moved=entry.moved,
            removed=entry.removed,
            undone_by=entry.undone_by,
            undoable=entry.undoable,
            diff=[DiffForm.of(diff, view_of(call)) for diff in entry.diff] if whole else None,
        )


class StartForm(Struct, frozen=True):
    """A place that a block could take, forbidden or not."""

    place: PlaceForm
    cost_change: list[int] | None
    violations: list[ViolationForm]

    @classmethod
    def of(cls, start: Start, view: View) -> "StartForm":
        """Show a place."""
        cost = None if start.cost_change is None else list(start.cost_change)
        return cls(PlaceForm.of(start.place), cost, violations_of(start.violations, view))


class ChangeRoutes:
    """Change sets, the journal and undo."""

    def __init__(self, timetable: TimetableClient, plans: PlanClient) -> None:
        self._timetable = timetable
        self._plans = plans

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        undo = (ChangeNotFound, AlreadyUndone, CannotBeUndone)
        starts = (WeekOutsideTerm, EventNotFound, ItemNotFound, TaskNotFound, TermNotFound, PlanNotFound, PlanClosed, PlanExpired)
        return table(
            "change",
            "/schedule",
            [
                post("/changes", self.change, WRITE | KEYED, refuses=(*PLACING, Stale, TermNotFound)),
                get("/changes", self.listed, READ),
                get("/changes/{change_id}", self.get, READ, refuses=(ChangeNotFound,)),
                post("/changes/{change_id}/undo", self.undo, WRITE | KEYED | LOOSE, refuses=undo),
                get("/starts", self.starts, READ, refuses=starts),
            ],
        )

    async def change(self, call: Call, data: ChangesForm, query: TermQuery) -> Ok[ChangeResultForm]:
        """Add, move, remove, report and pin blocks; all or nothing."""
        changes = tuple(each.change() for each in data.changes)
        wanted = ChangeSet(changes, query.term(data.term_id), data.base_version, data.note)
        result = await self._timetable.change(call, wanted, dry_run=data.dry_run)
        return Ok(ChangeResultForm.of(result, view_of(call)))

    async def listed(self, call: Call, query: ChangesQuery) -> Ok[list[EntryForm]]:
        """List what was changed, newest first."""
        page = await self._timetable.changes(call, cursor=query.cursor, limit=query.limit)
        paging = Paging(has_more=page.next_cursor is not None, next_cursor=page.next_cursor)
        return Ok([EntryForm.of(entry, call, whole=False) for entry in page.entries], paging=paging)

    async def get(self, call: Call, change_id: ChangeId) -> Ok[EntryForm]:
        """Show one change set with all it did."""
        return Ok(EntryForm.of(await self._timetable.change_of(call, change_id), call, whole=True))

    async def undo(self, call: Call, change_id: ChangeId, data: Undo) -> Ok[ChangeResultForm]:
        """Take a change set back."""
        return Ok(ChangeResultForm.of(await self._timetable.undo(call, change_id, dry_run=data.dry_run), view_of(call)))

    async def starts(self, call: Call, query: StartsQuery) -> Ok[list[StartForm]]:
        """Tell where a block could go, forbidden places too."""
        if query.plan_id is not None:
            found = await self._plans.starts(call, query.plan_id, query.block(), weeks=query.weeks)
        else:
            found = await self._timetable.starts(call, query.block(), weeks=query.weeks, term=query.term())
        return Ok([StartForm.of(each, view_of(call)) for each in found])
