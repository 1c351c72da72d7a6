"""What travels between processes, and what either end does with what it does not understand."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct

from smartflow.client.task import TaskNotFound
from smartflow.shared.calls import wire
from smartflow.shared.calls.connect import Peer, connect
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.calls.refused import CallError, Refused
from smartflow.shared.calls.serve import LARGEST_REQUEST, CallServer
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import pack, unpack
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import DeadlinePassed, Unavailable
from tests.contract.calls.library import Library, LibraryClient, Loan
from tests.kit.ports import ManualClock

CALL = Call(owner=OwnerId(1), request_id="r-1")
CONTRACT = Contract(LibraryClient)
BODY = CONTRACT.methods["lend"].encode((CALL, UUID(int=1)), {})


class Reply(Struct):
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]


async def test_an_unknown_method_is_not_found() -> None:
    assert await _status("/LibraryClient/burn", BODY) == 404
    assert await _status("/ArchiveClient/lend", BODY) == 404


async def test_calls_are_posts_of_msgpack() -> None:
    assert await _status("/LibraryClient/lend", BODY, method="GET") == 405
    assert await _status("/LibraryClient/lend", BODY, headers={"content-type": "text/plain"}) == 415


@pytest.mark.parametrize("body", [b"", b"\xc1", BODY[:-3], pack(["call", 1]), pack({})])
async def test_what_does_not_fit_the_method_is_refused(body: bytes) -> None:
    assert await _status("/LibraryClient/lend", body) == 400


async def test_a_time_that_is_no_number_is_refused() -> None:
    assert await _status("/LibraryClient/lend", BODY, headers={wire.TIME_LEFT: "soon"}) == 400


async def test_a_request_over_the_limit_is_cut_off() -> None:
    assert await _status("/LibraryClient/lend", bytes(LARGEST_REQUEST + 1)) == 413


async def test_an_inner_failure_says_nothing_of_itself() -> None:
    body = CONTRACT.methods["fail"].encode((CALL, "Ming's password"), {})

    reply = await _post("/LibraryClient/fail", [body])

    assert (reply.status, reply.body) == (500, b"")


async def test_a_refusal_is_told_apart_from_any_other_answer_of_its_status() -> None:
    reply = await _post("/LibraryClient/refuse", [CONTRACT.methods["refuse"].encode((CALL, "unknown"), {})])

    refused = unpack(reply.body, Refused)
    assert reply.status == 422
    assert (refused.code, refused.status) == (TaskNotFound.code, 404)


async def test_a_body_may_come_in_pieces() -> None:
    reply = await _post("/LibraryClient/lend", [BODY[:5], BODY[5:9], BODY[9:]])

    assert unpack(reply.body, Loan).book == UUID(int=1)


async def test_a_caller_that_leaves_while_it_speaks_starts_nothing() -> None:
    reply = await _post("/LibraryClient/lend", [BODY[:5]], cut=True)

    assert reply.status == 413


async def test_a_trace_goes_on_behind_the_socket() -> None:
    seen: list[str] = []
    app = CallServer(ManualClock())
    app.add(CONTRACT, _Traced(seen))

    await _post("/LibraryClient/version", [pack([])], app=app, headers={wire.TRACE: f"00-{7:032x}-{8:016x}-01"})

    assert seen == [f"00-{7:032x}-{8:016x}-01"]


async def test_nobody_at_home_is_a_refusal_that_invites_another_try() -> None:
    peer = Peer("unix:///nowhere/at/all.sock", ManualClock())

    with pytest.raises(Unavailable):
        await connect(CONTRACT, peer).version()
    with pytest.raises(Unavailable):
        _ = [piece async for piece in connect(CONTRACT, peer).shelves(CALL, 1)]
    await peer.close()


async def test_a_stream_that_just_stops_is_a_failure() -> None:
    piece = wire.frame(wire.PIECE, pack(Loan(OwnerId(1), UUID(int=1))))
    async with _speaking(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(piece) + piece) as client:
        with pytest.raises(Unavailable):
            _ = [each async for each in client.shelves(CALL, 1)]


async def test_a_refusal_that_nobody_here_knows_is_a_failure() -> None:
    body = pack({"code": "99999", "status": 418, "details": None, "facts": {}, "retry_after": None})
    async with _speaking(b"HTTP/1.1 422 No\r\ncontent-length: %d\r\n\r\n" % len(body) + body) as client:
        with pytest.raises(CallError, match="99999"):
            await client.version()


@pytest.mark.parametrize(("status", "raised"), [(404, CallError), (500, CallError), (502, Unavailable), (503, Unavailable)])
async def test_a_status_from_something_in_between_is_not_taken_for_the_service_s_refusal(status: int, raised: type[Exception]) -> None:
    async with _speaking(b"HTTP/1.1 %d Hm\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % status) as client:
        with pytest.raises(raised):
            await client.version()
        with pytest.raises(raised):
            _ = [each async for each in client.shelves(CALL, 1)]


async def test_a_refusal_before_the_first_piece_is_a_refusal() -> None:
    body = pack({"code": DeadlinePassed.code, "status": DeadlinePassed.status, "details": None})
    async with _speaking(b"HTTP/1.1 422 No\r\ncontent-length: %d\r\n\r\n" % len(body) + body) as client:
        with pytest.raises(DeadlinePassed):
            _ = [each async for each in client.shelves(CALL, 1)]


class _Traced(Library):
    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self._seen = seen

    async def version(self) -> str:
        from smartflow.shared.kernel.trace import current_trace

        self._seen.append(current_trace())
        return "1"


async def _status(path: str, body: bytes, **more: Any) -> int:
    return (await _post(path, [body], **more)).status


async def _post(
    path: str,
    body: Sequence[bytes],
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    app: CallServer | None = None,
    cut: bool = False,
) -> Reply:
    if app is None:
        app = CallServer(ManualClock())
        app.add(CONTRACT, local(CONTRACT, Library(), clock=ManualClock()))
    parts = [
        {"type": "http.request", "body": part, "more_body": cut or rest > 0} for rest, part in zip(_down(len(body)), body, strict=True)
    ]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        if parts:
            return parts.pop(0)
        if not cut:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    given = {"content-type": wire.MSGPACK, **(headers or {})}
    scope = {"type": "http", "method": method, "path": path, "headers": [(k.encode(), v.encode()) for k, v in given.items()]}
    await app(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], b"".join(message["body"] for message in sent[1:]), told)


def _down(count: int) -> range:
    return range(count - 1, -1, -1)


@asynccontextmanager
async def _speaking(answer: bytes) -> AsyncIterator[LibraryClient]:
    """A peer that answers every request with the same bytes and hangs up."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.sock"
        listening = await asyncio.start_unix_server(speak, path)
        peer = Peer(f"unix:{path}", ManualClock())
        try:
            yield connect(CONTRACT, peer)
        finally:
            await peer.close()
            listening.close()
