"""The schedule as a part of a process."""

from datetime import timedelta
from functools import partial

from msgspec import Struct
from sqlalchemy import MetaData

from smartflow.client.schedule.analysis import AnalysisClient
from smartflow.client.schedule.classes import ClassesClient
from smartflow.client.schedule.plan import PlanClient
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import TaskClient
from smartflow.services.schedule import handlers, sweep
from smartflow.services.schedule.analysis.service import AnalysisService
from smartflow.services.schedule.classes.service import ClassesService
from smartflow.services.schedule.plan import tables as plan_tables
from smartflow.services.schedule.plan.service import PlanService
from smartflow.services.schedule.timetable import tables
from smartflow.services.schedule.timetable.changes import Desk
from smartflow.services.schedule.timetable.service import TimetableService
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part


class ScheduleClients(Struct, frozen=True):
    """The rooms of the schedule that can be asked."""

    timetable: TimetableClient
    classes: ClassesClient
    plan: PlanClient
    analysis: AnalysisClient


def schedule_part(ground: Ground, task: TaskClient) -> Part[ScheduleClients]:
    """Build the rooms around one desk, where all change sets are judged and written."""
    desk = Desk(ground.database, task)
    timetable = TimetableService(desk)
    rooms = ScheduleClients(
        timetable, ClassesService(desk), PlanService(desk, ground.pool, ground.entropy), AnalysisService(desk, ground.pool)
    )
    hidden = Loop("schedule.hidden", every=timedelta(hours=1), run=partial(sweep.erase_old, ground.database))
    return Part("schedule", rooms, metadata(), partial(handlers.subscribe, timetable), (hidden,))


def metadata() -> MetaData:
    """Gather the tables of all rooms."""
    everything = MetaData()
    for room in (tables.metadata, plan_tables.metadata):
        for table in room.sorted_tables:
            table.to_metadata(everything)
    return everything
