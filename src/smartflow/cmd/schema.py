"""All tables of the product in one place, for migrations and for tests that compare with them."""

from sqlalchemy import MetaData

from smartflow.services.agent import tables as agent
from smartflow.services.llm import tables as llm
from smartflow.services.memory import tables as memory
from smartflow.services.schedule.plan import tables as plan
from smartflow.services.schedule.timetable import tables as timetable
from smartflow.services.task import tables as task
from smartflow.services.userauth import tables as userauth
from smartflow.shared.database import effects, erased, lease
from smartflow.shared.events import tables as events


def schema() -> MetaData:
    """Gather the tables of every part and of what they stand on."""
    everything = MetaData()
    for part in (effects, lease, erased, events, userauth, task, llm, memory, timetable, plan, agent):
        for table in part.metadata.sorted_tables:
            table.to_metadata(everything)
    return everything
