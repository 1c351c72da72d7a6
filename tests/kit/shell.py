"""Commands of the shell, on a data directory of a test."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from smartflow.cmd.main import cli
from tests.kit.process import CHEAP, PATIENCE

PROGRAM = Path(sys.executable).parent / "smartflow"


class Shell:
    """A shell on a data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    @property
    def database(self) -> Path:
        """Where the database is, once there is one."""
        return self.data / "smartflow.db"

    async def __call__(self, *words: str | Path, stdin: bytes | None = None, **settings: str) -> Result:
        """Run a command as its own program would run; in a thread, since it has a loop of its own."""
        line = [*map(str, words), "--data-dir", str(self.data)]
        return await asyncio.to_thread(CliRunner(env={**CHEAP, **settings}).invoke, cli, line, input=stdin)

    async def apart(self, *words: str) -> tuple[int, str, str]:
        """Run a command as a program of its own; gives its exit code and what it said."""
        program = await asyncio.create_subprocess_exec(
            PROGRAM,
            *words,
            *("--data-dir", str(self.data)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **CHEAP},
        )
        async with asyncio.timeout(PATIENCE):
            said, errors = await program.communicate()
        return program.returncode or 0, said.decode(), errors.decode()

    def written(self, name: str, **content: Any) -> Path:
        """Write a timetable file."""
        path = self.folder / name
        path.write_text(json.dumps({"format": "smartflow", "version": 1, **content}))
        return path

    def lying(self) -> dict[str, bytes]:
        """Read what lies in the data directory."""
        return {each.name: each.read_bytes() for each in sorted(self.data.iterdir()) if each.is_file()}
