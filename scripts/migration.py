"""Writes a migration from the difference between the newest schema and the tables: `make migration name=...`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from smartflow.cmd.migrate import VERSIONS, climb, configuration


def main(name: str) -> None:
    """Compare and write; what was written is to be read before it is committed, and HEAD to be set to it."""
    newest = max((int(path.name.split("_")[1]) for path in VERSIONS.glob("2*.py")), default=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "base.db"
        if newest:
            climb(path)
        command.revision(configuration(path), message=name, autogenerate=True, rev_id=f"{newest + 1:04d}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "change")
