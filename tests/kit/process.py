"""The product as a process of its own, as people start it: to be killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any

CHEAP = {
    "SMARTFLOW_LIMITS__ENABLED": "false",
    "SMARTFLOW_USERAUTH__HASH_MEMORY_KIB": "64",
    "SMARTFLOW_USERAUTH__HASH_ROUNDS": "1",
    "SMARTFLOW_USERAUTH__HASH_LANES": "1",
    "SMARTFLOW_LOG__LEVEL": "ERROR",
}
PATIENCE = 30


class Running:
    """A started `smartflow up`."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, errors: Path) -> None:
        self.url = url
        self._process = process
        self._errors = errors

    async def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._process.send_signal(SIGKILL)
        await self._process.wait()

    async def died(self) -> None:
        """Wait until it has ended by itself."""
        async with asyncio.timeout(PATIENCE):
            await self._process.wait()

    @property
    def is_dead(self) -> bool:
        """Whether it has ended."""
        return self._process.returncode is not None

    async def stop(self) -> int:
        """Ask it to end; gives its exit code."""
        self._process.send_signal(SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    def said(self) -> str:
        """Give what it logged."""
        return self._errors.read_text()


@asynccontextmanager
async def up(folder: Path, *options: str, before: str = "", dies: Path | None = None, **settings: str) -> AsyncIterator[Running]:
    """Start it on a free port, and wait until it says that it is ready.

    `before` is what the shell does first; with `dies` it is the one of `tests.kit.dying`, which takes its orders there.
    """
    errors = folder / "stderr.txt"
    with errors.open("ab") as log:
        shell = ("sh", "-c", f'{before}; exec "$@"', "sh") if before else ()
        line = _line(folder) if dies is None else (sys.executable, "-m", "tests.kit.dying", *_line(folder)[1:])
        orders = {} if dies is None else {"DYING_ORDER": str(dies)}
        process = await _begun((*shell, *line, *options), asyncio.subprocess.PIPE, log, {**settings, **orders})
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said = (await process.stdout.readline()).decode()
        assert "ready on " in said, (said, errors.read_text())
        yield Running(process, said.split("ready on ")[1].split()[0], errors)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def refused(folder: Path, *options: str, said_to: str = os.devnull, **settings: str) -> tuple[int, list[str]]:
    """Start one that cannot go on; gives its exit code and the lines of its error output that are no lines of the log."""
    with Path(said_to).open("wb") as out:
        process = await _begun((*_line(folder), *options), out, asyncio.subprocess.PIPE, settings)
    try:
        async with asyncio.timeout(PATIENCE):
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return await process.wait(), [line for line in errors.decode().splitlines() if not line.startswith("{")]


def _line(folder: Path) -> tuple[str, ...]:
    return (str(Path(sys.executable).parent / "smartflow"), "up", "--port", "0", "--data-dir", str(folder / "data"))


async def _begun(line: Sequence[str], out: Any, errors: Any, settings: Mapping[str, str] | None = None) -> asyncio.subprocess.Process:
    env = {**os.environ, **CHEAP, **(settings or {})}
    return await asyncio.create_subprocess_exec(*line, stdout=out, stderr=errors, env=env)
