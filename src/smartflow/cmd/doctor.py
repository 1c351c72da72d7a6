"""`smartflow doctor`: what is wrong with this installation, and what to do about it."""

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click
from msgspec import Struct

from smartflow.cmd.migrate import HEAD, revision
from smartflow.cmd.settings import data_dir_of
from smartflow.cmd.shown import rows, with_json
from smartflow.shared.process.datadir import DataDir

# Older ones can damage a database when two connections write or checkpoint at the same moment; ours is the only writer.
_SOUND = (3, 51, 3)
_LOW_DISK = 500 * 1024 * 1024


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "wrong"]
    says: str


@click.command("doctor")
@click.option("--data-dir", type=click.Path(path_type=Path), help="The data directory.")
@with_json
def command(data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Look at the data directory, the database and the machine. Ends with 1 if something is wrong."""
    found = list(examine(data_dir_of(data_dir)))
    rows(found, ("what", "state", "says"), as_json=as_json, empty="Nothing to look at.")
    sys.exit(any(finding.state == "wrong" for finding in found))


def examine(folder: DataDir) -> Iterator[Finding]:
    """Look at everything, and write nothing."""
    if not folder.path.exists():
        yield Finding("data directory", "warning", f"{folder.path} does not exist yet; the first start makes it")
        return
    mode = stat.S_IMODE(folder.path.stat().st_mode)
    private = not mode & 0o077
    yield Finding(
        "data directory", "ok" if private else "wrong", f"{folder.path} has mode {mode:o}" + ("" if private else ", run chmod 700")
    )
    free = os.statvfs(folder.path).f_bavail * os.statvfs(folder.path).f_frsize
    yield Finding("disk", "ok" if free > _LOW_DISK else "warning", f"{free // 2**20} MiB are free")
    yield from _database(folder)


def _database(folder: DataDir) -> Iterator[Finding]:
    sound = sqlite3.sqlite_version_info >= _SOUND
    advice = "" if sound else "; use one writer only, as SmartFlow does, and never open the file with another program that writes"
    yield Finding("database engine", "ok" if sound else "warning", f"SQLite {sqlite3.sqlite_version}{advice}")
    found = revision(folder.database)
    if found is None:
        yield Finding("schema", "warning", "there is no database yet; the first start makes it")
        return
    said = {True: "at this version", False: f"at {found}, this version wants {HEAD}"}[found == HEAD]
    yield Finding("schema", "ok" if found == HEAD else "wrong", said)
    with sqlite3.connect(f"file:{folder.database}?mode=ro", uri=True) as connection:
        check = str(connection.execute("PRAGMA quick_check").fetchone()[0])
        dead = int(connection.execute("SELECT count(*) FROM inbox WHERE state = 'dead'").fetchone()[0])
    connection.close()
    yield Finding("database file", "ok" if check == "ok" else "wrong", check)
    yield Finding("events", "wrong" if dead else "ok", f"{dead} were given up; see: smartflow events list --state dead")
