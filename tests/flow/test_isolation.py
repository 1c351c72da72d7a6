"""Every route, asked by somebody else with the ids of what is Ming's: nothing is shown, nothing is changed.

The requests are made from what routes say of themselves, so that a new route is tried as soon as it is there.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from smartflow.cmd.schema import schema
from smartflow.gateway.route import ENDLESS, OPEN, Route
from smartflow.shared.kernel.ids import OwnerId
from tests.kit.app import App, Somebody
from tests.kit.belongings import MARK, TERM, WORKING, Belongings, Request, everything
from tests.kit.people import PASSWORD, Door
from tests.kit.requests import requests_of

PREFIX = "/api/v1"


def closed(app: App) -> list[Route]:
    """List the routes that want a token."""
    return [route for route in app.product.gateway.routes.all if not route.opt & OPEN]


async def test_without_a_token_nothing_is_answered(app: App) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    stranger = Door(app.http)

    for route in closed(app):
        for request in requests_of(route, my.named()):
            answer = await stranger.ask(route.method, path_of(route, request), **request.rest())
            assert (answer.status, answer.code) == (401, "40009"), f"{route.method} {route.path}: {answer.body}"


async def test_with_somebody_elses_ids_there_is_nothing_to_see_and_nothing_to_change(app: App) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    await ming.post("/schedule/changes", {"changes": [{"op": "pin", "event_id": my.event_id, "pinned": True}], "note": f"{MARK} note"})
    await app.settle()
    before = await rows_of(app, ming)
    found: list[str] = []

    for route in closed(app):
        if streams(route):
            continue
        for request in asked(route, my):
            li = await newcomer(app)
            answer = await li.ask(route.method, path_of(route, request), **request.rest())
            found += judged(route, request, answer.status, answer.body)
        await app.settle()
        if await rows_of(app, ming) != before:
            found.append(f"{route.method} {route.path} changed what is somebody else's")
            before = await rows_of(app, ming)

    assert found == []


async def test_the_probe_sees_what_a_leak_would_show(app: App) -> None:
    """The same requests, asked by Ming: were they vacuous, the probe above would hold for any product."""
    ming = await app.someone()
    my = await everything(app, ming)

    shown = set()
    for route in closed(app):
        if route.method != "GET" or streams(route):
            continue
        for request in asked(route, my):
            answer = await ming.ask(route.method, path_of(route, request), **request.rest())
            if answer.status == 200 and MARK in str(answer.body):
                shown.add(route.path.removeprefix(PREFIX))

    assert shown >= {
        "/agent/conversation-list",
        "/agent/conversation-meta",
        "/agent/conversation-timeline",
        "/agent/conversations/{conversation_id}/export",
        "/course/export",
        "/course/list",
        "/memory/export",
        "/memory/items",
        "/memory/items/{memory_id}",
        "/memory/search",
        "/schedule/changes/{change_id}",
        "/schedule/term",
        "/schedule/terms",
        "/schedule/week",
        "/task-class/get",
        "/task-class/list",
        "/task/get",
    }


async def test_a_stream_tells_nothing_of_others(app: App) -> None:
    ming, li = await app.someone(), await newcomer(app)
    for route in closed(app):
        if not streams(route) or route.method != "GET" or route.parameters:
            continue
        heard: list[str] = []
        listening = asyncio.create_task(listen(app, li, route.path, heard))
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0)
            await ming.adds_task(f"{MARK} task")
            await li.adds_task("Li's task")
            await app.settle()
            while len(heard) < 2:
                await asyncio.sleep(0)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert "task.created" in heard[1]
        assert sum(frame.count("task.created") for frame in heard) == 1


def asked(route: Route, my: Belongings) -> Iterator[Request]:
    """Make the requests to try: that which works for Ming, and those by the names of members."""
    working = WORKING.get(f"{route.method} {route.path.removeprefix(PREFIX)}")
    if working is not None:
        yield working(my)
    yield from requests_of(route, {**my.named(), "password": PASSWORD, "old_password": PASSWORD})


def judged(route: Route, request: Request, status: int, body: Any) -> Iterator[str]:
    """Say what is wrong with an answer."""
    where = f"{route.method} {route.path} {request}"
    if status in {401, 403} or status >= 500:
        yield f"{where}: {status} {body}"
    if MARK in str(body) and MARK not in str(request):
        yield f"{where} shows what is somebody else's: {body}"
    if route.parameters and status not in {404, 422}:
        yield f"{where}: the path names what is not there, and the answer is {status} {body}"


def streams(route: Route) -> bool:
    """Whether the answer has no end."""
    return bool(route.opt & ENDLESS) and route.media == "text/event-stream"


def path_of(route: Route, request: Request) -> str:
    """Fill in the path."""
    return route.path.removeprefix(PREFIX).format(**request.path)


async def newcomer(app: App) -> Somebody:
    """Somebody with a term of the same weeks, and nothing in it."""
    somebody = await app.someone()
    answer = await somebody.put("/schedule/term", {**TERM, "name": "Li's term"})
    assert answer.status == 200, answer.body
    return somebody


async def rows_of(app: App, somebody: Somebody) -> dict[str, list[Any]]:
    """Read every row that a person has, in every table."""
    found = {}
    async with app.product.host.database.read() as reader:
        for table in schema().sorted_tables:
            owner = table.c.get("user_id", table.c.get("owner"))
            if owner is not None:
                found[table.name] = sorted(repr(row) for row in await reader.all(select(table).where(owner == OwnerId(somebody.id))))
    return found


async def listen(app: App, somebody: Somebody, path: str, heard: list[str]) -> None:
    """Listen to a stream until cancelled."""
    headers = [(b"authorization", f"Bearer {somebody.tokens['access_token']}".encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1)}
    never = asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await never.wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message.get("body"):
            heard.append(message["body"].decode())

    await app.product.gateway(scope, receive, send)
