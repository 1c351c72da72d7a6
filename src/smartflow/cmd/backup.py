"""`smartflow backup`: a copy of the whole database, whether or not it is in use."""

import os
import sqlite3
import sys
import tempfile
from pathlib import Path

import click

from smartflow.cmd import database_file
from smartflow.cmd.options import with_data_dir
from smartflow.cmd.settings import data_dir_of
from smartflow.cmd.shown import fact, fail, with_json

_PAGES = 2000


class CopyError(Exception):
    """There is no copy; the message says why, and what to do."""


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@with_data_dir
@with_json
def command(target: Path, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Copy the database to TARGET, consistently, while SmartFlow goes on. The signing keys are not in it."""
    folder = data_dir_of(data_dir)
    if not folder.is_made():
        fail(f"There is no SmartFlow in {folder.path}")
    if os.path.lexists(target):
        fail(f"{target} exists already")
    try:
        copy(folder.database, target)
    except CopyError as error:
        fail(str(error))
    fact({"file": str(target), "bytes": target.stat().st_size}, f"{target} holds {target.stat().st_size} bytes.", as_json=as_json)


def copy(source: Path, target: Path) -> None:
    """Copy a database: whole, sound and for its owner alone, or not at all.

    Raises:
        CopyError: The source is damaged, or the copy cannot be written.
    """
    draft: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # made with mode 0600
        os.close(handle)
        draft = Path(name)
        _fill(source, draft)
        database_file.replace(draft, target)
    except (sqlite3.Error, OSError) as error:
        message = f"{source} could not be copied to {target}: {error}"
        raise CopyError(message) from error
    finally:
        for file in () if draft is None else (draft, *database_file.beside(draft)):
            file.unlink(missing_ok=True)


def _fill(source: Path, draft: Path) -> None:
    """Copy page by page, with progress where somebody looks on, and look through the copy."""
    watched = sys.stderr.isatty()

    def tell(_: int, left: int, total: int) -> None:
        if watched:
            click.echo(f"\rCopied {100 * (total - left) // max(total, 1)} %", nl=not left, err=True)

    with database_file.opened(source) as reading, database_file.opened(draft, database_file.WRITE) as writing:
        reading.backup(writing, pages=_PAGES, progress=tell)
        wrong = database_file.damage(writing)
    if wrong:
        message = f"{source} is damaged ({wrong}); look with: smartflow doctor"
        raise CopyError(message)
