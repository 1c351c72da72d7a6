"""CPU per request at the edge, with everything that stands before a route, against a bare Starlette route in the same run.

Both are asked in process, without a server, and answer the same data; the tasks are a stub, so that no database is measured.
The edge has its real parts: token check (a token that it has seen before), buckets, strict reading, envelope, metrics and
the log line, which is written to nowhere. Run: `python benchmarks/gateway/run.py [ROUNDS]`; read the ratios.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from os import devnull
from pathlib import Path
from statistics import median
from typing import Any, cast
from uuid import UUID

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import Quadrant, Task, TaskClient, TaskPage
from smartflow.client.token import KeySet, TokenId
from smartflow.client.userauth import User, UserauthClient
from smartflow.gateway.app import Edge, Gateway
from smartflow.gateway.keys import Keys
from smartflow.gateway.limits import Limiter
from smartflow.gateway.routes.task import TaskForm, TaskRoutes
from smartflow.gateway.settings import GatewaySettings, LimitsSettings
from smartflow.services.userauth.tokens import Grant, Keyring, Parties, SigningKey
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SessionId, SystemEntropy, TaskId
from smartflow.shared.process.logs import configure
from smartflow.shared.process.telemetry import Metrics
from smartflow.shared.stores.memory import MemoryBuckets

NOW = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
MING = OwnerId(1)
TASK = Task(TaskId(1), MING, "Lab report", Quadrant.IMPORTANT, 1, NOW, NOW, 1, NOW + timedelta(days=6))
FORM = TaskForm.of(TASK, Call(owner=MING, request_id="bench"))
BODY = msgspec.json.encode({"title": "Lab report", "priority_group": 2, "deadline_at": "2026-09-20T10:00:00+08:00"})
GOAL, REQUESTS, WARM_UP = 4.0, 2000, 200


class Tasks:
    """As much of the task service as is asked; answers at once."""

    async def create(self, *_: object) -> Task:
        return TASK

    async def find(self, *_: object) -> TaskPage:
        return TaskPage((TASK,), 1)


class Userauth:
    """As much of userauth as the edge asks."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def keys(self, _: Call) -> KeySet:
        return self._keyring.keys()

    async def revocations(self, _: Call) -> tuple[()]:
        return ()

    async def me(self, _: Call) -> User:
        return User(MING, "ming", "en", "Asia/Shanghai", NOW)


class Steps:
    """A clock that goes on by as much as each look at it: with one a second no bucket runs dry, with none it stands still."""

    def __init__(self, step: timedelta) -> None:
        self._step = step
        self._now = NOW

    def now(self) -> datetime:
        self._now += self._step
        return self._now


class Asked(Struct, frozen=True):
    """A request, as a server hands it on."""

    name: str
    scope: dict[str, Any]
    body: bytes = b""

    async def of(self, application: Callable[..., Awaitable[None]]) -> int:
        """Send it; gives the status."""
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": self.body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await application(dict(self.scope), receive, send)
        return statuses[0]


def edge() -> tuple[Gateway, str]:
    """Build the edge with its real parts; gives it with a token."""
    still = Steps(timedelta(0))
    keyring = Keyring([SigningKey(b"a" * 32)], Parties("bench", "bench"), still)
    keys = Keys(cast("UserauthClient", Userauth(keyring)), still)
    metrics = Metrics()
    limiter = Limiter(MemoryBuckets(), LimitsSettings(), Steps(timedelta(seconds=1)), metrics)
    tasks = TaskRoutes(cast("TaskClient", Tasks()), cast("TimetableClient", None)).routes()
    grant = Grant(MING, SessionId(UUID(int=1)), TokenId(UUID(int=2)))
    token = keyring.tokens(grant, NOW, SystemEntropy()).access_token
    return Gateway([tasks], Edge(keys, limiter, still, SystemEntropy(), metrics, GatewaySettings())), token


def bare() -> Starlette:
    """Two routes that read JSON and answer JSON, and nothing else."""

    async def create(request: Request) -> Response:
        await request.json()
        return Response(msgspec.json.encode({"status": "10000", "data": FORM}), media_type="application/json")

    async def find(_: Request) -> Response:
        return Response(msgspec.json.encode({"status": "10000", "data": [FORM]}), media_type="application/json")

    return Starlette(routes=[Route("/api/v1/task/create", create, methods=["POST"]), Route("/api/v1/task/get", find)])


def requests(token: str) -> tuple[Asked, Asked]:
    """Write the two requests."""
    common = {"host": "bench", "authorization": f"Bearer {token}", "accept": "*/*", "user-agent": "bench"}
    more = {"content-type": "application/json", "content-length": str(len(BODY)), "x-idempotency-key": "an-intent"}
    return (
        Asked("GET /task/get", _scope("GET", "/api/v1/task/get", common, b"quadrant=2&page=1")),
        Asked("POST /task/create", _scope("POST", "/api/v1/task/create", common | more), BODY),
    )


def _scope(method: str, path: str, headers: dict[str, str], query: bytes = b"") -> dict[str, Any]:
    pairs = [(name.encode(), text.encode()) for name, text in headers.items()]
    about = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""}
    ends = {"client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000)}
    return {**about, **ends, "method": method, "path": path, "raw_path": path.encode(), "query_string": query, "headers": pairs}


async def cost(application: Callable[..., Awaitable[None]], asked: Asked, times: int) -> float:
    """Measure the CPU seconds of one request."""
    began = time.process_time()
    for _ in range(times):
        if await asked.of(application) != 200:
            message = f"{asked.name} was refused"
            raise RuntimeError(message)
    return (time.process_time() - began) / times


async def main(rounds: int) -> bool:
    """Print a line for each request; tells whether the goal was reached."""
    ours, token = edge()
    theirs = bare()
    reached = True
    for asked in requests(token):
        for application in (ours, theirs):
            await cost(application, asked, WARM_UP)
        pairs = [(await cost(ours, asked, REQUESTS), await cost(theirs, asked, REQUESTS)) for _ in range(rounds)]
        ratio = median(mine / bare_ for mine, bare_ in pairs)
        reached = reached and ratio <= GOAL
        mine, other = (median(side) * 1e6 for side in zip(*pairs, strict=True))
        print(f"{asked.name:20} edge {mine:6.1f} us   bare {other:6.1f} us   ratio {ratio:4.2f} (goal <= {GOAL:.0f})")
    return reached


if __name__ == "__main__":
    with Path(devnull).open("w") as nowhere:
        configure(nowhere, Steps(timedelta(0)))
        sys.exit(not asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)))
