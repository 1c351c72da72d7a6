"""What a bus promises: a published message is acknowledged once it can no longer be lost."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from smartflow.shared.kernel.ids import OwnerId


class Message(Struct, frozen=True):
    """A fact on its way. `position` orders the messages of one publisher and key."""

    event_id: UUID
    publisher: str
    kind: str
    schema: int
    key: str
    user_id: OwnerId
    occurred_at: datetime
    position: int
    payload: str
    trace: str = ""


Receive = Callable[[Sequence[Message]], Awaitable[None]]
Look = Callable[[Message], None]


class Undelivered(Exception):  # noqa: N818 - outages are ordinary
    """The bus could not take the messages; they are to be published again."""


class Bus(Protocol):
    """Publishes to every group; each group gets each message at least once, in order per key."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Hand messages over; returning means that they cannot be lost.

        Raises:
            Undelivered: They could not be handed over, or not all of them.
        """
        ...

    def join(self, group: str, kinds: frozenset[str], receive: Receive) -> None:
        """Have a group receive messages of some kinds."""
        ...

    def tap(self, kinds: frozenset[str], look: Look) -> None:
        """Let this process look at messages as they pass."""
        ...
