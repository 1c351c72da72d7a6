"""What a request for a plan is about: its tasks, what planning it needs to know, and whether all that it names is there."""

from collections.abc import Sequence

from smartflow.client.schedule.classes import BothDatesNeeded, ClassNotAuto, ClassToPlanNotFound, ItemNotFound
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.plan import PlanRequest
from smartflow.client.task import Task, TaskNotFound
from smartflow.services.schedule.plan import repository
from smartflow.services.schedule.plan.instance import Known
from smartflow.services.schedule.plan.model import StoredPlan
from smartflow.services.schedule.timetable import terms
from smartflow.services.schedule.timetable.changes import Desk
from smartflow.services.schedule.timetable.parts import Part
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TaskId


def part_of(plan: StoredPlan) -> Part:
    """Say which part of the schedule a plan is about, at any revision."""
    asked = plan.request
    return Part(plan.term, sources=(*map(Source.task_class, asked.classes), *map(Source.task, asked.tasks), *asked.replan))


async def tasks_of(desk: Desk, call: Call, request: PlanRequest) -> tuple[Task, ...]:
    """Ask for the tasks that have places, are to get one or may move; what may move need not be open.

    Raises:
        TaskNotFound: The owner has no such task to be placed.
    """
    placed = {task.id: task for task in await desk.known_tasks(call)}
    named = {*request.tasks, *(TaskId(source.id) for source in request.replan if source.type == "task_pool")}
    asked = await desk.tasks.known(call, sorted(named)) if named else ()
    can_be_placed = {*placed, *(task.id for task in asked if not task.is_completed)}
    if not can_be_placed.issuperset(request.tasks):
        raise TaskNotFound
    return tuple((placed | {task.id: task for task in asked}).values())


async def known_of(reader: Read, call: Call, request: PlanRequest, tasks: Sequence[Task]) -> tuple[Known, Terms]:
    """Load what a request is planned upon.

    Raises:
        TermNotFound: The owner has no such term.
        ClassToPlanNotFound: The owner has no such class.
        ClassNotAuto: A class is not in auto mode.
        BothDatesNeeded: A class lacks a date.
    """
    own = await terms.load(reader, call.owner, call.zone)
    term = own.chosen(request.term)
    known = await repository.known(reader, call.owner, own, term, tasks)
    for class_id in request.classes:
        if class_id not in known.rules:
            raise ClassToPlanNotFound
        if known.rules[class_id].mode != "auto":
            raise ClassNotAuto
        if known.rules[class_id].start is None or known.rules[class_id].end is None:
            raise BothDatesNeeded
    return known, own


def hold_movable(known: Known, request: PlanRequest) -> None:
    """Hold a request to naming as movable only what is there; whether it has a place does not matter.

    Raises:
        ItemNotFound: The owner has no such item.
        TaskNotFound: The owner has no such task.
    """
    for source in request.replan:
        if not known.state.facts.shown(source):
            raise TaskNotFound if source.type == "task_pool" else ItemNotFound
