"""How much CPU a request takes at the edge, against a bare Starlette route that answers the same bytes, in the same run.

Everything stands before the routes that stands there in `smartflow up`: token, limits, key, strict reading, envelope,
metrics and the line in the log. Behind them a task service answers from memory, so that no database is measured.
One person asks five times a second; tokens and preferences are read again as often as that makes it.
"""

import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import uvloop
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smartflow.client.task import Quadrant, Task, TaskClient, TaskDraft, TaskFilter, TaskPage
from smartflow.cmd.host import Means
from smartflow.cmd.migrate import upgrade
from smartflow.cmd.product import assemble
from smartflow.cmd.settings import Settings
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SystemEntropy, TaskId
from smartflow.shared.process.logs import configure

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
COUNT = 1000
START = datetime(2026, 9, 14, 2, tzinfo=UTC)
BODY = b'{"title":"Lab report","priority_group":2,"deadline_at":"2026-09-21T10:00:00+08:00"}'
App = Callable[[Any, Any, Any], Awaitable[None]]


class Paced:
    """A clock that goes on by a fifth of a second with each request."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        """Tell the time."""
        return self._now

    def tick(self) -> None:
        """Let the next request come."""
        self._now += timedelta(seconds=0.2)


class Inline:
    """Runs jobs here."""

    async def run(self, function: Callable[..., Any], *args: object, deadline: timedelta, kind: str = "") -> Any:
        """Run a job."""
        del deadline, kind
        return function(*args)


class Remembered:
    """Tasks without a database: ten of them."""

    def __init__(self) -> None:
        task = Task(TaskId(1), OwnerId(1), "Lab report", Quadrant.IMPORTANT, 1, created_at=START, updated_at=START, version=1)
        self._tasks = tuple(replace(task, id=TaskId(number)) for number in range(1, 11))

    async def create(self, call: Call, draft: TaskDraft) -> Task:
        """Make a task."""
        return replace(self._tasks[0], owner=call.owner, title=draft.title, deadline_at=draft.deadline_at)

    async def find(self, call: Call, wanted: TaskFilter) -> TaskPage:
        """Find them all."""
        del call, wanted
        return TaskPage(self._tasks, len(self._tasks))

    def __getattr__(self, name: str) -> Any:
        """Stand in for what is not measured."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_, **__: None


class Asked:
    """One kind of request, as a server hands it over."""

    def __init__(self, method: str, path: str, token: str, body: bytes = b"") -> None:
        self._body = body
        headers = {"host": "smartflow.test", "authorization": f"Bearer {token}", "accept": "*/*", "user-agent": "bench"}
        if body:
            headers |= {"content-type": "application/json", "content-length": str(len(body)), "x-idempotency-key": "one-click"}
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "root_path": "",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self.answer = b""
        self.status = 0

    async def send_to(self, app: App) -> None:
        """Ask."""
        await app(dict(self._scope), self._receive, self._send)

    async def answered(self, app: App) -> bytes:
        """Ask, and give what was answered."""
        await self.send_to(app)
        assert self.status == 200, self.answer
        return self.answer

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.answer = message["body"]


async def cpu(app: App, asked: Asked, clock: Paced) -> float:
    """Give the microseconds of CPU that one request takes."""
    began = time.process_time()
    for _ in range(COUNT):
        clock.tick()
        await asked.send_to(app)
    return (time.process_time() - began) / COUNT * 1e6


def starlette(answers: Sequence[bytes]) -> App:
    """Make an application of two routes that answer these bytes."""

    async def find(request: Request) -> Response:
        del request
        return Response(answers[0], media_type="application/json")

    async def create(request: Request) -> Response:
        msgspec.json.decode(await request.body())
        return Response(answers[1], media_type="application/json")

    return Starlette(routes=[Route("/api/v1/task/get", find, methods=["GET"]), Route("/api/v1/task/create", create, methods=["POST"])])


async def measure(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Run the rounds: for each request CPU of ours and of the bare one, in turn."""
    clock, entropy = Paced(), SystemEntropy()
    engine = SqliteEngine(folder / "bench.db")
    await engine.open()
    settings = Settings(data_dir=folder, userauth=UserauthSettings(keys_dir=folder, hash_memory_kib=64, hash_rounds=1, hash_lanes=1))
    stub = local(Contract(TaskClient), Remembered(), clock=clock)  # type: ignore[arg-type]
    gateway = assemble(settings, Means(engine, clock, entropy, Inline()), instead={TaskClient: stub}).gateway
    person = b'{"username":"ming","password":"correct horse"}'
    await Asked("POST", "/api/v1/user/register", "", person).send_to(gateway)
    found: dict[str, list[tuple[float, float]]] = {"GET /task/get": [], "POST /task/create": []}
    for _ in range(ROUNDS):
        login = Asked("POST", "/api/v1/user/login", "", person)
        await login.send_to(gateway)
        token = msgspec.json.decode(login.answer)["data"]["access_token"]
        requests = Asked("GET", "/api/v1/task/get", token), Asked("POST", "/api/v1/task/create", token, BODY)
        answers = [await each.answered(gateway) for each in requests]
        bare = starlette(answers)
        assert [await each.answered(bare) for each in requests] == answers
        for name, each in zip(found, requests, strict=True):
            found[name].append((await cpu(gateway, each, clock), await cpu(bare, each, clock)))
            await each.answered(gateway)
    await engine.close()
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, Path("/dev/null").open("w") as nowhere:
        configure(nowhere, Paced())
        upgrade(Path(name) / "bench.db")
        found = uvloop.run(measure(Path(name)))
    print(f"{'request':18} {'us CPU':>8} {'bare':>8} {'ratio':>6}   (medians of {ROUNDS} rounds of {COUNT})")
    for request, pairs in found.items():
        ours, bare = median(ours for ours, _ in pairs), median(bare for _, bare in pairs)
        print(f"{request:18} {ours:8.0f} {bare:8.0f} {ours / bare:6.2f}")


if __name__ == "__main__":
    main()
