"""The near end of calls between processes: a client derived from a Protocol, over a unix socket or TCP."""

from asyncio import IncompleteReadError
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from smartflow.shared.calls import wire
from smartflow.shared.calls.contract import Contract, Method
from smartflow.shared.calls.limit import seconds_left, within
from smartflow.shared.calls.refused import CallError, from_bytes
from smartflow.shared.calls.replay import note
from smartflow.shared.database.guard import nothing_open
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.refusal import Unavailable
from smartflow.shared.kernel.trace import current_trace, span

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

T = TypeVar("T")
_CONNECT_SECONDS = 5
_AWAY = frozenset({502, 503, 504})  # said by what stands in between, never by the service
_KEPT_SECONDS = 4  # less than the server keeps an idle connection, or a call may meet one that is just being closed


class Peer:
    """Another process, by its address: `unix:///path/to/socket` or `http://host:port`. To be closed in the end."""

    def __init__(self, address: str, clock: Clock, *, guard: Callable[[], None] = nothing_open) -> None:
        self.clock = clock
        self.guard = guard
        self._socket = address.removeprefix("unix:").removeprefix("//") if address.startswith("unix:") else None
        self._base = "http://smartflow" if self._socket else address.rstrip("/")
        self._session: ClientSession | None = None

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> Any:  # noqa: ANN401 - aiohttp names no public type for it
        """Begin a request; the answer is there inside `async with`."""
        return self._connected().post(f"{self._base}/{path}", data=body, headers=headers, allow_redirects=False)

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _connected(self) -> "ClientSession":
        if self._session is None:
            # Not at the top: whoever runs everything in one process never needs it.
            from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, UnixConnector

            kept: dict[str, Any] = {"limit": 0, "keepalive_timeout": _KEPT_SECONDS}
            connector = UnixConnector(self._socket, **kept) if self._socket else TCPConnector(**kept)
            timeout = ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
            self._session = ClientSession(connector=connector, timeout=timeout, cookie_jar=DummyCookieJar())
        return self._session


def connect(contract: Contract[T], peer: Peer) -> T:
    """Give the remote form of a service: what it answers and refuses is what its local form would."""
    forms: dict[str, Any] = {}
    for name, method in contract.methods.items():
        path = f"{contract.name}/{name}"
        forms[name] = staticmethod(_stream_form(method, path, peer) if method.streams else _form(method, path, peer))
    return cast("T", type(f"Remote{contract.name}", (), forms)())


def _form(method: Method, path: str, peer: Peer) -> Callable[..., Any]:
    async def form(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the Protocol types it for its callers
        peer.guard()
        call, body = method.call_of(args, kwargs), method.encode(args, kwargs)
        with span(method.full_name), _reached():
            left = seconds_left(call, peer.clock)
            async with within(left), peer.post(path, body, _headers(call, left)) as response:
                answer = await response.read()
        if response.status != wire.ANSWERED:
            _refuse(method, response.status, answer)
        note(call, replayed=wire.REPLAYED in response.headers)
        return method.read_answer(answer)

    return form


def _stream_form(method: Method, path: str, peer: Peer) -> Callable[..., AsyncIterator[Any]]:
    def form(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - the Protocol types it for its callers
        peer.guard()
        return _pieces(method, peer, path, method.call_of(args, kwargs), method.encode(args, kwargs))

    return form


async def _pieces(method: Method, peer: Peer, path: str, call: Call | None, body: bytes) -> AsyncGenerator[Any, None]:
    left = seconds_left(call, peer.clock)
    with _reached():
        async with within(left):
            request = peer.post(path, body, _headers(call, left))
            response = await request.__aenter__()
        try:
            if response.status != wire.ANSWERED:
                _refuse(method, response.status, await response.read())
            while True:
                async with within(seconds_left(call, peer.clock)):
                    kind, piece = await _frame(response)
                if kind == wire.END:
                    return
                if kind != wire.PIECE:
                    _refuse(method, wire.REFUSED if kind == wire.REFUSAL else wire.FAILED, piece)
                yield method.read_answer(piece)
        finally:
            response.close()  # an unfinished stream must not go back into the pool; its end here is what stops the work there


async def _frame(response: "ClientResponse") -> tuple[int, bytes]:
    kind, size = wire.HEAD.unpack(await response.content.readexactly(wire.HEAD.size))
    return kind, await response.content.readexactly(size)


def _headers(call: Call | None, left: float | None) -> dict[str, str]:
    headers = dict(wire.HEADERS)
    if call is not None:
        headers[wire.REQUEST_ID] = call.request_id
    if left is not None:
        headers[wire.TIME_LEFT] = f"{left * 1000:.0f}"
    trace = current_trace()
    if trace:
        headers[wire.TRACE] = trace
    return headers


def _refuse(method: Method, status: int, body: bytes) -> NoReturn:
    if status == wire.REFUSED:
        raise from_bytes(body)
    if status in _AWAY:
        raise Unavailable
    message = f"{method.full_name} failed with {status}"
    raise CallError(message)


@contextmanager
def _reached() -> Iterator[None]:
    """Turn what happens to connections into the refusal that says: try again, with the same key."""
    from aiohttp import ClientError

    try:
        yield
    except (ClientError, OSError, IncompleteReadError) as error:
        raise Unavailable from error
