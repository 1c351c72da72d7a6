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

from smartflow.client.userauth import folded
from smartflow.cmd import database_file
from smartflow.cmd.demo import DEMO
from smartflow.cmd.migrate import HEAD
from smartflow.cmd.options import with_data_dir
from smartflow.cmd.settings import Settings, settings_of
from smartflow.cmd.shown import rows, with_json
from smartflow.services.userauth.tokens import keys_of
from smartflow.services.userauth.wiring import FILE
from smartflow.shared.process.datadir import DataDir, DataDirError

# Older ones can damage a database when two connections write or checkpoint at the same moment; ours is the only writer.
_SOUND = (3, 51, 3)
_LOW_DISK = 500 * 1024 * 1024
_MANY_EVENTS = 1000
_OTHERS = 0o077
_RESTORE = "bring a backup back with: smartflow restore BACKUP"


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "wrong"]
    says: str


class Content(Struct, frozen=True):
    """What the database holds; nothing but what is `wrong` if it cannot be read."""

    wrong: str = ""
    schema: str | None = None
    accounts: int = 0
    dead: int = 0
    pending: int = 0
    demo_password: str | None = None


@click.command("doctor")
@with_data_dir
@with_json
def command(data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Look at the data directory, the database and the machine. Ends with 1 if something is wrong."""
    found = list(examine(settings_of({} if data_dir is None else {"data_dir": str(data_dir)})))
    rows(found, ("what", "state", "says"), as_json=as_json, empty="Nothing to look at.")
    sys.exit(any(finding.state == "wrong" for finding in found))


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, and write nothing."""
    folder = DataDir(settings.data_dir)
    try:
        yield from _examined(settings, folder)
    except (OSError, DataDirError) as error:
        yield Finding("data directory", "wrong", f"{folder.path} cannot be looked at ({error}); look as the user who runs SmartFlow")


def _examined(settings: Settings, folder: DataDir) -> Iterator[Finding]:
    if not folder.path.is_dir():
        what = "; it is a file: choose another data directory" if folder.path.exists() else "; the first start makes it: smartflow up"
        yield Finding("data directory", "wrong", f"There is no SmartFlow in {folder.path}{what}")
        return
    yield _directory(folder.path)
    yield _disk(folder.path)
    yield _engine()
    yield _file(folder)
    if not folder.database.is_file() or not os.access(folder.database, os.R_OK):
        return
    running = folder.holder() is not None
    yield from _neighbours(folder.database, running=running)
    content = _content(folder.database, running=running)
    yield from _told(content)
    yield _keys(settings, content)
    if settings.is_public():
        yield _demo(content)


def _directory(path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        return Finding("data directory", "wrong", f"others may look into {path} (mode {mode:o}); run: chmod 700 {path}")
    if not os.access(path, os.W_OK | os.X_OK):
        return Finding("data directory", "wrong", f"{path} cannot be written to; give it to this user, on a disk that takes writes")
    return Finding("data directory", "ok", f"{path} has mode {mode:o}")


def _disk(path: Path) -> Finding:
    disk = os.statvfs(path)
    free = disk.f_bavail * disk.f_frsize
    enough = free > _LOW_DISK
    return Finding("disk", "ok" if enough else "warning", f"{free // 2**20} MiB are free" + ("" if enough else "; make room"))


def _engine() -> Finding:
    sound = sqlite3.sqlite_version_info >= _SOUND
    advice = "" if sound else "; use one writer only, as SmartFlow does, and never open the file with another program that writes"
    return Finding("database engine", "ok" if sound else "warning", f"SQLite {sqlite3.sqlite_version}{advice}")


def _file(folder: DataDir) -> Finding:
    path = folder.database
    if not path.exists():
        return Finding("database", "wrong", f"There is no SmartFlow in {folder.path}; the first start makes it: smartflow up")
    if not path.is_file():
        return Finding("database", "wrong", f"{path} is no file; move it away, and {_RESTORE}")
    if path.stat().st_mode & _OTHERS:
        return Finding("database", "wrong", f"others may read {path}; run: chmod 600 {path}")
    if not os.access(path, os.R_OK | os.W_OK):
        return Finding("database", "wrong", f"{path} cannot be read or written; as its owner run: chmod 600 {path}")
    return Finding("database", "ok", f"{path} has {path.stat().st_size} bytes")


def _neighbours(path: Path, *, running: bool) -> Iterator[Finding]:
    """Tell of what a process left that could not end in order."""
    log, _, journal = database_file.beside(path)
    for each in (log, journal):
        if not running and each.exists() and each.stat().st_size > 0:
            yield Finding(
                each.name,
                "warning",
                f"left by a stop that was not in order, and taken in by the next start; "
                f"if {path.name} was copied here by hand, remove {each.name} before that",
            )


def _content(path: Path, *, running: bool) -> Content:
    alone = not running and not database_file.is_unsettled(path)
    try:
        with database_file.opened(path, database_file.LOOK_ALONE if alone else database_file.LOOK) as connection:
            wrong = database_file.damage(connection)
            if wrong:
                return Content(wrong)
            schema = database_file.revision(connection)
            if schema != HEAD:
                return Content(schema=schema)
            counted = connection.execute(
                "SELECT (SELECT count(*) FROM userauth_users), (SELECT count(*) FROM inbox WHERE state = 'dead'),"
                " (SELECT count(*) FROM outbox WHERE state = 'pending'), (SELECT password FROM userauth_users WHERE folded = ?)",
                (folded(DEMO.username),),
            )
            return Content("", schema, *counted.fetchone())
    except (sqlite3.Error, OSError) as error:
        return Content(str(error))


def _told(content: Content) -> Iterator[Finding]:
    if content.wrong:
        yield Finding("database content", "wrong", f"it is damaged or cannot be read ({content.wrong}); {_RESTORE}")
        return
    yield Finding("database content", "ok", "it is sound")
    if content.schema != HEAD:
        newer = content.schema is not None and content.schema > HEAD
        remedy = "start the newer SmartFlow that wrote it, or restore an older backup" if newer else "run: smartflow migrate"
        yield Finding("schema", "wrong", f"it is {content.schema or 'missing'}, this version wants {HEAD}; {remedy}")
        return
    yield Finding("schema", "ok", f"it is {HEAD}, as this version wants it")
    see = "; see: smartflow events list --state dead" if content.dead else ""
    yield Finding("events", "wrong" if content.dead else "ok", f"{content.dead} were given up{see}")
    many = content.pending > _MANY_EVENTS
    remedy = "; they go out while SmartFlow runs; if they do not, its log says why, and: smartflow events status" if many else ""
    yield Finding("outbox", "wrong" if many else "ok", f"{content.pending} events wait to be sent{remedy}")


def _keys(settings: Settings, content: Content) -> Finding:
    folder = settings.userauth.keys_dir or settings.data_dir
    file = DataDir(folder).path / FILE
    again = "bring it back from a copy; with new keys, which the next start makes when there is no such file, everybody logs in again"
    if settings.userauth.signing_keys:
        return Finding("signing keys", "ok", "they come from settings")
    try:
        if file.stat().st_mode & _OTHERS:
            return Finding("signing keys", "wrong", f"others may read {file}; run: chmod 600 {file} and then: smartflow keys rotate")
        keys_of(file.read_bytes())
    except FileNotFoundError:
        lost = content.accounts > 0 or content.wrong != ""
        says = f"{file} is missing; {again}" if lost else "there are none yet; the first start makes them"
        return Finding("signing keys", "wrong" if lost else "ok", says)
    except (OSError, ValueError) as error:
        return Finding("signing keys", "wrong", f"{file} cannot be used ({error}); {again}")
    return Finding("signing keys", "ok", f"{file} is readable to its owner alone")


def _demo(content: Content) -> Finding:
    """Find the account whose password everybody can read, where everybody can reach it."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    known = content.demo_password is not None
    try:
        known = known and PasswordHasher().verify(content.demo_password or "", DEMO.password)
    except (VerificationError, InvalidHashError):
        known = False
    if not known:
        return Finding("demo account", "ok", "nobody has the published password")
    remedy = f"run: smartflow user password {DEMO.username}, or: smartflow user delete {DEMO.username}"
    return Finding("demo account", "wrong", f"its password is published, and this installation is open to others; {remedy}")
