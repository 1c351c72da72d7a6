"""The far end of calls between processes: a plain ASGI application, `POST /<Protocol>/<method>`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import aclosing
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from smartflow.shared.calls import wire
from smartflow.shared.calls.contract import Contract, Method
from smartflow.shared.calls.refused import to_bytes
from smartflow.shared.kernel.call import REPLAYS, Replays
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import pack
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.trace import Origin, continued
from smartflow.shared.process.logs import logger

T = TypeVar("T")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
LARGEST_REQUEST = 32 * 1024 * 1024


class _Served(Struct, frozen=True):
    method: Method
    function: Callable[..., Any]


class _Turned(Exception):  # noqa: N818 - leaves the reading of a request early
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class CallServer:
    """Answers calls with the local forms of services. Who may connect is the socket's business."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._served: dict[str, _Served] = {}
        self._log = logger("calls")

    def add(self, contract: Contract[T], service: T) -> None:
        """Serve a Protocol by the local form of a service."""
        for name, method in contract.methods.items():
            self._served[f"/{contract.name}/{name}"] = _Served(method, getattr(service, name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a caller that goes away stops the work."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            served = self._find(scope, headers)
            arguments = self._arguments(served.method, await _body(receive), headers)
        except _Turned as turned:
            await _send(send, turned.status)
            return
        with continued(Origin(headers.get(wire.TRACE, ""), headers.get(wire.REQUEST_ID, ""))):
            answer = self._stream if served.method.streams else self._answer
            await _while_there(answer(served, arguments, headers, send), receive)

    def _find(self, scope: Scope, headers: Mapping[str, str]) -> _Served:
        served = self._served.get(scope["path"])
        if served is None:
            raise _Turned(404)
        if scope["method"] != "POST":
            raise _Turned(405)
        if headers.get("content-type") != wire.MSGPACK:
            raise _Turned(415)
        return served

    def _arguments(self, method: Method, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        try:
            arguments = method.decode(body)
            left = timedelta(milliseconds=float(headers[wire.TIME_LEFT])) if wire.TIME_LEFT in headers else None
        except (msgspec.DecodeError, ValueError) as error:
            self._log.warning("call.unreadable", method=method.full_name)
            raise _Turned(400) from error
        if method.call_name is not None and left is not None:
            # The caller's clock is not ours: what counts is how much time was left when it asked.
            arguments[method.call_name] = replace(arguments[method.call_name], deadline=self._clock.now() + left)
        return arguments

    async def _answer(self, served: _Served, arguments: dict[str, Any], headers: Mapping[str, str], send: Send) -> None:
        replays = Replays()
        REPLAYS.set(replays)
        try:
            body = pack(await served.function(**arguments))
        except Refusal as refusal:
            await _send(send, wire.REFUSED, to_bytes(refusal))
        except Exception:  # noqa: BLE001 - the other side learns that it failed, the log learns why
            self._note_failure(served.method, headers)
            await _send(send, wire.FAILED)
        else:
            await _send(send, wire.ANSWERED, body, {wire.REPLAYED: "1"} if replays.whole() else {})

    async def _stream(self, served: _Served, arguments: dict[str, Any], headers: Mapping[str, str], send: Send) -> None:
        await send(_start(wire.ANSWERED, {"content-type": wire.FRAMES}))
        try:
            async with aclosing(served.function(**arguments)) as pieces:
                async for piece in pieces:
                    await send(_part(wire.frame(wire.PIECE, pack(piece)), more=True))
            last = wire.frame(wire.END)
        except Refusal as refusal:
            last = wire.frame(wire.REFUSAL, to_bytes(refusal))
        except Exception:  # noqa: BLE001 - the other side learns that it failed, the log learns why
            self._note_failure(served.method, headers)
            last = wire.frame(wire.FAILURE)
        await send(_part(last))

    def _note_failure(self, method: Method, headers: Mapping[str, str]) -> None:
        self._log.exception("call.failed", method=method.full_name, request_id=headers.get(wire.REQUEST_ID, ""))


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or len(body) > LARGEST_REQUEST:
            raise _Turned(413)
        if not message.get("more_body"):
            return bytes(body)


async def _while_there(work: Awaitable[None], receive: Receive) -> None:
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,))
    if not working.cancelled():
        working.result()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(status: int, headers: Mapping[str, str]) -> MutableMapping[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}


def _part(body: bytes, *, more: bool = False) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def _send(send: Send, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
    await send(_start(status, {"content-type": wire.MSGPACK, "content-length": str(len(body)), **(headers or {})}))
    await send(_part(body))
