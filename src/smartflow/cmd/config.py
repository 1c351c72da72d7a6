"""`smartflow config show`: the settings in force, and where each came from."""

import os
from pathlib import Path

import click

from smartflow.cmd.settings import Settings
from smartflow.cmd.shown import rows, with_json
from smartflow.shared.process.config import load


@click.group("config")
def command() -> None:
    """Look at the settings: environment, then file, then defaults."""


@command.command("show")
@click.option("--file", type=click.Path(path_type=Path), help="A TOML file of settings.")
@with_json
def show(file: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show every setting; secrets stay hidden."""
    loaded = load(Settings, os.environ, file=file)
    rows(loaded.show(), ("key", "value", "origin"), as_json=as_json, empty="There are no settings.")
