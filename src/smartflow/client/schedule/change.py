"""The one way in which a schedule changes: planned, shown, consented to, applied and undone as one."""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from smartflow.client.schedule.place import EventState, Guests, Nominal, Place, Source
from smartflow.client.schedule.violation import Entry, Violation
from smartflow.shared.kernel.call import Actor
from smartflow.shared.kernel.ids import ChangeId, ClassId, EventId, PlanId, TermId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

BlockRef: TypeAlias = EventId | Source
"""A block by its event, or by its source: then the one live or done placement which that has before the set."""

Op = Literal["add", "move", "remove", "report", "pin", "hide", "restore"]
Kind = Literal["plan", "change_set", "import", "course", "task", "task_class", "proposal", "term", "undo", "calendar"]
Cause = Literal["moved", "removed", "occupied", "source_gone", "not_undoable"]


class Add(Struct, frozen=True, tag="add", tag_field="op"):
    """Place an item or task, or make a meeting of a course.

    `makes_up` names the block that this one makes up for. Of a meeting, `nominal` says where it stands by the timetable
    if that is not `place`, and a `suspended` one does not take place.
    """

    source: Source
    place: Place
    makes_up: EventId | None = None
    nominal: Nominal | None = None
    suspended: bool = False


class Move(Struct, frozen=True, tag="move", tag_field="op"):
    """Give a block another place; guests that the set does not name move along with their host."""

    block: BlockRef
    place: Place


class Remove(Struct, frozen=True, tag="remove", tag_field="op"):
    """Take a block off; a guest that is kept stands on its own where it was."""

    block: BlockRef
    guest: Guests = "keep"


class Report(Struct, frozen=True, tag="report", tag_field="op"):
    """Say what became of a block; `done_sections` belongs to `partly`. Only a meeting is suspended."""

    block: BlockRef
    state: EventState
    done_sections: int | None = None


class Pin(Struct, frozen=True, tag="pin", tag_field="op"):
    """Fix a block, so that planning leaves it where it is, or free it again."""

    block: BlockRef
    pinned: bool


class Hide(Struct, frozen=True, tag="hide", tag_field="op"):
    """Delete a source: all its blocks leave with it, and undoing the set brings everything back."""

    source: Source
    guest: Guests = "keep"


class Restore(Struct, frozen=True, tag="restore", tag_field="op"):
    """Bring a hidden source back under its id, without its blocks."""

    source: Source


Change: TypeAlias = Add | Move | Remove | Report | Pin | Hide | Restore


class ChangeSet(Struct, frozen=True):
    """Changes that hold together: all or nothing, judged after the last, in any order.

    Places are meant in `term` (none: the current one). A negative event or host -n names what change number n - 1 of
    this set adds. `edited` names the classes whose rules change in the same commit.
    """

    changes: tuple[Change, ...] = ()
    term: TermId | None = None
    base_version: int | None = None
    note: str | None = None
    edited: tuple[ClassId, ...] = ()


def added_by(index: int) -> EventId:
    """Name the event that change number `index` of a set adds, before the database has given it an id."""
    return EventId(-index - 1)


class Side(Struct, frozen=True):
    """A block before or after a change."""

    event: EventId
    term: TermId
    place: Place
    starts_at: datetime
    ends_at: datetime
    state: EventState = "live"
    done_sections: int = 0
    pinned: bool = False


class Diff(Struct, frozen=True):
    """One change as it is shown; hiding and restoring have neither side."""

    op: Op
    name: str
    source: Source
    before: Side | None = None
    after: Side | None = None


class ChangeResult(Struct, frozen=True):
    """What a change set did, or would do; no `change_id`: it made no change set."""

    change_id: ChangeId | None
    dry_run: bool
    base_version: int
    schedule_version: int
    created: tuple[EventId, ...] = ()
    removed: tuple[EventId, ...] = ()
    diff: tuple[Diff, ...] = ()
    violations: tuple[Violation, ...] = ()


class JournalEntry(Struct, frozen=True):
    """An applied change set; `diff` is filled where one is asked for alone."""

    id: ChangeId
    kind: Kind
    origin: Actor
    created_at: datetime
    version_before: int
    version_after: int
    added: int
    moved: int
    removed: int
    undoable: bool
    note: str | None = None
    plan_id: PlanId | None = None
    undone_by: ChangeId | None = None
    undo_of: ChangeId | None = None
    diff: tuple[Diff, ...] = ()


class JournalPage(Struct, frozen=True):
    """Some of the applied change sets, newest first."""

    entries: tuple[JournalEntry, ...]
    next_cursor: str | None = None


class Conflict(Struct, frozen=True):
    """Why one change cannot be taken back: what became of its block, by which change set, or what stands there now.

    Of a change set without entries it is the set that is not undone: there is no `diff`.
    """

    diff: Diff | None
    cause: Cause
    changed_by: ChangeId | None = None
    clashes: tuple[Entry, ...] = ()


class Conflicts(Struct, frozen=True):
    """The details of `CannotBeUndone`."""

    conflicts: tuple[Conflict, ...]


class BaseChanged(Struct, frozen=True):
    """The details of `Stale`, of the schedule: what the same changes would meet now (nothing: they would pass)."""

    base_version: int
    schedule_version: int
    violations: tuple[Violation, ...] = ()
    error_code: str = "base_version_changed"


class RevisionChanged(Struct, frozen=True):
    """The details of `Stale`, of a plan: the revision that it has now."""

    revision: int
    error_code: str = "revision_changed"


class Stale(Refusal):
    """The schedule or the plan has changed since the caller looked."""

    status, code = 409, "40901"
    text = Text(zh="日程或方案已有变化，请重新确认。", en="The schedule or the plan has changed meanwhile; please look again.")


class NoGuest(Refusal):
    """The block has no guest to take out."""

    status, code = 409, "40032"
    text = Text(zh="这个日程没有嵌入任务。", en="This block has no guest.")


class ChangeNotFound(Refusal):
    """The owner's journal has no such change set."""

    status, code = 404, "40403"
    text = Text(zh="没有这次更改。", en="There is no such change.")


class CannotBeUndone(Refusal):
    """What the change set touched is no longer as it left it, or it is of a kind that is never undone."""

    status, code = 409, "40902"
    text = Text(zh="无法撤销，原因见冲突列表。", en="This cannot be undone; the conflicts say why.")


class AlreadyUndone(Refusal):
    """The change set was undone before."""

    status, code = 409, "40908"
    text = Text(zh="已经撤销过了。", en="This was undone already.")
