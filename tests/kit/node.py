"""Programs for Node: the official client of chat completions, and a model's server by others. Each is a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from scripts.node import NODE, PACKAGES
from tests.kit.process import PATIENCE

ROOT = Path(__file__).parent.parent.parent
KEY = "sk-secret"
_SERVER = PACKAGES / "@copilotkit" / "aimock" / "dist" / "cli.js"


class Program:
    """A running program, asked and answering in lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> str:
        """Wait for the next line that it says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said = (await self._process.stdout.readline()).decode()
        assert said, "it ended"
        return said

    async def ask(self, question: Mapping[str, Any]) -> Any:
        """Ask it something; gives its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return json.loads(await self.line())


@asynccontextmanager
async def program(*line: str, **settings: str) -> AsyncIterator[Program]:
    """Start a program with Node, and end it."""
    await _ready()
    env = {**os.environ, "NODE_PATH": str(PACKAGES), **settings}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(str(NODE), *line, stdin=pipe, stdout=pipe, env=env, limit=2**22)
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Mock:
    """The model's server by others; it knows one key. What it is to say is its own format of fixtures."""

    def __init__(self, url: str, http: httpx2.AsyncClient) -> None:
        self.url = f"{url}/v1"
        self._http = http

    async def plays(self, *fixtures: Mapping[str, Any]) -> None:
        """Say one thing after the other, whatever is asked."""
        await self.knows(*({**each, "match": {"sequenceIndex": number, "endpoint": "chat"}} for number, each in enumerate(fixtures)))

    async def knows(self, *fixtures: Mapping[str, Any]) -> None:
        """Answer by what is asked."""
        answer = await self._http.post("/__aimock/fixtures", json={"fixtures": fixtures})
        assert answer.status_code == 200, answer.text

    async def forgets(self) -> None:
        """Know nothing any more, and nothing of what was asked."""
        await self._http.post("/__aimock/reset")

    async def heard(self) -> list[Any]:
        """List what was asked, in order."""
        return [each["body"] for each in await self._journal()]

    async def statuses(self) -> list[int]:
        """List how it answered."""
        return [each["response"]["status"] for each in await self._journal()]

    async def _journal(self) -> list[Any]:
        return list((await self._http.get("/__aimock/journal")).json())


@asynccontextmanager
async def mock(knows: str = "nothing") -> AsyncIterator[Mock]:
    """Start the model's server on a free port. It begins with a file of fixtures, which it does not look through for faults."""
    async with program(
        str(_SERVER), "--port", "0", "--fixtures", str(ROOT / "tests" / "node" / f"{knows}.json"), AIMOCK_API_KEYS=KEY
    ) as server:
        said = ""
        while "listening on " not in said:
            said = await server.line()
        url = said.split("listening on ")[1].split()[0]
        async with httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {KEY}"}, timeout=PATIENCE) as http:
            yield Mock(url, http)


async def _ready() -> None:
    installing = await asyncio.create_subprocess_exec(sys.executable, str(ROOT / "scripts" / "node.py"))
    assert await installing.wait() == 0
