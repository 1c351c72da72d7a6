"""The one judge of every change: plans, tools, edits, imports and undo all ask here, and have no rules of their own."""

from smartflow.client.schedule.change import ChangeSet
from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.about import in_order
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.case import Case
from smartflow.services.schedule.timetable.cautions import cautions
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.sequence import item_order
from smartflow.services.schedule.timetable.singles import placed_once, sources
from smartflow.services.schedule.timetable.spaces import busy, hosting, occupied
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.windows import breaks, fillers, windows

CHECKS = (occupied, busy, hosting, fillers, item_order, windows, breaks, placed_once, sources, cautions)


def validate(state: ScheduleState, change_set: ChangeSet) -> list[Violation]:
    """Judge the state after a whole change set: what is added, moved, or of a class whose rules are edited.

    Errors refuse, warnings are shown. Sorted by subject, code and place, whatever the order of the changes.
    """
    return judge(apply(state, change_set))


def judge(outcome: Outcome) -> list[Violation]:
    """Judge what a change set, or the undoing of one, comes to."""
    case = Case(outcome)
    return in_order((*outcome.problems, *(found for check in CHECKS for found in check(case))))
