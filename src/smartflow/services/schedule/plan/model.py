"""A plan as it is stored, and what becomes of it: pure decisions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Change, ChangeSet, Move, Remove, RevisionChanged, Stale
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.plan import PlanClosed, PlanEdit, PlanExpired, PlanOrigin, PlanRequest, PlanStatus, Score
from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.planner.answer import Explanation, Unplaced
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.kernel.ids import ClassId, EventId, PlanId, TermId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

LIFE = timedelta(hours=24)
SAME_WITHIN = timedelta(seconds=10)
NOT_IN_PLAN = "40060"


class Entry(Struct, frozen=True):
    """Where a plan puts a source; with an `event`, that stood in the schedule when the plan was made."""

    source: Source
    place: Place
    made_by: str
    explanation: Explanation
    task_class: ClassId | None = None
    order: int | None = None
    event: EventId | None = None
    pinned: bool = False


class StoredPlan(Struct, frozen=True):
    """A plan's row."""

    id: PlanId
    term: TermId
    base_version: int
    revision: int
    origin: PlanOrigin
    status: PlanStatus
    request: PlanRequest
    entries: tuple[Entry, ...]
    unplaced: tuple[Unplaced, ...]
    score: Score
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


def open_at(plan: StoredPlan, now: datetime) -> StoredPlan:
    """Let a plan through that is open.

    Raises:
        PlanClosed: It was applied or discarded.
        PlanExpired: It is too old.
    """
    if plan.status in {"applied", "discarded"}:
        raise PlanClosed
    if plan.status == "expired" or plan.expires_at <= now:
        raise PlanExpired
    return plan


def at_revision(plan: StoredPlan, revision: int) -> StoredPlan:
    """Let a plan through that is as its reader saw it.

    Raises:
        Stale: It has another revision.
    """
    if plan.revision != revision:
        raise Stale(RevisionChanged(plan.revision))
    return plan


def shown_status(plan: StoredPlan, now: datetime) -> PlanStatus:
    """Say how a plan stands at an instant: an open one expires by itself."""
    return "expired" if plan.status == "open" and plan.expires_at <= now else plan.status


def change_set(plan: StoredPlan, state: ScheduleState, *, base_version: int | None) -> ChangeSet:
    """Make the change set that a plan stands for, upon the schedule as it is now."""
    changes: list[Change] = [change for entry in plan.entries for change in placing(state, entry.source, entry.place)]
    kept = {entry.source for entry in plan.entries}
    left = [source for source in plan.request.replan if source not in kept]
    changes += [Remove(source) for source in left if any(state.events[each].term == plan.term for each in state.standing(source))]
    return ChangeSet(tuple(changes), term=plan.term, base_version=base_version)


def placing(state: ScheduleState, source: Source, place: Place) -> list[Change]:
    """Give the change that puts a source somewhere, if it is not there; what was begun before is made up for."""
    standing = state.standing(source)
    if not standing:
        return [Add(source, place, makes_up=max(state.of(source), default=None))]
    return [] if state.events[standing[0]].place == place else [Move(source, place)]


def edited(plan: StoredPlan, edit: PlanEdit, asked: Iterable[Source]) -> dict[Source, Place]:
    """Give where a plan puts everything after an edit; `asked` is what the plan is to place.

    Raises:
        InvalidInput: The edit names what the plan is not about.
    """
    places = {entry.source: entry.place for entry in plan.entries}
    known = {*places, *asked, *plan.request.replan}
    named = [(f"placements[{index}].source", each.source) for index, each in enumerate(edit.placements)]
    named += [(f"unplace[{index}]", source) for index, source in enumerate(edit.unplace)]
    foreign = [FieldError(at, "unknown", NOT_IN_PLAN) for at, source in named if source not in known]
    if foreign:
        raise InvalidInput(foreign)
    places |= {each.source: each.place for each in edit.placements}
    return {source: place for source, place in places.items() if source not in edit.unplace}


def answering(edit: PlanEdit, found: Iterable[Violation]) -> tuple[Violation, ...]:
    """Say of violations which placement of an edit they are about (-1: another block of the plan)."""
    at = {each.source: index for index, each in enumerate(edit.placements)}
    return tuple(replace(each, index=-1 if each.subject is None else at.get(each.subject, -1)) for each in found)


def closed(plan: StoredPlan, status: PlanStatus, now: datetime) -> StoredPlan:
    """Close a plan."""
    return replace(plan, status=status, updated_at=now)
