"""A service made for these tests: a library that lends, refuses, hangs, fails and streams on demand."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from smartflow.client.task import TaskNotFound
from smartflow.shared.database.effects import Replay
from smartflow.shared.database.engine import Rerun
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput, Unavailable


class Loan(Struct, frozen=True):
    """A book that somebody has."""

    owner: OwnerId
    book: UUID
    due: datetime | None = None
    titles: tuple[str, ...] = ()


class Passing:
    """What a test waits for: that work began, and that it was stopped."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.stopped = asyncio.Event()


class LibraryClient(Protocol):
    """Asks the library."""

    async def version(self) -> str: ...

    async def lend(self, call: Call, book: UUID, *, due: datetime | None = None, titles: Sequence[str] = ()) -> Loan: ...

    async def deadline(self, call: Call) -> datetime | None: ...

    async def refuse(self, call: Call, how: str) -> None: ...

    async def once(self, call: Call, book: UUID) -> Loan: ...

    async def contend(self, call: Call, losses: int) -> int: ...

    async def hang(self, call: Call) -> None: ...

    async def fail(self, call: Call, secret: str) -> None: ...

    def shelves(self, call: Call, count: int, end: str = "well") -> AsyncIterator[Loan]: ...


class Library:
    """Serves `LibraryClient`."""

    def __init__(self) -> None:
        self.passings: dict[OwnerId, Passing] = defaultdict(Passing)
        self._effects: dict[tuple[OwnerId, str | None], bytes] = {}
        self._tries: dict[OwnerId, int] = defaultdict(int)

    async def version(self) -> str:
        return "1"

    async def lend(self, call: Call, book: UUID, *, due: datetime | None = None, titles: Sequence[str] = ()) -> Loan:
        await asyncio.sleep(0)
        return Loan(call.owner, book, due, tuple(titles))

    async def deadline(self, call: Call) -> datetime | None:
        return call.deadline

    async def refuse(self, call: Call, how: str) -> None:
        if how == "busy":
            raise Unavailable(retry_after=7)
        if how == "input":
            raise InvalidInput([FieldError("items[2].order", "max", facts={"most": 12}), FieldError("name", "required")])
        raise TaskNotFound({"task_id": 7, "near": ["a", "b"]}, task="Lab report", left=3)

    async def once(self, call: Call, book: UUID) -> Loan:
        stored = self._effects.get((call.owner, call.key))
        if stored is not None:
            raise Replay(stored)
        loan = Loan(call.owner, book)
        self._effects[call.owner, call.key] = to_json(loan)
        return loan

    async def contend(self, call: Call, losses: int) -> int:
        self._tries[call.owner] += 1
        if self._tries[call.owner] <= losses:
            raise Rerun
        return self._tries[call.owner]

    async def hang(self, call: Call) -> None:
        passing = self.passings[call.owner]
        passing.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            passing.stopped.set()

    async def fail(self, call: Call, secret: str) -> None:
        raise RuntimeError(secret)

    async def shelves(self, call: Call, count: int, end: str = "well") -> AsyncIterator[Loan]:
        passing = self.passings[call.owner]
        try:
            for number in range(count):
                yield Loan(call.owner, UUID(int=number))
            passing.begun.set()
            if end == "refused":
                raise TaskNotFound
            if end == "failed":
                raise RuntimeError
            if end == "never":
                await asyncio.Event().wait()
        finally:
            passing.stopped.set()
