"""A talk over a socket with a product that is killed in the middle of it, and goes on with the next process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.kit.dying import NEVER, passed_beside
from tests.kit.people import Person, someone
from tests.kit.process import PATIENCE, Running, up


class Stream:
    """What has come of one answer so far: only frames that are whole count."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.raw = ""

    @property
    def blocks(self) -> list[str]:
        return [block for block in self.raw.split("\n\n")[:-1] if "data: " in block]

    @property
    def last_id(self) -> str | None:
        ids = [block.split("\n", 1)[0].removeprefix("id: ") for block in self.blocks if block.startswith("id: ")]
        return ids[-1] if ids else None

    @property
    def is_whole(self) -> bool:
        return self.blocks[-1:] == ["data: [DONE]"]

    @property
    def status(self) -> int:
        return 200

    @property
    def body(self) -> str:
        return self.raw


class Mortal:
    """One data folder; whichever process works there now, and its next one."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "data" / "smartflow.db"
        self._folder = folder
        self._order = folder / "order"
        self._stack = AsyncExitStack()
        self._running: Running | None = None
        self._http: httpx2.AsyncClient | None = None

    async def start(self) -> None:
        """Start a process where the last one has ended."""
        await self.close()
        self._running = await self._stack.enter_async_context(up(self._folder, dies=self._order))
        self._http = await self._stack.enter_async_context(httpx2.AsyncClient(base_url=self._running.url, timeout=PATIENCE))

    async def close(self) -> None:
        """End the process that runs, if one does."""
        await self._stack.aclose()

    async def someone(self) -> Person:
        """Register somebody new; on a busy machine the first worker of a process starts later than a request may wait."""
        async with asyncio.timeout(2 * PATIENCE):
            while True:
                try:
                    return await someone(self.http)
                except AssertionError as refused:
                    if "50401" not in str(refused):
                        raise

    def order(self, passage: int = NEVER) -> None:
        """Have the process die at that passage, counted from now."""
        draft = self._order.with_suffix(".draft")
        draft.write_text(str(passage))
        draft.rename(self._order)

    def passed(self) -> tuple[int, str]:
        """Tell how many moments passed since the last order, and the last one's name."""
        count, _, point = passed_beside(self._order).read_text().partition(" ")
        return int(count), point

    @property
    def is_dead(self) -> bool:
        """Whether the process has died."""
        assert self._running is not None
        return self._running.is_dead

    async def buried(self) -> None:
        """Wait for the end of a process whose connections broke."""
        assert self._running is not None
        await self._running.died()

    @property
    def http(self) -> httpx2.AsyncClient:
        """The way to the process that runs now."""
        assert self._http is not None
        return self._http

    def now(self, person: Person) -> Person:
        """The same person at the process that runs now."""
        return Person(self.http, person.name, person.id, person.tokens)

    async def streamed(self, person: Person, method: str, path: str, body: Any = None, **headers: str) -> Stream:
        """Read an answer as far as it comes; one that is cut is given as it is."""
        stream = Stream()
        headers["Authorization"] = f"Bearer {person.tokens['access_token']}"
        try:
            async with self.http.stream(method, f"/api/v1{path}", json=body, headers=headers) as answer:
                if answer.status_code != 200:
                    raise AssertionError((await answer.aread()).decode())
                stream.headers = dict(answer.headers)
                async for piece in answer.aiter_text():
                    stream.raw += piece
        except httpx2.TransportError:
            await self.buried()
        return stream


@asynccontextmanager
async def mortal(folder: Path) -> AsyncIterator[Mortal]:
    """Work in a folder; what runs at the end is ended."""
    place = Mortal(folder)
    try:
        await place.start()
        yield place
    finally:
        await place.close()
