"""`smartflow restore`: a backup takes the place of the database, which stays beside it."""

import os
import sqlite3
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from smartflow.cmd import database_file
from smartflow.cmd.backup import CopyError, copy
from smartflow.cmd.migrate import HEAD, is_current, upgrade
from smartflow.cmd.options import with_data_dir
from smartflow.cmd.settings import data_dir_of
from smartflow.cmd.shown import fact, fail, with_json
from smartflow.shared.kernel.clock import SystemClock


@click.command("restore")
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_data_dir
@with_json
def command(backup: Path, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Put BACKUP in the place of the database, and keep that beside it. SmartFlow must not be running."""
    folder = data_dir_of(data_dir)
    try:
        check(backup)
        folder.lock()
        kept = restore(backup, folder.database, SystemClock().now())
    except CopyError as error:
        fail(str(error))
    finally:
        folder.unlock()
    said = f"{folder.database} is as it was in {backup}." + (f" What was there is kept as {kept}." if kept else "")
    fact({"database": str(folder.database), "schema": HEAD, "kept": str(kept) if kept else None}, said, as_json=as_json)


def check(backup: Path) -> None:
    """Look through a backup.

    Raises:
        CopyError: It is damaged, or no database of SmartFlow.
        SchemaNewer: It was written by a newer SmartFlow.
    """
    try:
        # Alone, if nothing lies beside it: a backup may well be on a medium that nobody can write to.
        alone = not database_file.is_unsettled(backup)
        with database_file.opened(backup, database_file.LOOK_ALONE if alone else database_file.LOOK) as connection:
            wrong = database_file.damage(connection)
            found = None if wrong else database_file.revision(connection)
    except (sqlite3.Error, OSError) as error:
        wrong, found = str(error), None
    if found is None:
        message = f"{backup} cannot be restored: {wrong or 'it is no database of SmartFlow'}"
        raise CopyError(message)
    is_current(found)


def restore(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put a backup in the place of a database that nobody has open; gives where that is kept now, if there was one.

    Whenever this is cut short, one of the two is in place, and whole.

    Raises:
        CopyError: It cannot be done; nothing has changed.
        DataDirError: The backup's schema cannot be brought to this version's.
    """
    draft = database.with_name(f"{database.name}.restoring")
    try:
        copy(backup, draft)
        upgrade(draft)
        database_file.settle(draft)
        kept = _kept(database, database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%S.%f}")) if database.exists() else None
        database_file.replace(draft, database)
    except (sqlite3.Error, OSError) as error:
        message = f"{backup} could not be put in the place of {database}: {error}"
        raise CopyError(message) from error
    finally:
        for file in database.parent.glob(f"*{draft.name}*"):  # also what one that was cut short has left
            file.unlink(missing_ok=True)
    return kept


def _kept(database: Path, kept: Path) -> Path:
    """Give a database a second name, under which it stays; its neighbours, which would spoil another one, go there too."""
    with suppress(sqlite3.Error):  # one that is damaged is kept as it lies there
        database_file.settle(database)
    os.link(database, kept)
    for mine, theirs in zip(database_file.beside(database), database_file.beside(kept), strict=True):
        if mine.exists():
            mine.rename(theirs)
    return kept
