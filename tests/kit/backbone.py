"""A database and a backbone without any product part, for tests of what parts stand on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, create_engine, func, insert, select, update

from smartflow.shared.bus.embedded import EmbeddedBus
from smartflow.shared.database import effects, erased, lease
from smartflow.shared.database.database import Database
from smartflow.shared.database.lease import Leases
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.database.unit import Unit
from smartflow.shared.events import tables
from smartflow.shared.events.backbone import Backbone, Ports
from smartflow.shared.events.event import Event
from smartflow.shared.events.outbox import OutboxWriter
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.process.telemetry import Metrics, Witness
from tests.kit.ports import FaultPlan, ManualClock, SeededEntropy

metadata = MetaData()
counters = Table(
    "counters",
    metadata,
    Column("name", BigInteger, primary_key=True),
    Column("value", Integer, nullable=False),
)
seen = Table("seen", metadata, Column("id", Integer, primary_key=True), Column("owner", BigInteger), Column("number", Integer))


class Counted(Event, frozen=True):
    """Somebody counted."""

    kind: ClassVar[str] = "test.counted"
    publisher: ClassVar[str] = "test"

    number: int


class Ground(Struct, frozen=True):
    """All of it."""

    database: Database
    backbone: Backbone
    bus: EmbeddedBus
    clock: ManualClock
    faults: FaultPlan
    engine: SqliteEngine
    statements: list[str]
    metrics: Metrics

    async def count(self, owner: int) -> int:
        """Add one to an owner's counter and tell it."""
        async with self.database.work() as unit:
            return await count_in(unit, owner)

    async def counter(self, owner: int) -> int:
        """Read an owner's counter."""
        async with self.database.read() as reader:
            return await reader.value(select(counters.c.value).where(counters.c.name == owner)) or 0

    async def seen(self, owner: int) -> list[int]:
        """List what a reaction wrote for an owner, in order."""
        async with self.database.read() as reader:
            return [row.number for row in await reader.all(select(seen.c.number).where(seen.c.owner == owner).order_by(seen.c.id))]

    def number(self, name: str, /, **labels: str) -> float:
        """Read one of the numbers that the process tells of itself; what was never counted is 0."""
        return self.metrics.registry.get_sample_value(f"smartflow_{name}", labels) or 0.0

    async def rows(self, table: Table) -> int:
        """Count the rows of a table."""
        async with self.database.read() as reader:
            return int(await reader.value(select(func.count()).select_from(table)))


async def count_in(unit: Unit, owner: int) -> int:
    """Add one to an owner's counter, in a unit, and tell it."""
    if not await unit.run(update(counters).where(counters.c.name == owner).values(value=counters.c.value + 1)):
        await unit.run(insert(counters).values(name=owner, value=1))
    number = int(await unit.value(select(counters.c.value).where(counters.c.name == owner)))
    unit.publish(Counted(OwnerId(owner), number))
    return number


async def note(unit: Unit, event: Counted) -> None:
    """React: write down what was told."""
    await unit.run(insert(seen).values(owner=event.owner, number=event.number))


@asynccontextmanager
async def ground(path: Path, *subscriptions: Subscriptions) -> AsyncIterator[Ground]:
    """Open a database with its backbone in a file."""
    make_tables(path)
    clock, faults, entropy, statements = ManualClock(), FaultPlan(), SeededEntropy(1), list[str]()
    metrics = Metrics()
    witness = Witness(metrics)
    engine = SqliteEngine(path, faults=faults, observe=statements.append, grouped=metrics.commits.observe)
    await engine.open()
    outbox = OutboxWriter(entropy)
    database = Database(engine, clock, outbox)
    bus = EmbeddedBus()
    leases = Leases(database, "test", witness.lease)
    backbone = Backbone(Ports(database, bus, leases, clock, entropy, faults, witness), outbox)
    backbone.publisher("test")
    for each in subscriptions:
        backbone.subscribe(each)
    yield Ground(database, backbone, bus, clock, faults, engine, statements, metrics)
    await engine.close()


def make_tables(path: Path) -> None:
    """Make the tables, once."""
    maker = create_engine(f"sqlite:///{path}")
    for part in (metadata, effects.metadata, erased.metadata, lease.metadata, tables.metadata):
        part.create_all(maker)
    maker.dispose()
