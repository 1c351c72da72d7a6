"""The product in one process for tests: its own composition, a clock that stands still, and a front door."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from msgspec.structs import replace
from sqlalchemy import select

from smartflow.cmd.host import Means
from smartflow.cmd.migrate import upgrade
from smartflow.cmd.product import Product, assemble
from smartflow.cmd.settings import Settings
from smartflow.gateway.settings import LimitsSettings
from smartflow.services.agent.settings import AgentSettings
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.events.event import Event
from smartflow.shared.events.tables import outbox
from smartflow.shared.kernel.codec import from_json
from smartflow.shared.process.pool import Pool
from tests.kit.people import PASSWORD, Person, someone
from tests.kit.ports import FaultPlan, ManualClock, SeededEntropy

E = TypeVar("E", bound=Event)


class InlinePool:
    """Runs jobs at once, here: those of tests are small."""

    async def run(self, function: Any, *args: Any, deadline: timedelta, kind: str = "") -> Any:
        return function(*args)


class App:
    """A running product, and who uses it."""

    def __init__(self, product: Product, clock: ManualClock, faults: FaultPlan, statements: list[str]) -> None:
        self.product = product
        self.clock = clock
        self.faults = faults
        self._statements = statements
        self._http = httpx2.AsyncClient(transport=httpx2.ASGITransport(product.gateway), base_url="http://smartflow.test")

    @property
    def http(self) -> httpx2.AsyncClient:
        return self._http

    async def someone(self, **headers: str) -> "Somebody":
        """Register a new person and log in."""
        made = await someone(self._http, **headers)
        return Somebody(self, made)

    async def settle(self) -> None:
        """Carry every committed fact to its effects."""
        await self.product.host.settle()

    async def run_loop(self, name: str) -> None:
        """Let a loop come round once."""
        for loop, _ in self.product.loops():
            if loop.name == name:
                await loop.run()
                return
        raise LookupError(name)

    async def told(self, event: type[E], person: Person) -> Sequence[E]:
        """List what was published of a kind about a person, in order."""
        async with self.product.host.database.read() as reader:
            mine = select(outbox.c.payload).where(outbox.c.kind == event.kind, outbox.c.user_id == person.id)
            return [from_json(row.payload, event) for row in await reader.all(mine.order_by(outbox.c.id))]

    @asynccontextmanager
    async def statements(self, *, at_most: int) -> AsyncIterator[None]:
        """Hold what happens inside to a budget of SQL statements."""
        before = len(self._statements)
        yield
        made = self._statements[before:]
        assert len(made) <= at_most, "\n".join(made)


class Somebody(Person):
    """A person of an app."""

    def __init__(self, app: App, person: Person) -> None:
        super().__init__(app.http, person.name, person.id, person.tokens)

    async def again(self) -> None:
        """Log in again, after so much time that the token is old."""
        answer = await self.post("/user/login", {"username": self.name, "password": PASSWORD})
        assert answer.status == 200, answer.body
        self.tokens = answer.data
        self._headers["Authorization"] = f"Bearer {answer.data['access_token']}"


def settings(folder: Path, **sections: Any) -> Settings:
    """Settings for tests: cheap passwords, no limits."""
    cheap = UserauthSettings(keys_dir=folder, hash_memory_kib=64, hash_rounds=1, hash_lanes=1)
    # The models of tests are dear, and play scripts in which no title is asked for.
    rich = AgentSettings(run_cost=Decimal(1000), titles="off")
    return replace(Settings(data_dir=folder, userauth=cheap, limits=LimitsSettings(enabled=False), agent=rich), **sections)


@asynccontextmanager
async def running(
    folder: Path, *, pool: Pool | None = None, clock: ManualClock | None = None, seed: int = 1, **sections: Any
) -> AsyncIterator[App]:
    """Run the product on a database in a folder, with another seed for each start; every call goes through the codec, as over the wire."""
    path = folder / "smartflow.db"
    upgrade(path)
    clock, faults, statements = clock or ManualClock(), FaultPlan(), list[str]()
    engine = SqliteEngine(path, faults=faults, observe=statements.append)
    await engine.open()
    means = Means(engine, clock, SeededEntropy(seed), pool or InlinePool(), faults, strict=True)
    app = App(assemble(settings(folder, **sections), means), clock, faults, statements)
    try:
        yield app
    finally:
        await app.http.aclose()
        await app.product.host.close()
        await engine.close()
