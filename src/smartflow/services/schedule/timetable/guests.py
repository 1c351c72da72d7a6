"""What becomes of guests where meetings come to take place on other days, or on none. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.change import Change, ChangeSet, Move, Remove
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.image import Image
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.validate import judge
from smartflow.shared.kernel.ids import CourseId, EventId, TermId


class _Trouble(Struct, frozen=True):
    """An item or task that breaks a rule or is in the way of a meeting, and what it meets."""

    event: EventId
    met: frozenset[EventId]


def settle(state: ScheduleState, changes: Sequence[Change], term: TermId | None) -> Outcome:
    """Work out changes of meetings; guests for whom these would break a rule give way.

    Who stands alone where a filler comes goes into it; who may not, or may not move along with a meeting, is taken off.
    """
    said: dict[EventId, Change] = {}
    while True:
        outcome = apply(state, ChangeSet((*changes, *said.values()), term=term))
        more = _more(outcome, said)
        if not more:
            return outcome
        said |= more


def _more(outcome: Outcome, said: Mapping[EventId, Change]) -> dict[EventId, Change]:
    """Say what to do about troubles; of two that are in each other's way the first, and rather one that was put there."""
    found: dict[EventId, Change] = {}
    for trouble in sorted(_troubles(outcome), key=lambda each: each.event not in said):
        if found.keys().isdisjoint({trouble.event, *trouble.met}):
            change = _way_out(outcome, trouble, put_there=trouble.event in said)
            if change is not None:
                found[trouble.event] = change
    return found


def _troubles(outcome: Outcome) -> Iterator[_Trouble]:
    for violation in judge(outcome):
        met = frozenset(EventId(each.id) for each in violation.collides_with if each.kind == "event")
        if violation.severity == "warning" or violation.event is None or violation.event not in outcome.after.events:
            continue
        if outcome.after.events[violation.event].source.is_work:
            yield _Trouble(violation.event, met)
        else:
            works = (event for event in sorted(met) if outcome.after.events[event].source.is_work)
            yield from (_Trouble(event, frozenset({violation.event})) for event in works)


def _way_out(outcome: Outcome, trouble: _Trouble, *, put_there: bool) -> Change | None:
    """Find what a guest can do; what never was one is left to the judge, and so is what is done with."""
    was, row = outcome.before.events[trouble.event], outcome.after.events[trouble.event]
    host = next((event for event in sorted(trouble.met) if _takes(outcome, event, row)), None)
    guest = was.place.host is not None or (host is not None and _returns(outcome, host))
    if guest and host is not None and row.place.host is None and not put_there:
        return Move(trouble.event, replace(row.place, host=host))
    return Remove(trouble.event) if (guest or put_there) and row.state == "live" else None


def _takes(outcome: Outcome, event: EventId, guest: Image) -> bool:
    meeting = outcome.after.events[event]
    course = None if meeting.source.is_work else outcome.after.facts.courses.get(CourseId(meeting.source.id))
    return course is not None and course.is_filler and meeting.term == guest.term and meeting.place.slot.holds(guest.place.slot)


def _returns(outcome: Outcome, meeting: EventId) -> bool:
    """Tell whether a meeting takes place again where it was suspended: what stands there alone was its guest."""
    was, row = outcome.before.events[meeting], outcome.after.events[meeting]
    return was.state == "suspended" and was.place.slot == row.place.slot
