"""How much CPU a request takes at the edge, against a bare Starlette route that answers the same bytes, in the same run.

Everything stands before the routes that stands there in `smartflow up`: token, limits, key, strict reading, envelope,
metrics and the line in the log. Behind them a task service answers from memory, so that no database is measured.
`called`: the application alone, called in this process. `served`: with the server, asked over 32 kept connections by another
process that keeps it busy, as in `smartflow up`; only this process's CPU counts.
One person asks five times a second; tokens and preferences are read again as often as that makes it.
"""

import asyncio
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
from smartflow.gateway.server import bound, server, started
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SystemEntropy, TaskId
from smartflow.shared.process.logs import configure

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
COUNT = 960
START = datetime(2026, 9, 14, 2, tzinfo=UTC)
CLIENT = """
import socket, sys
port, count = int(sys.argv[1]), int(sys.argv[2])
request = sys.stdin.buffer.read()
lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(32)]
def answered(line):
    got = line.recv(65536)
    while b"\\r\\n\\r\\n" not in got:
        got += line.recv(65536)
    head, _, body = got.partition(b"\\r\\n\\r\\n")
    assert b" 200 " in head.split(b"\\r\\n")[0], got
    length = int(next(each for each in head.lower().split(b"\\r\\n") if each.startswith(b"content-length")).split(b":")[1])
    while len(body) < length:
        body += line.recv(65536)
def ask(times):
    for _ in range(times):
        for line in lines:
            line.sendall(request)
        for line in lines:
            answered(line)
ask(1)
print("ready", flush=True)
ask(count // len(lines))
print("done", flush=True)
"""
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
        self._scope: dict[str, Any] = {
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

    def raw(self) -> bytes:
        """Write the request as it goes over the wire."""
        lines = [f"{self._scope['method']} {self._scope['path']} HTTP/1.1".encode()]
        lines += [name + b": " + value for name, value in self._scope["headers"]]
        return b"\r\n".join([*lines, b"", self._body])

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


async def cpu(app: App, asked: Asked) -> float:
    """Give the microseconds of CPU that one request takes when the application is called."""
    await asked.answered(app)
    began = time.process_time()
    for _ in range(COUNT):
        await asked.send_to(app)
    spent = time.process_time() - began
    await asked.answered(app)
    return spent / COUNT * 1e6


async def cpu_served(app: App, asked: Asked) -> float:
    """Give the same with the server before it."""
    listening = bound("127.0.0.1", 0)
    web = server(app)
    serving = asyncio.create_task(web.serve([listening]))
    await started(web)
    port = listening.getsockname()[1]
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, str(port), str(COUNT), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert client.stdin is not None
    assert client.stdout is not None
    client.stdin.write(asked.raw())
    client.stdin.write_eof()
    assert await client.stdout.readline() == b"ready\n"
    began = time.process_time()
    assert await client.stdout.readline() == b"done\n"
    spent = time.process_time() - began
    await client.wait()
    web.should_exit = True
    await serving
    return spent / COUNT * 1e6


class Ticking:
    """An application before which the clock goes on."""

    def __init__(self, app: App, clock: Paced) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer."""
        self._clock.tick()
        await self._app(scope, receive, send)


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
    stub = local(Contract(TaskClient), Remembered(), clock=clock)
    gateway = assemble(settings, Means(engine, clock, entropy, Inline()), instead={TaskClient: stub}).gateway
    ours = Ticking(gateway, clock)
    person = b'{"username":"ming","password":"correct horse"}'
    await Asked("POST", "/api/v1/user/register", "", person).send_to(gateway)
    names = "GET /task/get", "POST /task/create"
    found: dict[str, list[tuple[float, float]]] = {f"{name} {how}": [] for name in names for how in ("called", "served")}
    for _ in range(ROUNDS):
        login = Asked("POST", "/api/v1/user/login", "", person)
        await login.send_to(gateway)
        token = msgspec.json.decode(login.answer)["data"]["access_token"]
        requests = Asked("GET", "/api/v1/task/get", token), Asked("POST", "/api/v1/task/create", token, BODY)
        answers = [await each.answered(gateway) for each in requests]
        bare = starlette(answers)
        assert [await each.answered(bare) for each in requests] == answers
        for name, each in zip(names, requests, strict=True):
            found[f"{name} called"].append((await cpu(ours, each), await cpu(bare, each)))
            found[f"{name} served"].append((await cpu_served(ours, each), await cpu_served(bare, each)))
    await engine.close()
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, Path("/dev/null").open("w") as nowhere:
        configure(nowhere, Paced())
        upgrade(Path(name) / "bench.db")
        found = uvloop.run(measure(Path(name)))
    print(f"CPU per request in us (medians of {ROUNDS} rounds of {COUNT} requests)")
    print(f"{'request':25} {'ours':>6} {'bare':>6} {'ratio':>6}")
    for request, pairs in found.items():
        ours, bare = median(ours for ours, _ in pairs), median(bare for _, bare in pairs)
        print(f"{request:25} {ours:6.0f} {bare:6.0f} {ours / bare:6.1f}")


if __name__ == "__main__":
    main()
