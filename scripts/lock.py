"""Writes requirements/dev.txt: every package with its version and hashes, and no address.

Resolves what `pyproject.toml` asks for in a fresh environment, by pip's own report.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def wanted() -> list[str]:
    """List what the project and its development need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]


def resolve(requirements: list[str]) -> list[dict[str, object]]:
    """Ask pip what it would install in an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        report = Path(folder) / "report.json"
        command = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--dry-run", "--report", str(report)]
        subprocess.run([*command, *requirements], check=True)
        found: list[dict[str, object]] = json.loads(report.read_text())["install"]
        return found


def line(package: dict) -> str:
    """Write one package with the hash of the file that pip chose."""
    name, version = package["metadata"]["name"].lower(), package["metadata"]["version"]
    return f"{name}=={version} --hash=sha256:{package['download_info']['archive_info']['hashes']['sha256']}"


def main() -> None:
    """Write the file."""
    lines = sorted(line(package) for package in resolve(wanted()))
    (ROOT / "requirements" / "dev.txt").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} packages")


if __name__ == "__main__":
    main()
