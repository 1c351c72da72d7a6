"""How commands reach the product: through the socket of the one that runs, else by taking its place for a moment."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.agent.api import AgentClient
from smartflow.client.agent.record import RecordClient
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
from smartflow.cmd.migrate import expect_current, upgrade
from smartflow.cmd.operator import EventsClient, EventsService
from smartflow.cmd.product import Product, assemble
from smartflow.cmd.refused import refuse
from smartflow.cmd.settings import Settings, settings_of
from smartflow.cmd.shown import fail
from smartflow.services.agent.wiring import AgentClients
from smartflow.services.schedule.wiring import ScheduleClients
from smartflow.shared.calls.connect import Peer, connect
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.calls.refused import CallError
from smartflow.shared.calls.serve import CallServer
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.kernel.ids import OwnerId, SystemEntropy
from smartflow.shared.kernel.refusal import DeadlinePassed, Refusal, Unavailable
from smartflow.shared.process.config import Secret
from smartflow.shared.process.datadir import DataDir, DataDirBusyError, DataDirError
from smartflow.shared.process.pool import ProcessPool

T = TypeVar("T")
Question = Callable[["Reached"], Awaitable[T]]
Alone = Callable[[Settings, DataDir], AbstractAsyncContextManager["Reached"]]
# How long a command waits for another one that works in the same directory, and for an answer.
PATIENCE, DEADLINE = timedelta(seconds=10), timedelta(seconds=30)
_PAUSE = 0.05


class Reached(Struct, frozen=True):
    """What a command may ask."""

    clients: Clients
    events: EventsClient


def operator() -> Call:
    """Make the call of whoever works on the command line."""
    until = SystemClock().now() + DEADLINE
    return Call(owner=OwnerId(0), request_id=str(SystemEntropy().uuid()), actor=Actor.SYSTEM, deadline=until)


def look(given: Path | None, question: Question[T]) -> T:
    """Ask what changes nothing: when nothing runs, the database is only read, and events that wait go on waiting."""
    return _answer(_there(given, _looking), question)


def ask(given: Path | None, question: Question[T]) -> T:
    """Ask the product that works on a data directory; a refusal ends the command and says which rule of which field."""
    return _answer(_there(given, _working), question)


def establish(given: Path | None, question: Question[T]) -> T:
    """Ask as `ask` does; a data directory and a database that are not there yet are made."""
    return _answer(_reached(given, _working), question)


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
    serving.add(Contract(AgentClient), product.clients.agent.talk)
    serving.add(Contract(RecordClient), product.clients.agent.record)
    serving.add(Contract(EventsClient), _events(product))
    return serving


async def taken(folder: DataDir, patience: timedelta = PATIENCE) -> bool:
    """Take a data directory's lock, which another command may have for a moment; False if who has it takes calls.

    Raises:
        DataDirBusyError: It is still held, and nobody answers there.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + patience.total_seconds()
    while True:
        try:
            folder.lock()
        except DataDirBusyError:
            if await _listens(folder):
                return False
            if loop.time() > until:
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return True


async def _listens(folder: DataDir) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(folder.socket())
    except OSError:
        return False
    writer.close()
    return True


def _answer(reached: AbstractAsyncContextManager[Reached], question: Question[T]) -> T:
    async def asking() -> T:
        async with reached as found:
            return await question(found)

    try:
        return asyncio.run(asking())
    except Refusal as refusal:
        refuse(refusal)
    except CallError as error:
        fail(f"{error}; its log says why")


@asynccontextmanager
async def _there(given: Path | None, alone: Alone) -> AsyncIterator[Reached]:
    folder = DataDir(_settings(given).data_dir)
    if not folder.is_made():
        message = f"There is no SmartFlow in {folder.path}"
        raise DataDirError(message)
    async with _reached(given, alone) as reached:
        yield reached


@asynccontextmanager
async def _reached(given: Path | None, alone: Alone) -> AsyncIterator[Reached]:
    """Reach the product where it runs, else `alone`."""
    settings = _settings(given)
    folder = DataDir(settings.data_dir)
    if not await taken(folder):
        async with _through_socket(folder) as reached:
            yield reached
        return
    try:
        async with alone(settings, folder) as reached:
            yield reached
    finally:
        folder.unlock()


def _settings(given: Path | None) -> Settings:
    return settings_of({} if given is None else {"data_dir": str(given)})


@asynccontextmanager
async def _looking(settings: Settings, folder: DataDir) -> AsyncIterator[Reached]:
    """Read the database as it lies there. Who looks signs nothing, so keys that are not there yet are not made either."""
    expect_current(folder.database)
    nobodys = Secret(urlsafe_b64encode(SystemEntropy().secret(32)).decode())
    settings = replace(settings, userauth=replace(settings.userauth, signing_keys=(nobodys,)))
    engine, pool = SqliteEngine(folder.database, read_only=True), ProcessPool()
    await engine.open()
    try:
        product = assemble(settings, Means(engine, SystemClock(), SystemEntropy(), pool))
        yield Reached(product.clients, _events(product))
    finally:
        await pool.close()
        await engine.close()


@asynccontextmanager
async def _working(settings: Settings, folder: DataDir) -> AsyncIterator[Reached]:
    """Take the product's place, and carry what was done to its effects."""
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
            agent=AgentClients(connect(Contract(AgentClient), peer), connect(Contract(RecordClient), peer)),
        )
        yield Reached(clients, connect(Contract(EventsClient), peer))
    except (Unavailable, DeadlinePassed) as refusal:
        holder = folder.holder() or "unknown"
        message = f"the SmartFlow (process {holder}) that works on {folder.path} does not answer in time; try again later"
        raise DataDirError(message) from refusal
    finally:
        await peer.close()


def _events(product: Product) -> EventsClient:
    return local(Contract(EventsClient), EventsService(product.host.database), clock=product.host.clock)
