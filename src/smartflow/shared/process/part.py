"""What a process must know of a service, and what a service may know of its process."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import MetaData

from smartflow.shared.database.database import Database
from smartflow.shared.database.lease import Leases
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.pool import Pool
from smartflow.shared.process.telemetry import Metrics

C = TypeVar("C")
S = TypeVar("S", bound=Struct)


def _nothing(subscriptions: Subscriptions) -> None:
    """React to nothing."""
    del subscriptions


async def _at_once() -> None:
    """Have nothing to wait for."""


class Part(Struct, Generic[C], frozen=True):
    """A service in a process: what it serves, what it reacts to, its loops and its tables.

    `settle` waits for work that it has in hand beside any request; `close` leaves that where it is, when the process ends.
    """

    name: str
    serves: C
    tables: MetaData
    subscribe: Callable[[Subscriptions], None] = _nothing
    loops: Sequence[Loop] = ()
    settle: Callable[[], Awaitable[None]] = _at_once
    close: Callable[[], Awaitable[None]] = _at_once


class Ground(Protocol):
    """What a process gives every part to stand on."""

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def entropy(self) -> Entropy:
        """The chance."""
        ...

    @property
    def pool(self) -> Pool:
        """Worker processes for what would hold up the event loop."""
        ...

    @property
    def metrics(self) -> Metrics:
        """The numbers that this process tells of itself."""
        ...

    @property
    def leases(self) -> Leases:
        """Leases in the name of this process."""
        ...

    def section(self, kind: type[S]) -> S:
        """Give the part's own section of the settings."""
        ...
