"""What streams cost that only wait, in one process of the product, as people start it.

Runs are held by a model that never answers; `runs`: many readers follow a few such runs. `live`: the same number of tabs that
wait for changes. Memory is what the process has more than before (VmRSS), CPU its user and system time, both from /proc.
"""

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGTERM
from typing import Any

import msgspec
from msgspec import Struct

STREAMS, HELD, SECONDS, TABS = (100, 1000), 20, 30.0, 20
MEMORY, CPU = 150.0, 5.0
PATIENCE, OPENING, AT_ONCE = 60.0, 60.0, 20
SETTINGS = {
    "SMARTFLOW_LIMITS__ENABLED": "false",
    "SMARTFLOW_USERAUTH__HASH_MEMORY_KIB": "64",
    "SMARTFLOW_USERAUTH__HASH_ROUNDS": "1",
    "SMARTFLOW_USERAUTH__HASH_LANES": "1",
    "SMARTFLOW_LOG__LEVEL": "ERROR",
    "SMARTFLOW_LLM__FAST_PATH": "off",
    "SMARTFLOW_LLM__MODELS__PRO__MODEL": "hangs",
    "SMARTFLOW_LLM__PATIENCE__FIRST": "3600",
    "SMARTFLOW_LLM__PATIENCE__WHOLE": "3600",
}


class Used(Struct, frozen=True):
    """What a process holds and has spent: MiB, and seconds of CPU."""

    memory: float
    cpu: float

    @classmethod
    def of(cls, process: int) -> "Used":
        """Look it up."""
        status = Path(f"/proc/{process}/status").read_text()
        held = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        spent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return cls(held / 1024, (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK"))


class Cost(Struct, frozen=True):
    """What streams cost: MiB more while they wait, the share of a core before and meanwhile in percent, and seconds to open them.

    `open` is how many there were after a minute of opening.
    """

    open: int
    memory: float
    cpu_before: float
    cpu: float
    opened_in: float


class Stream:
    """One open answer of the product."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.headers: dict[str, str] = {}
        self._reader = reader
        self._writer = writer
        self._reading: asyncio.Task[None] | None = None

    @property
    def closed(self) -> bool:
        """Whether the product ended it."""
        return self._reading is not None and self._reading.done()

    async def begun(self) -> None:
        """Wait for its head; what comes then is thrown away."""
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode().split("\r\n")
        assert " 200 " in head[0], head
        self.headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in head[1:]}
        self._reading = asyncio.create_task(self._thrown_away())

    async def body(self) -> Any:
        """Read a short answer."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        return msgspec.json.decode(await self._reader.readexactly(length))

    async def leave(self) -> None:
        """Go."""
        if self._reading is not None:
            self._reading.cancel()
        self._writer.close()

    async def _thrown_away(self) -> None:
        while await self._reader.read(65536):
            pass


class House:
    """A started `smartflow up`, and its door."""

    def __init__(self, process: int, port: int) -> None:
        self.process = process
        self._port = port

    async def ask(self, method: str, path: str, token: str = "", body: object = None) -> Stream:
        """Send a request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        content = b"" if body is None else msgspec.json.encode(body)
        lines = [f"{method} /api/v1{path} HTTP/1.1", "host: smartflow.test", f"content-length: {len(content)}"]
        lines += ["content-type: application/json", f"authorization: Bearer {token}"] if token or body else []
        writer.write("\r\n".join([*(line for line in lines if not line.endswith("Bearer ")), "", ""]).encode() + content)
        return Stream(reader, writer)

    async def somebody(self, name: str) -> str:
        """Register a person; gives the token."""
        person = {"username": name, "password": "correct horse"}
        for path in ("/user/register", "/user/login"):
            line = await self.ask("POST", path, body=person)
            answer = await line.body()
            await line.leave()
        token: str = answer["data"]["access_token"]
        return token


async def measure(folder: Path, seconds: float) -> dict[tuple[str, int], Cost]:
    """Open so many streams of each kind, let them wait, and look; each time in a process of its own."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 20_000), most))
    found: dict[tuple[str, int], Cost] = {}
    for kind in ("live", "runs"):
        for count in STREAMS:
            async with _silent() as model, _up(folder / f"{kind}-{count}", model) as house:
                paths = await (_tabs(house, count) if kind == "live" else _held(house, count))
                found[kind, count] = await _cost(house, paths, seconds)
    return found


async def _tabs(house: House, count: int) -> list[tuple[str, str]]:
    tokens = [await house.somebody(f"person-{number}") for number in range(count // TABS)]
    return [(tokens[number % len(tokens)], "/live") for number in range(count)]


async def _held(house: House, count: int) -> list[tuple[str, str]]:
    """Begin runs whose model is silent; whoever began them leaves."""
    runs = list[tuple[str, str]]()
    for number in range(HELD):
        token = await house.somebody(f"person-{number}")
        said = await house.ask("POST", "/agent/chat", token, {"message": "Tell me about the sea"})
        await said.begun()
        await said.leave()
        runs.append((token, f"/agent/runs/{said.headers['x-run-id']}/stream"))
    return [runs[number % HELD] for number in range(count)]


async def _cost(house: House, paths: Sequence[tuple[str, str]], seconds: float) -> Cost:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(2)
    first = Used.of(house.process)
    await asyncio.sleep(seconds / 3)
    before = Used.of(house.process)
    began = loop.time()
    streams = await _opened(house, paths)
    opened = loop.time() - began
    await asyncio.sleep(2)
    start, began = Used.of(house.process), loop.time()
    await asyncio.sleep(seconds)
    end, took = Used.of(house.process), loop.time() - began
    assert not any(each.closed for each in streams)
    for each in streams:
        await each.leave()
    quiet, busy = (before.cpu - first.cpu) / (seconds / 3), (end.cpu - start.cpu) / took
    return Cost(len(streams), end.memory - before.memory, quiet * 100, busy * 100, opened)


async def _opened(house: House, paths: Sequence[tuple[str, str]]) -> list[Stream]:
    """Open streams, some at once, for a minute at most."""
    streams, left = list[Stream](), list(paths)
    loop = asyncio.get_running_loop()
    until = loop.time() + OPENING

    async def some() -> None:
        while left and loop.time() < until:
            token, path = left.pop()
            stream = await house.ask("GET", path, token)
            await stream.begun()
            streams.append(stream)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return streams


@asynccontextmanager
async def _silent() -> AsyncIterator[str]:
    """Start a model's server on a free port that takes everything and answers nothing; gives its address."""

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()

    serving = await asyncio.start_server(taken, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}/v1"
    finally:
        serving.close()


@asynccontextmanager
async def _up(folder: Path, model: str) -> AsyncIterator[House]:
    """Start the product on a free port, and end it."""
    line = (str(Path(sys.executable).parent / "smartflow"), "up", "--port", "0", "--data-dir", str(folder))
    env = {**os.environ, **SETTINGS, "SMARTFLOW_LLM__MODELS__PRO__BASE_URL": model}
    process = await asyncio.create_subprocess_exec(*line, stdout=asyncio.subprocess.PIPE, env=env)
    assert process.stdout is not None
    try:
        ready = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
        yield House(process.pid, int(ready.split("ready on ")[1].split()[0].rpartition(":")[2]))
    finally:
        process.send_signal(SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()


def show(found: dict[tuple[str, int], Cost]) -> None:
    """Print it."""
    print("streams that wait, in one process")
    print(f"{'kind':6} {'streams':>8} {'open':>6} {'MiB more':>9} {'% of a core':>12} {'before':>7} {'opened in s':>12}")
    for (kind, count), cost in found.items():
        met = cost.open == count and cost.memory < MEMORY and cost.cpu - cost.cpu_before < CPU
        figures = f"{cost.memory:9.1f} {cost.cpu:12.1f} {cost.cpu_before:7.1f} {cost.opened_in:12.1f}"
        print(f"{kind:6} {count:8} {cost.open:6} {figures}   {'met' if met else 'NOT MET'}")
