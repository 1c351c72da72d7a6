"""How commands reach the product: through the socket of the one that runs, else by taking its place for a moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from smartflow.client.agent.api import AgentClient
from smartflow.client.course import CourseClient
from smartflow.client.llm import LlmClient
from smartflow.client.memory import MemoryClient
from smartflow.client.schedule.analysis import AnalysisClient
from smartflow.client.schedule.classes import ClassesClient
from smartflow.client.schedule.plan import PlanClient
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import TaskClient
from smartflow.client.userauth import UserauthClient
from smartflow.cmd.compose import Clients
from smartflow.cmd.host import Means
from smartflow.cmd.migrate import HEAD, revision, upgrade
from smartflow.cmd.operator import EventsClient, EventsService
from smartflow.cmd.product import Product, assemble
from smartflow.cmd.refused import refuse
from smartflow.cmd.settings import settings_of
from smartflow.cmd.shown import fail
from smartflow.services.schedule.wiring import ScheduleClients
from smartflow.shared.calls.connect import Peer, connect
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.calls.serve import CallServer
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.kernel.ids import OwnerId, SystemEntropy
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.process.config import SettingsError
from smartflow.shared.process.datadir import DataDir, DataDirError
from smartflow.shared.process.pool import ProcessPool

T = TypeVar("T")


class Reached(Struct, frozen=True):
    """What a command may ask."""

    clients: Clients
    events: EventsClient


def operator() -> Call:
    """Make the call of whoever works on the command line."""
    return Call(owner=OwnerId(0), request_id=str(SystemEntropy().uuid()), actor=Actor.SYSTEM)


def ask(given: Path | None, question: Callable[[Reached], Awaitable[T]], *, as_json: bool = False) -> T:
    """Ask the product that works on a data directory; a refusal ends the command and says which rule of which field."""

    async def asking() -> T:
        async with _reached(given) as found:
            return await question(found)

    try:
        return asyncio.run(asking())
    except Refusal as refusal:
        refuse(refusal, as_json=as_json)
    except (DataDirError, SettingsError) as error:
        fail(str(error))


def call_server(product: Product) -> CallServer:
    """Serve the product to commands."""
    serving = CallServer(product.host.clock)
    serving.add(Contract(UserauthClient), product.clients.userauth)
    serving.add(Contract(TaskClient), product.clients.task)
    serving.add(Contract(LlmClient), product.clients.llm)
    serving.add(Contract(CourseClient), product.clients.course)
    serving.add(Contract(MemoryClient), product.clients.memory)
    serving.add(Contract(TimetableClient), product.clients.schedule.timetable)
    serving.add(Contract(ClassesClient), product.clients.schedule.classes)
    serving.add(Contract(PlanClient), product.clients.schedule.plan)
    serving.add(Contract(AnalysisClient), product.clients.schedule.analysis)
    serving.add(Contract(LlmClient), product.clients.llm)
    serving.add(Contract(AgentClient), product.clients.agent)
    serving.add(Contract(EventsClient), _events(product))
    return serving


@asynccontextmanager
async def _reached(given: Path | None) -> AsyncIterator[Reached]:
    settings = settings_of({} if given is None else {"data_dir": str(given)})
    folder = DataDir(settings.data_dir)
    try:
        folder.lock()
    except DataDirError:
        async with _through_socket(folder) as reached:
            yield reached
        return
    upgrade(folder.database)
    engine, pool = SqliteEngine(folder.database), ProcessPool()
    await engine.open()
    try:
        product = assemble(settings, Means(engine, SystemClock(), SystemEntropy(), pool))
        yield Reached(product.clients, _events(product))
        await product.host.backbone.settle()
        await product.host.close()
    finally:
        await pool.close()
        await engine.close()
        folder.unlock()


@asynccontextmanager
async def _through_socket(folder: DataDir) -> AsyncIterator[Reached]:
    peer = Peer(f"unix://{folder.socket()}", SystemClock())
    try:
        schedule = ScheduleClients(
            connect(Contract(TimetableClient), peer),
            connect(Contract(ClassesClient), peer),
            connect(Contract(PlanClient), peer),
            connect(Contract(AnalysisClient), peer),
        )
        clients = Clients(
            userauth=connect(Contract(UserauthClient), peer),
            task=connect(Contract(TaskClient), peer),
            llm=connect(Contract(LlmClient), peer),
            course=connect(Contract(CourseClient), peer),
            memory=connect(Contract(MemoryClient), peer),
            schedule=schedule,
            agent=connect(Contract(AgentClient), peer),
        )
        yield Reached(clients, connect(Contract(EventsClient), peer))
    finally:
        await peer.close()


def _events(product: Product) -> EventsClient:
    return local(Contract(EventsClient), EventsService(product.host.database), clock=product.host.clock)


def schema_state(folder: DataDir) -> str:
    """Say in a word how the schema stands: none, old, newest or newer."""
    found = revision(folder.database)
    return "none" if found is None else "newest" if found == HEAD else "newer" if found > HEAD else "old"
