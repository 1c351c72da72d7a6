"""The database as a file: looked at without writing, checked, and left in one piece."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK = "mode=ro"
WRITE = "mode=rw"
# For a file that nobody has open: not even the two files beside it are made.
LOOK_ALONE = "mode=ro&immutable=1"
_PRIVATE = 0o600


@contextmanager
def opened(path: Path, how: str = LOOK) -> Iterator[sqlite3.Connection]:
    """Connect to a database that is there, whatever signs its path has."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def beside(path: Path) -> tuple[Path, Path, Path]:
    """Name what the engine keeps beside a database: its log, the index of that, and its journal."""
    log, index, journal = (path.with_name(f"{path.name}-{part}") for part in ("wal", "shm", "journal"))
    return log, index, journal


def is_unsettled(path: Path) -> bool:
    """Tell whether the last process that wrote could not end in order, or is still at it."""
    log, _, journal = beside(path)
    return any(each.exists() and each.stat().st_size > 0 for each in (log, journal))


def make(path: Path) -> None:
    """Make an empty database for its owner alone, unless there is one; what comes beside it later has the same mode."""
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE))


def damage(connection: sqlite3.Connection) -> str:
    """Say what is wrong with a database in few words; nothing if it is sound. Takes about a millisecond for each MiB."""
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else found.splitlines()[-1]


def revision(connection: sqlite3.Connection) -> str | None:
    """Read which schema a database has; None for one that has none yet."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])


def settle(path: Path) -> None:
    """Take what the log holds into the database itself, so that the file is whole without its neighbours."""
    with opened(path, WRITE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _to_disk(path)


def replace(draft: Path, target: Path) -> None:
    """Put a finished file in its place, whole or not at all."""
    _to_disk(draft)
    draft.replace(target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
