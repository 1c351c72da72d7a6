"""What commands ask that no service answers: where events are."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from smartflow.shared.database.database import Database
from smartflow.shared.events import operate
from smartflow.shared.events.operate import NoSuchEvent, Seen, Waiting
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text


class EventUnknown(Refusal):
    """Nothing of that id is in the state that the operation wants."""

    status, code = 404, "40413"
    text = Text(zh="没有处于该状态的事件。", en="No event of that id is in such a state.")


class EventsClient(Protocol):
    """Asks where events are."""

    async def status(self, call: Call) -> Sequence[Waiting]:
        """Count the events by place and state."""
        ...

    async def listed(self, call: Call, state: str, limit: int) -> Sequence[Seen]:
        """List the events in a state, the oldest first."""
        ...

    async def show(self, call: Call, event_id: UUID) -> Sequence[Seen]:
        """Find an event wherever it is.

        Raises:
            EventUnknown: It is nowhere.
        """
        ...

    async def replay(self, call: Call, event_id: UUID) -> int:
        """Give an event that was given up its tries back.

        Raises:
            EventUnknown: No subscriber has given it up.
        """
        ...

    async def skip(self, call: Call, event_id: UUID, why: str) -> int:
        """Let an event that is stuck count as handled.

        Raises:
            EventUnknown: No subscriber is stuck with it.
        """
        ...


class EventsService:
    """Serves `EventsClient`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def status(self, call: Call) -> Sequence[Waiting]:
        """Count the events by place and state."""
        del call
        async with self._database.read() as reader:
            return await operate.status(reader)

    async def listed(self, call: Call, state: str, limit: int) -> Sequence[Seen]:
        """List the events in a state, the oldest first."""
        del call
        async with self._database.read() as reader:
            return await operate.listed(reader, state, limit)

    async def show(self, call: Call, event_id: UUID) -> Sequence[Seen]:
        """Find an event wherever it is.

        Raises:
            EventUnknown: It is nowhere.
        """
        del call
        try:
            async with self._database.read() as reader:
                return await operate.show(reader, event_id)
        except NoSuchEvent as error:
            raise EventUnknown from error

    async def replay(self, call: Call, event_id: UUID) -> int:
        """Give an event that was given up its tries back.

        Raises:
            EventUnknown: No subscriber has given it up.
        """
        try:
            async with self._database.work(call) as unit:
                return await operate.replay(unit, event_id)
        except NoSuchEvent as error:
            raise EventUnknown from error

    async def skip(self, call: Call, event_id: UUID, why: str) -> int:
        """Let an event that is stuck count as handled.

        Raises:
            EventUnknown: No subscriber is stuck with it.
        """
        try:
            async with self._database.work(call) as unit:
                return await operate.skip(unit, event_id, why)
        except NoSuchEvent as error:
            raise EventUnknown from error
