"""`smartflow export`: what a person has, as the zip that the API gives to that person."""

import os
from pathlib import Path

import click

from smartflow.cmd.options import with_data_dir
from smartflow.cmd.people import named, on_behalf
from smartflow.cmd.product import holders_of
from smartflow.cmd.reach import Reached, look, operator
from smartflow.cmd.shown import fact, fail, progress, with_json
from smartflow.gateway.routes.export import Archive, archive
from smartflow.shared.kernel.clock import SystemClock


@click.command("export")
@click.option("--user", "name", required=True, metavar="NAME", help="Whose things.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The zip to write; one named for the person and the day.")
@with_data_dir
@with_json
def command(name: str, out: Path | None, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Write everything that a person has as a zip of JSON files, without secrets and without what is hidden.

    Whether SmartFlow runs does not matter. A file that exists is never written over.
    """
    if out is not None and out.exists():
        fail(f"--out: {out} exists already")
    made = look(data_dir, lambda reached: _gathered(reached, name))
    if made is None:
        fail(f"--user: nobody is called {name}")
    target = out or Path(made.file_name)
    try:
        _write(target, made.file)
    except OSError as error:
        fail(f"--out: {target} cannot be written: {error.strerror}")
    told = {"file": str(target), "bytes": len(made.file), "files": made.names}
    fact(told, f"{target} holds {len(made.names)} files in {len(made.file)} bytes.", as_json=as_json)


async def _gathered(reached: Reached, name: str) -> Archive | None:
    user = await named(reached.clients.userauth, operator(), name)
    if user is None:
        return None
    made = await archive(
        holders_of(reached.clients), on_behalf(user, operator()), SystemClock().now(), lambda part: progress(f"Gathered {part}")
    )
    progress("")
    return made


def _write(target: Path, file: bytes) -> None:
    """Write a file that was not there before, for its owner alone, whole or not at all."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as writing:
            writing.write(file)
    except OSError:
        target.unlink()
        raise
