"""`smartflow backup`: a copy of the whole database, whether or not it is in use."""

import sqlite3
import sys
from pathlib import Path

import click

from smartflow.cmd.settings import data_dir_of
from smartflow.cmd.shown import fact, fail, with_json

_PAGES = 2000


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--data-dir", type=click.Path(path_type=Path), help="The data directory.")
@with_json
def command(target: Path, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Copy the database to TARGET, consistently, while SmartFlow goes on. The signing keys are not in it."""
    source = data_dir_of(data_dir).database
    if not source.exists():
        fail(f"there is no database in {source.parent}")
    if target.exists():
        fail(f"{target} exists already")
    copy(source, target)
    fact({"file": str(target), "bytes": target.stat().st_size}, f"{target} holds {target.stat().st_size} bytes.", as_json=as_json)


def copy(source: Path, target: Path) -> None:
    """Copy page by page, with progress where somebody looks on."""
    reading, writing = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(target)
    watched = sys.stderr.isatty()

    def tell(_: int, left: int, total: int) -> None:
        if watched:
            click.echo(f"\rCopied {100 * (total - left) // max(total, 1)} %", nl=not left, err=True)

    try:
        reading.backup(writing, pages=_PAGES, progress=tell)
    finally:
        reading.close()
        writing.close()
    target.chmod(0o600)
