"""Taking a change set back: every row it touched must be as it left it, and what comes back must be allowed now."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.change import Cause
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import Entry, Violation
from smartflow.services.schedule.timetable.about import entry_of
from smartflow.services.schedule.timetable.draft import Draft, Outcome
from smartflow.services.schedule.timetable.image import Image, Step
from smartflow.services.schedule.timetable.overrides import Timetable
from smartflow.services.schedule.timetable.shape import fits
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.validate import judge
from smartflow.shared.kernel.ids import ChangeId, EventId, TermId

CAUSES: dict[str, Cause] = {
    "occupied": "occupied",
    "busy": "occupied",
    "host_taken": "occupied",
    "event_missing": "removed",
    "outside_host": "moved",
    "already_placed": "moved",
    "source_missing": "source_gone",
}
"""What hinders an undoing, by the violation; rules that have changed since make it impossible."""


class Obstacle(Struct, frozen=True):
    """Why a step of the journal cannot be taken back: by which change set, or what stands there now."""

    step: Step
    cause: Cause
    changed_by: ChangeId | None = None
    clashes: tuple[Entry, ...] = ()


class Undoing(Struct, frozen=True):
    """What undoing a change set comes to; with obstacles, it must not be written. `warnings` refuse nothing."""

    outcome: Outcome
    obstacles: tuple[Obstacle, ...] = ()
    warnings: tuple[Violation, ...] = ()


def undo(state: ScheduleState, steps: Sequence[Step], days: Mapping[TermId, Timetable] = MappingProxyType({})) -> Undoing:
    """Work out and judge the undoing of a change set that did these steps; the undoing can itself be undone.

    Rows come back as they were: ids, pins, reports and embeddings; but meetings that were away come back as the day
    overrides of their terms have them now (`days`, where these were set since). Guests and courses that were none of the
    change set's business follow by the same rules as in any other.
    """
    draft = Draft(state)
    obstacles: dict[EventId | Source, Obstacle] = {}
    for step in reversed(steps):
        # Of a block that is in the way once, its earlier steps say nothing more.
        if step.event is None or step.event not in obstacles:
            obstacles.update((step.event or step.source, each) for each in _take_back(draft, step, days))
    for step in steps:
        obstacles.update((step.source, each) for each in _left_behind(draft, step))
    _stand_alone(draft, steps)
    draft.leave_guests({step.event for step in steps if step.event is not None})
    draft.close_courses()
    outcome = draft.outcome()
    if obstacles:
        return Undoing(outcome, tuple(obstacles.values()))
    violations = judge(outcome)
    errors = [each for each in violations if each.severity == "error"]
    hindered = tuple(_obstacle(state, outcome, steps, each) for each in errors)
    return Undoing(outcome, hindered, tuple(each for each in violations if each.severity == "warning"))


def refuse_all(steps: Sequence[Step]) -> tuple[Obstacle, ...]:
    """Say of every step that its kind of change set is not undone."""
    return tuple(Obstacle(step, "not_undoable") for step in steps)


def _take_back(draft: Draft, step: Step, days: Mapping[TermId, Timetable]) -> Iterator[Obstacle]:
    back = _as_listed(step.inverse, days)
    if back.event is None:
        yield from _bring_back(draft, step)
        return
    now = draft.row(back.event)
    if not _as_left(now, back.before):
        cause: Cause = "removed" if now is None else "moved"
        yield Obstacle(step, cause, draft.state.last_changes.get(back.event))
    elif back.after is not None and not fits(draft.state.facts, back.after):
        yield Obstacle(step, "not_undoable")  # the term was changed since, and does not have that place any more
    else:
        draft.put(back.op, back.event, back.after, index=-1)


def _as_left(now: Image | None, left: Image | None) -> bool:
    """Whether a row is as a change set left it; one of an older release did not note when a block was reported."""
    if now is not None and left is not None and left.reported_at is None:
        now = replace(now, reported_at=None)
    return now == left


def _bring_back(draft: Draft, step: Step) -> Iterator[Obstacle]:
    """Hide what was restored, or restore what was hidden; what is erased cannot come back.

    Tasks are hidden and restored by their own service, which may have done so already; the journal says it all the same.
    """
    known = draft.state.facts.known(step.source)
    as_left = known is not None and known.hidden == (step.op == "hide")
    if step.op == "hide" and known is None:
        yield Obstacle(step, "source_gone")
    elif as_left or step.source.type == "task_pool":
        put_back = draft.restore if step.op == "hide" else draft.hide
        put_back(step.source)


def _as_listed(back: Step, days: Mapping[TermId, Timetable]) -> Step:
    """Let a meeting that was away come back as the day overrides have it."""
    if back.op != "add" or back.after is None or back.after.term not in days:
        return back
    return replace(back, after=days[back.after.term].returning(back.after))


def _stand_alone(draft: Draft, steps: Sequence[Step]) -> None:
    """Leave guests that come back on their own where their meeting came back otherwise than it was."""
    back = {step.event: step.before for step in steps if step.op == "remove" and step.event is not None}
    for step in steps:
        row = None if step.event is None else draft.row(step.event)
        host = None if row is None else row.place.host
        if step.event is not None and row is not None and host in back and draft.row(host) != back[host]:
            draft.put("move", step.event, replace(row, place=replace(row.place, host=None)), index=-1)


def _left_behind(draft: Draft, step: Step) -> Iterator[Obstacle]:
    """Find blocks that a source got since it was restored: hiding it again would leave them without one."""
    if step.op != "restore":
        return
    rows = {event: draft.row(event) for event in draft.state.blocks_of(step.source)}
    clashes = tuple(entry_of(draft.state, event, row) for event, row in rows.items() if row is not None)
    if clashes:
        blamed = draft.state.last_changes.get(EventId(clashes[0].id))
        yield Obstacle(step, "moved", blamed, clashes)


def _obstacle(state: ScheduleState, outcome: Outcome, steps: Sequence[Step], found: Violation) -> Obstacle:
    """Say of a violation which step it hinders, and who is to blame: what stands in the way, else the block's own host."""
    cause = CAUSES.get(found.code, "not_undoable")
    clashing = [EventId(entry.id) for entry in found.collides_with if entry.kind == "event"]
    host = None if found.place is None else found.place.host
    suspects = [*clashing, *(() if host is None else (host,))]
    blamed = next((state.last_changes[event] for event in suspects if event in state.last_changes), None)
    return Obstacle(_step_of(outcome, steps, found), cause, blamed, found.collides_with)


def _step_of(outcome: Outcome, steps: Sequence[Step], found: Violation) -> Step:
    """Find the step that a violation is about; of a block that only follows, what it does now."""
    own = (step for step in reversed(steps) if step.event is not None and step.event == found.event)
    follows = (step for step in outcome.steps if step.event == found.event)
    return next(own, None) or next(follows)
