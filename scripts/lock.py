"""Writes requirements/dev.txt, or that of another group (`lock.py node`): every package with its version and hash, no address.

Resolves what `pyproject.toml` asks for in a fresh environment, by pip's own report.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Asked for by a peer for a database that it is not given, and LGPL.
LEFT_OUT = {"psycopg", "psycopg-binary"}


def wanted(group: str) -> list[str]:
    """List what a group needs; development needs what the project needs as well."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    own = project["project"]["dependencies"] if group == "dev" else []
    return [*own, *project["dependency-groups"][group]]


def resolve(requirements: list[str]) -> list[dict[str, Any]]:
    """Ask pip what it would install in an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        report = Path(folder) / "report.json"
        command = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--dry-run", "--report", str(report)]
        subprocess.run([*command, *requirements], check=True)
        found: list[dict[str, Any]] = json.loads(report.read_text())["install"]
        return found


def line(package: dict[str, Any]) -> str:
    """Write one package with the hash of the file that pip chose."""
    name, version = package["metadata"]["name"].lower(), package["metadata"]["version"]
    return f"{name}=={version} --hash=sha256:{package['download_info']['archive_info']['hashes']['sha256']}"


def main() -> None:
    """Write the file."""
    group = sys.argv[1] if len(sys.argv) > 1 else "dev"
    found = [package for package in resolve(wanted(group)) if package["metadata"]["name"].lower() not in LEFT_OUT]
    lines = sorted(line(package) for package in found)
    (ROOT / "requirements" / f"{group}.txt").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} packages")


if __name__ == "__main__":
    main()
