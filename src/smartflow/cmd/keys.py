"""`smartflow keys`: the keys that sign tokens."""

from pathlib import Path

import click

from smartflow.cmd.options import with_data_dir
from smartflow.cmd.reach import ask, operator
from smartflow.cmd.shown import fact, with_json


@click.group("keys")
def command() -> None:
    """Look after the keys that sign tokens."""


@command.command("rotate")
@with_data_dir
@with_json
def rotate(data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Sign with a new key from now on; the old one verifies while its tokens live."""
    keys = ask(data_dir, lambda reached: reached.clients.userauth.rotate_keys(operator()))
    ids = [key.id for key in keys.keys]
    fact({"signs": ids[0], "verify": ids}, f"{ids[0]} signs now; {len(ids)} keys verify.", as_json=as_json)
