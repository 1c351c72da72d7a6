"""Event streams: frames go out as they come, pings between them, and whoever stops reading is cut off."""

import asyncio
from asyncio import Task
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from msgspec import Struct
from starlette.responses import Response

from smartflow.shared.kernel.codec import to_json

T_co = TypeVar("T_co", covariant=True)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
PING = b": ping\n\n"
RETRY = b"retry: 1000\n\n"
_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class Pace(Struct, frozen=True):
    """How often a quiet stream pings and an open one asks whether it may go on; how long a reader may let it wait."""

    ping: timedelta = timedelta(seconds=5)
    check: timedelta = timedelta(seconds=30)
    patience: timedelta = timedelta(seconds=20)


class Source(Protocol[T_co]):
    """Where a stream's frames come from."""

    async def next(self) -> T_co | None:
        """Wait for what comes next; None is the end. May be cancelled without losing anything."""
        ...


def frame(data: object, id_: str | None = None) -> bytes:
    """Write one frame."""
    head = b"" if id_ is None else b"id: " + id_.encode() + b"\n"
    return head + b"data: " + to_json(data) + b"\n\n"


async def framed(source: Source[bytes], pace: Pace, lives: Callable[[], Awaitable[bool]]) -> AsyncGenerator[bytes, None]:
    """Give a source's frames with pings between them; ends with the source, and with the login session."""
    loop = asyncio.get_running_loop()
    checked = loop.time()
    while True:
        try:
            async with asyncio.timeout(pace.ping.total_seconds()):
                found = await source.next()
        except TimeoutError:
            found = PING
        if loop.time() - checked >= pace.check.total_seconds():
            checked = loop.time()
            if not await lives():
                return
        if found is None:
            yield RETRY
            return
        yield found


class EventStream(Response):
    """An answer that goes on until its frames end, its reader leaves, or its reader stops reading; then `ended` is told."""

    media_type = "text/event-stream"

    def __init__(
        self,
        frames: AsyncGenerator[bytes, None],
        ended: Callable[[], None],
        *,
        pace: Pace | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = 200
        self.background = None
        self._frames = frames
        self._ended = ended
        self._patience = (pace or Pace()).patience.total_seconds()
        self.init_headers({**_HEADERS, **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write the stream, and clean up however it ends."""
        del scope
        try:
            async with aclosing(self._frames) as frames:
                await self._until_left(frames, receive, send)
        finally:
            self._ended()

    async def _until_left(self, frames: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
        writing = asyncio.create_task(self._write(frames, send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancelled(leaving)
            await _cancelled(writing)

    async def _write(self, frames: AsyncIterator[bytes], send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for each in frames:
            async with asyncio.timeout(self._patience):
                await send({"type": "http.response.body", "body": each, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancelled(task: Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, TimeoutError):
        await task
