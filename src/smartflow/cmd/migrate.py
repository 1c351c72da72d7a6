"""Brings a database to this version's schema; one linear history, forward only in the product."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartflow.cmd import database_file
from smartflow.cmd.options import with_data_dir
from smartflow.cmd.shown import fact, with_json
from smartflow.shared.process.datadir import DataDirError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

HEAD = "0007"
VERSIONS = Path(__file__).parent / "migrations" / "versions"
# Looking through this much costs some 20 ms; larger databases are left to `doctor`.
_CHECKED = 16 * 2**20


class SchemaNewer(Exception):  # noqa: N818 - said to the operator as it is
    """The database was written by a newer SmartFlow."""

    def __init__(self, found: str) -> None:
        super().__init__(f"This database was written by a newer SmartFlow ({found}; this one knows {HEAD}).")


def configuration(path: Path) -> "Config":
    """Make the migration tool's configuration for a database file; it is connected, and nothing has begun."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
    config.attributes["connection"] = _engine(path).connect()
    return config


def is_current(found: str | None) -> bool:
    """Tell whether a schema is this version's.

    Raises:
        SchemaNewer: It was written by a newer SmartFlow.
    """
    if found is not None and found > HEAD:
        raise SchemaNewer(found)
    return found == HEAD


def upgrade(path: Path) -> bool:
    """Bring a database to the newest schema, wholly or not at all; gives whether anything had to be done.

    Raises:
        SchemaNewer: It was written by a newer SmartFlow.
        DataDirError: It cannot be used, or is damaged.
    """
    with _said(path):
        database_file.make(path)
    found = _examined(path)
    if is_current(found):
        return False
    if found is None:
        _create(path)
    else:
        climb(path)
    return True


def climb(path: Path) -> None:
    """Take a database through every migration that it has not had yet.

    Raises:
        DataDirError: One of them failed, and all is as it was before.
    """
    from alembic import command
    from alembic.util import CommandError

    config = configuration(path)
    with _wholly(path, config.attributes["connection"]):
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise DataDirError(_unmoved(path, error)) from error


def _create(path: Path) -> None:
    """Make all tables of a new database at once: what the migrations would come to, in a fraction of the time."""
    from smartflow.cmd.schema import create

    connection = _engine(path).connect()
    with _wholly(path, connection):
        create(connection, HEAD)


@contextmanager
def _wholly(path: Path, connection: "Connection") -> Iterator[None]:
    """Change a schema in one transaction, and let go of the connection."""
    from sqlalchemy.exc import DBAPIError

    try:
        with connection.begin():
            yield
    except DBAPIError as error:
        raise DataDirError(_unmoved(path, error.orig)) from error
    finally:
        connection.close()


def _unmoved(path: Path, why: BaseException | None) -> str:
    return f"{path} could not be brought to the schema {HEAD}, and is as it was before ({why})"


def expect_current(path: Path) -> None:
    """Look whether a database can be read by this version as it is.

    Raises:
        SchemaNewer: It was written by a newer SmartFlow.
        DataDirError: It is older or damaged, or cannot be used.
    """
    found = _examined(path)
    if not is_current(found):
        message = f"{path} has {f'the schema {found}' if found else 'no schema'}, and this version wants {HEAD}; run: smartflow migrate"
        raise DataDirError(message)


def _examined(path: Path) -> str | None:
    """Read the schema of a database, and look through one that is small."""
    # A journal is what a write left that did not end; only who may write can take it back.
    how = database_file.WRITE if database_file.beside(path)[2].exists() else database_file.LOOK
    with _said(path), database_file.opened(path, how) as connection:
        wrong = database_file.damage(connection) if path.stat().st_size <= _CHECKED else ""
        if wrong:
            raise sqlite3.DatabaseError(wrong)
        return database_file.revision(connection)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Say in a sentence what keeps a database from being used."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        message = f"{path} cannot be used ({error}); look with: smartflow doctor, and bring a copy back with: smartflow restore BACKUP"
        raise DataDirError(message) from error


def _engine(path: Path) -> "Engine":
    """Connect so that a transaction is one: the driver would commit before each statement that changes the schema."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    def connected() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None)

    engine = create_engine("sqlite://", creator=connected, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


@click.command("migrate")
@with_data_dir
@with_json
def command(data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Bring the database to this version's schema. `up` does so by itself."""
    from smartflow.cmd.settings import data_dir_of

    folder = data_dir_of(data_dir)
    folder.lock()
    try:
        changed = upgrade(folder.database)
    finally:
        folder.unlock()
    fact({"schema": HEAD, "changed": changed}, f"The schema is at {HEAD}.", as_json=as_json)
