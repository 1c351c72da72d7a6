"""How quick the assistant is by itself: its first token, its engine, and what streams cost that only wait.

`run.py [first|engine|idle] [rounds]`; without a word, all of them.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import engine
import first
import idle
import uvloop

from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.process.logs import configure

ROUNDS = int(next((each for each in sys.argv[1:] if each.isdecimal()), "100"))
WANTED = [each for each in sys.argv[1:] if not each.isdecimal()] or ["first", "engine", "idle"]


def main() -> None:
    """Measure and print."""
    for name in WANTED:
        with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
            configure(nowhere, SystemClock())
            match name:
                case "first":
                    first.show(uvloop.run(first.measure(Path(folder), ROUNDS)))
                case "engine":
                    engine.show(uvloop.run(engine.measure(Path(folder), ROUNDS)))
                case "idle":
                    idle.show(asyncio.run(idle.measure(Path(folder), idle.SECONDS)))
                case _:
                    sys.exit(f"there is no {name}")


if __name__ == "__main__":
    main()
