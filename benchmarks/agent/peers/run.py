"""What a `kill -9` does to a talk that writes: SmartFlow beside LangGraph and pydantic-ai, the same script, the same moments.

`run.py [rounds]`. The others are installed once, from requirements/peers.txt, in an environment of their own under `.venv`.
"""

import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from signal import SIGKILL

from msgspec import Struct
from scenario import FIRST, MOMENTS, SECOND, TITLE

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
LOCK, PLACE = ROOT / "requirements" / "peers.txt", ROOT / ".venv" / "peers"
PEERS = {
    "SmartFlow": ("smartflow_peer.py", ()),
    "LangGraph": ("langgraph_peer.py", ("langgraph", "langgraph-checkpoint-sqlite")),
    "pydantic-ai": ("pydantic_peer.py", ("pydantic-ai-slim",)),
    "pydantic-ai on DBOS": ("dbos_peer.py", ("pydantic-ai-slim", "dbos")),
}
WHOLE = "".join((*FIRST, *SECOND))
TRIES = 3


class Seen(Struct, frozen=True):
    """What became of one talk: how often the tool's effect is there, and how many characters were shown too much or too little."""

    effects: int
    surplus: int


def main() -> None:
    """Play every talk with every kill, and print."""
    python = installed()
    for name, (program, packages) in PEERS.items():
        own = packages and ", ".join(f"{each} {_version(python, each)}" for each in packages)
        print(f"{name} ({own or version('smartflow')})")
        runner = str(python) if packages else sys.executable
        for moment, words in {"": "not killed", **MOMENTS}.items():
            seen = [played(runner, program, moment) for _ in range(ROUNDS)]
            print(f"  {words:50} {_told(seen)}")


def played(python: str, program: str, moment: str) -> Seen:
    """Play a talk, kill it at a moment, and let it go on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if moment:
            killed = _run(python, program, folder, moment)
            assert killed.returncode == -SIGKILL, (program, moment, killed.returncode, killed.stderr[-2000:])
        for _ in range(TRIES):
            ended = _run(python, program, folder, "")
            if ended.returncode == 0:
                break
        assert ended.returncode == 0, ended.stderr[-2000:]
        shown = (folder / "shown").read_text()
        assert shown == WHOLE or len(shown) != len(WHOLE), shown
        return Seen(_effects(folder), len(shown) - len(WHOLE))


def installed() -> Path:
    """Install the others, unless they are there."""
    python, ready = PLACE / "bin" / "python", PLACE / "ready"
    if not ready.exists() or ready.read_text() != LOCK.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
        subprocess.run([*pip, "-r", str(LOCK)], check=True)
        ready.write_text(LOCK.read_text())
    return python


def _run(python: str, program: str, folder: Path, moment: str) -> "subprocess.CompletedProcess[str]":
    line = [python, str(HERE / program), str(folder), moment]
    return subprocess.run(line, check=False, capture_output=True, text=True, timeout=120)


def _effects(folder: Path) -> int:
    own = folder / "data" / "smartflow.db"
    path, query = (own, "SELECT count(*) FROM task_tasks WHERE title = ?") if own.exists() else (folder / "effects.db", "")
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute(query or "SELECT count(*) FROM effects WHERE title = ?", (TITLE,)).fetchone()[0])


def _version(python: Path, package: str) -> str:
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([str(python), "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


def _told(seen: list[Seen]) -> str:
    twice, lost = sum(each.effects > 1 for each in seen), sum(each.effects < 1 for each in seen)
    again, less = sum(each.surplus > 0 for each in seen), sum(each.surplus < 0 for each in seen)
    count = len(seen)
    return f"effect twice {twice}/{count}, lost {lost}/{count}; text repeated {again}/{count}, lost {less}/{count}"


if __name__ == "__main__":
    main()
