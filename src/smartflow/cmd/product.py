"""The product of one process, assembled: for `up`, for commands, and for tests, with the very same composition."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from importlib.metadata import version
from typing import Any

from msgspec import Struct

from smartflow.cmd.compose import Clients, compose
from smartflow.cmd.host import Host, Means
from smartflow.cmd.settings import Settings
from smartflow.gateway.app import Edge, Gateway
from smartflow.gateway.keys import Keys
from smartflow.gateway.limits import Limiter
from smartflow.gateway.routes.analysis import AnalysisRoutes
from smartflow.gateway.routes.change import ChangeRoutes
from smartflow.gateway.routes.chat import ChatRoutes
from smartflow.gateway.routes.conversation import ConversationRoutes
from smartflow.gateway.routes.course import CourseRoutes
from smartflow.gateway.routes.export import ExportRoutes
from smartflow.gateway.routes.health import About, HealthRoutes, Ready
from smartflow.gateway.routes.live import LiveRoutes
from smartflow.gateway.routes.memory import MemoryRoutes
from smartflow.gateway.routes.plan import PlanRoutes
from smartflow.gateway.routes.possession import Holders
from smartflow.gateway.routes.possession_talks import Talkers
from smartflow.gateway.routes.task import TaskRoutes
from smartflow.gateway.routes.task_class import TaskClassRoutes
from smartflow.gateway.routes.term import TermRoutes
from smartflow.gateway.routes.timetable import TimetableRoutes
from smartflow.gateway.routes.usage import UsageRoutes
from smartflow.gateway.routes.user import UserRoutes
from smartflow.gateway.settings import Demo
from smartflow.gateway.stream.hub import Hub
from smartflow.shared.database.lease import Held
from smartflow.shared.events.purge import purge
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.process.loop import LEASE, Lease, Loop
from smartflow.shared.process.telemetry import Metrics
from smartflow.shared.stores.memory import MemoryBuckets

_LAG = timedelta(seconds=30)


class Product(Struct, frozen=True):
    """Everything that runs."""

    host: Host
    clients: Clients
    gateway: Gateway
    metrics: Metrics
    hub: Hub

    def loops(self) -> list[tuple[Loop, Lease | None]]:
        """List the loops with their leases: those of parts, the relays, the workers and the purge."""
        host = self.host
        found: list[tuple[Loop, Lease | None]] = [(loop, self._lease(loop)) for loop in host.loops]
        second = timedelta(seconds=1)
        found += [
            (Loop(f"relay.{name}", second, each.drain, leased=False, wake=each.wake), None) for name, each in host.backbone.relays.items()
        ]
        found += [(Loop(f"inbox.{name}", second, each.step, leased=False), None) for name, each in host.backbone.workers.items()]
        # Every process tells its own numbers, so this one needs no lease.
        found.append((Loop("events.stock", timedelta(seconds=5), host.backbone.take_stock, leased=False), None))
        forget = Loop("events.purge", timedelta(hours=1), lambda: purge(host.database))
        return [*found, (forget, self._lease(forget))]

    def _lease(self, loop: Loop) -> Lease | None:
        return Held(self.host.leases, f"loop.{loop.name}", LEASE, self.host.clock.now) if loop.leased else None


def assemble(settings: Settings, means: Means, demo: Demo | None = None, instead: Mapping[type[Any], Any] | None = None) -> Product:
    """Put the product together on an engine that is open."""
    host = Host(means, settings.sections(), instead)
    clients = compose(host)
    metrics = host.metrics
    keys = Keys(clients.userauth, host.clock)
    subscriptions = Subscriptions("gateway")
    keys.subscribe(subscriptions)
    hub = Hub(metrics)
    hub.subscribe(subscriptions)
    host.backbone.subscribe(subscriptions)
    limiter = Limiter(MemoryBuckets(), settings.limits, host.clock, metrics)
    health = HealthRoutes(About(version("smartflow"), metrics, settings.gateway.metrics_from, _readiness(host), demo))
    rooms = clients.schedule
    tables = (
        UserRoutes(clients.userauth, keys, limiter).routes(),
        UsageRoutes(clients.llm, host.clock).routes(),
        ExportRoutes(holders_of(clients), host.clock).routes(),
        TaskRoutes(clients.task, rooms.timetable).routes(),
        CourseRoutes(clients.course, rooms.timetable).routes(),
        TaskClassRoutes(rooms.classes).routes(),
        TimetableRoutes(rooms.timetable).routes(),
        TermRoutes(rooms.timetable).routes(),
        PlanRoutes(rooms.plan).routes(),
        ChangeRoutes(rooms.timetable, rooms.plan).routes(),
        AnalysisRoutes(rooms.analysis).routes(),
        MemoryRoutes(clients.memory).routes(),
        ChatRoutes(clients.agent.talk, keys, hub).routes(),
        ConversationRoutes(clients.agent.talk).routes(),
        LiveRoutes(rooms.timetable, hub, keys).routes(),
        *health.routes(),
    )
    gateway = Gateway(tables, Edge(keys, limiter, host.clock, host.entropy, metrics, settings.gateway))
    health.describes(gateway.routes.all)
    return Product(host, clients, gateway, metrics, hub)


def holders_of(clients: Clients) -> Holders:
    """Name everyone who keeps something of a person: for its export."""
    rooms = clients.schedule
    talks = Talkers(clients.agent.talk, clients.agent.record, clients.llm)
    return Holders(clients.userauth, clients.task, clients.course, clients.memory, rooms.timetable, rooms.classes, rooms.plan, talks)


def _readiness(host: Host) -> Callable[[], Awaitable[Ready]]:
    async def ready() -> Ready:
        try:
            async with host.database.read() as reader:
                behind = await host.backbone.oldest_pending(reader)
        except Exception:  # noqa: BLE001 - whatever keeps the database from answering, it is down
            return Ready(ready=False, checks={"database": "down", "schema": "down", "bus": "ok", "relay_lag": "degraded", "stores": "ok"})
        lag = behind is not None and host.clock.now() - behind > _LAG
        return Ready(
            ready=True,
            checks={"database": "ok", "schema": "ok", "bus": "ok", "relay_lag": "degraded" if lag else "ok", "stores": "ok"},
        )

    return ready
