"""The assistant as a part of a process."""

from datetime import timedelta

from msgspec import Struct

from smartflow.client.agent.api import AgentClient
from smartflow.client.agent.record import RecordClient
from smartflow.client.llm import LlmClient
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import TaskClient
from smartflow.services.agent import handlers, tables
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.runner import Runner
from smartflow.services.agent.record_service import RecordService
from smartflow.services.agent.service import AgentService
from smartflow.services.agent.tool.catalogue import INSTRUMENTS
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part

_LOOK = timedelta(seconds=2)


class AgentClients(Struct, frozen=True):
    """What can be asked of the assistant: talking, and what stands behind a talk."""

    talk: AgentClient
    record: RecordClient


def agent_part(ground: Ground, task: TaskClient, timetable: TimetableClient, llm: LlmClient) -> Part[AgentClients]:
    """Build the assistant: its runner goes on with what a process that is gone has left."""
    hands = Hands(llm, task, timetable, INSTRUMENTS)
    runner = Runner(ground.database, ground.leases, ground.clock, ground.entropy, hands)
    service = AgentService(ground.database, ground.clock, ground.entropy, llm, runner)
    rooms = AgentClients(service, RecordService(ground.database))
    takeover = Loop("agent.takeover", every=_LOOK, run=runner.take_over, leased=False)
    return Part("agent", rooms, tables.metadata, handlers.subscribe, (takeover,), settle=runner.settle, close=runner.close)
