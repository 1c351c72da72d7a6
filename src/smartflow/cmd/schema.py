"""All tables of the product in one place, for migrations and for tests that compare with them."""

from sqlalchemy import Column, Connection, MetaData, String, Table, insert

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


def create(connection: Connection, head: str) -> None:
    """Make all tables in a database that has none, and mark it as one that went through all migrations."""
    everything = schema()
    versions = Table("alembic_version", everything, Column("version_num", String(32), primary_key=True))
    everything.create_all(connection, checkfirst=False)
    connection.execute(insert(versions).values(version_num=head))
