"""The assistant as a part of a process."""

from datetime import timedelta
from functools import partial

from msgspec import Struct

from smartflow.client.agent.api import AgentClient
from smartflow.client.agent.record import RecordClient
from smartflow.client.llm import LlmClient
from smartflow.client.memory import MemoryClient
from smartflow.client.schedule.classes import ClassesClient
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import TaskClient
from smartflow.services.agent import handlers, sweep, tables
from smartflow.services.agent.engine.acting import Actor
from smartflow.services.agent.engine.asking import Asker
from smartflow.services.agent.engine.compacting import Compactor
from smartflow.services.agent.engine.decide import Rules
from smartflow.services.agent.engine.driving import Driver, Parts
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.job import BEAT, Shared
from smartflow.services.agent.engine.readers import Readers
from smartflow.services.agent.engine.recalling import Recaller
from smartflow.services.agent.engine.runner import Runner
from smartflow.services.agent.engine.thinking import Thinker
from smartflow.services.agent.engine.titling import Titler
from smartflow.services.agent.hearing import Hearer
from smartflow.services.agent.model import Limits
from smartflow.services.agent.record_service import RecordService
from smartflow.services.agent.service import AgentService
from smartflow.services.agent.settings import AgentSettings
from smartflow.services.agent.tool.catalogue import INSTRUMENTS
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part

_TAKEOVER, _LOOK = timedelta(seconds=2), timedelta(milliseconds=200)


class AgentClients(Struct, frozen=True):
    """What can be asked of the assistant: talking, and what stands behind a talk."""

    talk: AgentClient
    record: RecordClient


class Peers(Struct, frozen=True):
    """Whom the assistant asks."""

    task: TaskClient
    timetable: TimetableClient
    classes: ClassesClient
    llm: LlmClient
    memory: MemoryClient


def agent_part(ground: Ground, peers: Peers) -> Part[AgentClients]:
    """Build the assistant: its runner goes on with what a process that is gone has left."""
    clock, entropy, llm = ground.clock, ground.entropy, peers.llm
    hands = Hands(llm, peers.task, peers.timetable, Recaller(peers.memory), INSTRUMENTS)
    shared = Shared(ground.database, ground.leases, Readers(ground.database), ground.metrics)
    settings = ground.section(AgentSettings)
    limits = Limits(cost=settings.run_cost, seconds=settings.run_minutes * 60.0)
    rules = Rules({name: (each.effect, each.risk) for name, each in INSTRUMENTS.items()}, limits)
    thinker = Thinker(hands, clock, entropy, limits)
    titler = Titler(shared, llm, clock, entropy, wanted=settings.titles == "on")
    parts = Parts(hands, thinker, Actor(hands, clock), Asker(hands, clock, entropy), Compactor(llm, clock, entropy), titler)
    runner = Runner(shared, Driver(parts, rules))
    service = AgentService(ground.database, entropy, Hearer(llm, clock, entropy), peers.classes, runner)
    rooms = AgentClients(service, RecordService(ground.database))
    loops = (
        Loop("agent.takeover", every=_TAKEOVER, run=runner.take_over, leased=False),
        Loop("agent.beat", every=BEAT, run=runner.beat, leased=False),
        Loop("agent.expired", every=timedelta(minutes=1), run=partial(sweep.expire, ground.database)),
        Loop("agent.look", every=_LOOK, run=runner.look, leased=False),
    )
    return Part("agent", rooms, tables.metadata, handlers.subscribe, loops, settle=runner.settle, close=runner.close)
