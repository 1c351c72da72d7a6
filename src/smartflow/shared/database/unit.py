"""A unit: one transaction that commits state, events and the answer to a key together; and its read-only sibling."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Executable, Row, Table

from smartflow.shared.database import effects
from smartflow.shared.database.engine import Session, Values
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.trace import Origin, current_request, current_trace

T = TypeVar("T")


class Fact(Protocol):
    """What a unit can publish: an event of `shared.events`."""

    @property
    def owner(self) -> OwnerId:
        """Whose fact it is."""
        ...


class Outbox(Protocol):
    """Keeps published facts in the unit's own transaction."""

    async def append(self, unit: "Unit", facts: Sequence[Fact]) -> None:
        """Write the facts beside the state that they tell about."""
        ...

    def committed(self, facts: Sequence[Fact]) -> None:
        """Hear that they are committed."""
        ...


class Read:
    """A view of the database; what every query takes."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.now = now
        self._session = session
        self._task = asyncio.current_task()

    async def all(self, statement: Executable, values: Values | None = None) -> Sequence[Row[Any]]:
        """Fetch every row."""
        return (await self._mine().execute(statement, values)).rows

    async def first(self, statement: Executable, values: Values | None = None) -> Row[Any] | None:
        """Fetch the first row, if any."""
        rows = (await self._mine().execute(statement, values)).rows
        return rows[0] if rows else None

    async def value(self, statement: Executable) -> Any:  # noqa: ANN401 - a column has any type
        """Fetch the first column of the first row, or None."""
        row = await self.first(statement)
        return None if row is None else row[0]

    def _mine(self) -> Session:
        if asyncio.current_task() is not self._task:
            message = "a transaction was used from another task"
            raise RuntimeError(message)
        return self._session


class Unit(Read):
    """One transaction. `now` is its one instant."""

    def __init__(self, session: Session, now: datetime, call: Call | None) -> None:
        super().__init__(session, now)
        self.call = call
        self.published: list[Fact] = []
        self.origins: list[Origin] = []
        self._result: bytes | None = None

    async def run(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> int:
        """Run a write, once or for each of many rows; gives the number of rows touched."""
        return (await self._mine().execute(statement, values)).touched

    async def insert(self, table: Table, values: Values) -> int:
        """Insert a row and give its new key."""
        key = (await self._mine().execute(table.insert(), values)).key
        return 0 if key is None else key

    async def bulk(self, table: Table, rows: Sequence[Values]) -> None:
        """Insert many rows, in portions that let other tasks breathe."""
        for start in range(0, len(rows), _PORTION):
            await self._mine().execute(table.insert(), rows[start : start + _PORTION])
            if len(rows) > _PORTION:
                await asyncio.sleep(0)

    async def insert_all(self, table: Table, rows: Sequence[Values]) -> list[int]:
        """Insert many rows whose key is `id`, in portions; gives the new keys in the order of the rows."""
        statement = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        keys: list[int] = []
        for start in range(0, len(rows), _PORTION):
            keys += [row.id for row in (await self._mine().execute(statement, rows[start : start + _PORTION])).rows]
            if len(rows) > _PORTION:
                await asyncio.sleep(0)
        return keys

    def publish(self, fact: Fact) -> None:
        """Tell a fact: it goes to the outbox in the same commit."""
        self.published.append(fact)
        # Now, not at the end: an inbox's unit holds what came from many requests.
        self.origins.append(Origin(current_trace(), self.call.request_id if self.call else current_request()))

    def answer(self, result: T) -> T:
        """Store the result under the call's key, in the same commit; gives it back."""
        if self.call is not None and self.call.key is not None:
            self._result = to_json(result)
        return result

    async def finish(self, outbox: Outbox) -> None:
        """Write what was published and answered, as the last statements of the transaction."""
        if self.published:
            await outbox.append(self, self.published)
        call = self.call
        if call is None or call.key is None or self._result is None:
            return
        await effects.store(self._mine(), call.owner, call.key, fingerprint=call.fingerprint or "", result=self._result, now=self.now)


_PORTION = 200
