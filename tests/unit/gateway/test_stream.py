"""Streams: frames, pings, who hears what, and how a stream ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import httpx2
import pytest

from smartflow.client.task import TaskCompleted, TaskUrgencyPromoted
from smartflow.gateway.routes.live import LiveRoutes
from smartflow.gateway.server import bound, server, started
from smartflow.gateway.stream.hub import MOST_TABS, MOST_WAITING, Hub, Tab
from smartflow.gateway.stream.sse import PING, RETRY, EventStream, Pace, frame
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, TaskId
from smartflow.shared.process.telemetry import Metrics
from tests.unit.gateway.notes import Doorkeeper, House

MING, HONG = OwnerId(1), OwnerId(2)
QUICK = Pace(ping=timedelta(milliseconds=20), check=timedelta(0), patience=timedelta(milliseconds=50))
HELLO = frame({"kind": "hello", "data": {"schedule_version": 7}})


class Versions:
    """As much of the timetable as the live stream asks."""

    async def version(self, call: Call) -> int:
        return 7


@pytest.fixture
def hub() -> Hub:
    return Hub(Metrics())


async def test_a_person_hears_of_their_own_things_in_every_tab(hub: Hub) -> None:
    subscriptions = Subscriptions("gateway")
    hub.subscribe(subscriptions)
    tabs = [hub.open(MING), hub.open(MING)]
    other = hub.open(HONG)
    for event in (TaskCompleted(MING, TaskId(3), 1), TaskCompleted(OwnerId(9), TaskId(4), 1)):
        for kind, hear in subscriptions.taps:
            if isinstance(event, kind):
                hear(event)
    other.end()

    for tab in tabs:
        assert await tab.next() == frame({"kind": "task.completed", "data": {"task_ids": [3]}})
    assert await other.next() is None
    assert TaskUrgencyPromoted in {kind for kind, _ in subscriptions.taps}


async def test_who_lets_too_much_wait_is_ended_and_gets_what_waited(hub: Hub) -> None:
    tab = hub.open(MING)
    for number in range(MOST_WAITING + 50):
        hub.tell(MING, "x", number)

    heard = [await tab.next() for _ in range(MOST_WAITING + 1)]

    assert heard[-1] is None
    assert None not in heard[:-1]


async def test_with_too_many_tabs_the_oldest_gives_way(hub: Hub) -> None:
    oldest = hub.open(MING)
    tabs = [hub.open(MING) for _ in range(MOST_TABS)]
    hub.tell(MING, "x", 1)

    assert await oldest.next() is None
    assert await tabs[0].next() == frame({"kind": "x", "data": 1})
    for tab in (oldest, *tabs):
        hub.leave(MING, tab)
    assert b"smartflow_http_streams 0.0" in hub._metrics.exposed()


async def test_a_closed_hub_ends_tabs_that_open_late(hub: Hub) -> None:
    early = hub.open(MING)
    await hub.close()

    assert await early.next() is None
    assert await hub.open(MING).next() is None


async def test_a_reader_that_does_not_read_is_cut_off() -> None:
    ended = []

    async def frames() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x"
        finally:
            ended.append("frames")

    async def stuck(message: object) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def silent() -> object:
        return await asyncio.Event().wait()

    await EventStream(frames(), lambda: ended.append("stream"), pace=QUICK)({}, silent, stuck)

    assert ended == ["frames", "stream"]


@asynccontextmanager
async def listening(hub: Hub, pace: Pace, token: str = "1") -> AsyncIterator[AsyncIterator[bytes]]:
    """Serve the live stream on a real port, and read it."""
    house = House([LiveRoutes(Versions(), hub, Doorkeeper(), pace).routes()])
    socket = bound("127.0.0.1", 0)
    serving = server(house.gateway)
    running = asyncio.create_task(serving.serve([socket]))
    await started(serving)
    url = f"http://127.0.0.1:{socket.getsockname()[1]}/api/v1/live"
    try:
        async with httpx2.AsyncClient() as http, http.stream("GET", url, headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-cache"
            yield parts(answer.aiter_bytes())
    finally:
        serving.should_exit = True
        await asyncio.wait_for(running, 5)


async def parts(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    held = b""
    async for piece in pieces:
        held += piece
        while b"\n\n" in held:
            one, _, held = held.partition(b"\n\n")
            yield one + b"\n\n"


async def until(stream: AsyncIterator[bytes], wanted: bytes) -> None:
    async for each in stream:
        if each == wanted:
            return
    raise AssertionError(wanted)


async def test_a_stream_says_hello_pings_and_tells(hub: Hub) -> None:
    async with asyncio.timeout(10), listening(hub, QUICK) as stream:
        assert await anext(stream) == HELLO
        await until(stream, PING)
        hub.tell(MING, "task.created", {"task_ids": [3]})
        await until(stream, frame({"kind": "task.created", "data": {"task_ids": [3]}}))


async def test_an_open_stream_ends_when_the_server_drains(hub: Hub) -> None:
    async with asyncio.timeout(10), listening(hub, Pace()) as stream:
        assert await anext(stream) == HELLO
        await hub.close()

        assert [each async for each in stream] == [RETRY]


async def test_a_stream_ends_with_its_login_session(hub: Hub) -> None:
    assert not await Doorkeeper().lives(UUID(int=13))

    async with asyncio.timeout(10), listening(hub, QUICK, token="13") as stream:
        assert {each async for each in stream} <= {HELLO, PING}


async def test_a_reader_that_leaves_is_forgotten(hub: Hub) -> None:
    async with asyncio.timeout(10), listening(hub, Pace()) as stream:
        await anext(stream)
        assert hub._tabs.keys() == {MING}

    assert not hub._tabs


def test_a_tab_is_ended_once() -> None:
    tab = Tab(1)
    tab.end()
    tab.end()
    tab.tell(b"late")
    assert tab._waiting.qsize() == 1
