"""The product as a process of its own, as people start it: to be killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM

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

    async def stop(self) -> int:
        """Ask it to end; gives its exit code."""
        self._process.send_signal(SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    def said(self) -> str:
        """Give what it logged."""
        return self._errors.read_text()


@asynccontextmanager
async def up(folder: Path, *options: str) -> AsyncIterator[Running]:
    """Start it on a free port, and wait until it says that it is ready."""
    errors = folder / "stderr.txt"
    program = Path(sys.executable).parent / "smartflow"
    with errors.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            program,
            *("up", "--port", "0", "--data-dir", str(folder / "data"), *options),
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**os.environ, **CHEAP},
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await process.stdout.readline()).decode()
        assert "ready on " in line, (line, errors.read_text())
        yield Running(process, line.split("ready on ")[1].split()[0], errors)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
