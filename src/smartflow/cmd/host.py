"""What one process owns, and how a service is placed in it."""

import os
from collections.abc import Callable, Mapping
from hashlib import blake2s
from pathlib import Path
from socket import gethostname
from typing import Any, TypeVar, get_type_hints

from msgspec import Struct, field

from smartflow.shared.bus.embedded import EmbeddedBus
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.database.database import Database
from smartflow.shared.database.engine import Engine
from smartflow.shared.database.faults import Faults, NoFaults
from smartflow.shared.database.lease import Leases
from smartflow.shared.events.backbone import Backbone
from smartflow.shared.events.outbox import OutboxWriter
from smartflow.shared.events.relay import Ports
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part
from smartflow.shared.process.pool import Pool
from smartflow.shared.process.telemetry import Metrics, Witness

C = TypeVar("C")
S = TypeVar("S", bound=Struct)


class Means(Struct, frozen=True):
    """What the outside world gives a process. `strict` sends every call through the codec, as over the wire."""

    engine: Engine
    clock: Clock
    entropy: Entropy
    pool: Pool
    faults: Faults = NoFaults()
    strict: bool = False
    metrics: Metrics = field(default_factory=Metrics)


def holder_of(entropy: Entropy) -> str:
    """Name this process among the holders of leases: its host, its number there, its start."""
    return f"{_place()}/{os.getpid()}/{entropy.uuid().hex[:16]}"


def _place() -> str:
    """Name where process numbers mean the same: this host, and on it this room of numbers (each container has its own)."""
    try:
        room = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        room = ""
    return blake2s(f"{gethostname()}|{room}".encode(), digest_size=10).hexdigest()


def is_gone(holder: str, ours: str) -> bool:
    """Whether a holder was a process of this host that is there no more: its leases need not run out."""
    host, _, rest = holder.partition("/")
    number = rest.partition("/")[0]
    mine, _, rest_of_ours = ours.partition("/")
    if host != mine or not number.isdecimal():
        return False
    if number == rest_of_ours.partition("/")[0]:
        return holder != ours
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


class Host:
    """One process: its database, its backbone, and the parts that run here."""

    def __init__(self, means: Means, sections: Mapping[type[Struct], Struct], instead: Mapping[type[Any], Any] | None = None) -> None:
        self.clock = means.clock
        self.entropy = means.entropy
        self.pool = means.pool
        self.engine = means.engine
        self.metrics = means.metrics
        self.loops: list[Loop] = []
        self.parts: list[Part[Any]] = []
        self.served: dict[type[Any], Any] = {}
        self._means = means
        self._sections = sections
        self._instead = instead or {}
        outbox = OutboxWriter(means.entropy)
        self.database = Database(means.engine, means.clock, outbox)
        witness = Witness(means.metrics)
        self.leases = Leases(self.database, holder_of(means.entropy), witness.lease, is_gone)
        ports = Ports(self.database, EmbeddedBus(), self.leases, means.clock, means.entropy, means.faults, witness)
        self.backbone = Backbone(ports, outbox)

    def section(self, kind: type[S]) -> S:
        """Give a part's own section of the settings."""
        found = self._sections[kind]
        if not isinstance(found, kind):
            raise TypeError(kind)
        return found

    def place(self, client: type[C], build: Callable[[Ground], Part[C]]) -> C:
        """Build a service here, and give its callers their form of it.

        `client` is a Protocol, or a Struct whose members are Protocols where one service serves several.
        """
        if client in self._instead:
            replaced: C = self._instead[client]
            return replaced
        part = build(self)
        subscriptions = Subscriptions(part.name)
        part.subscribe(subscriptions)
        self.backbone.publisher(part.name)
        self.backbone.subscribe(subscriptions)
        self.loops += part.loops
        self.parts.append(part)
        if not issubclass(client, Struct):
            return self._form(client, part.serves)
        hints = get_type_hints(client)
        return client(**{name: self._form(protocol, getattr(part.serves, name)) for name, protocol in hints.items()})

    async def settle(self) -> None:
        """Carry every fact to its effects, and wait for what parts have in hand."""
        for part in self.parts:
            await part.settle()
        await self.backbone.settle()

    async def close(self) -> None:
        """Let every part leave what it has in hand and let go of the outside world, those first that stand on others."""
        for part in reversed(self.parts):
            await part.close()

    def _form(self, client: type[C], service: C) -> C:
        self.served[client] = service
        return local(Contract(client), service, clock=self.clock, strict=self._means.strict)
