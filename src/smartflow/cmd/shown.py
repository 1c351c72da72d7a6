"""How commands answer: tables and sentences for people, JSON for programs, and exit codes that mean something."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import click

from smartflow.shared.kernel.codec import plain, to_json

REFUSED = 1
WRONG_USE = 2
F = TypeVar("F", bound=Callable[..., Any])


def with_json(function: F) -> F:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(function)


def rows(found: Sequence[object], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print things: JSON whole, or a table of some of their members."""
    if as_json:
        click.echo(to_json(found))
        return
    if not found:
        click.echo(empty)
        return
    lines = [[_cell(plain(each).get(name)) for name in columns] for each in found]
    widths = [max(len(line[index]) for line in [list(columns), *lines]) for index in range(len(columns))]
    for line in [[name.upper().replace("_", " ") for name in columns], *lines]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def fact(found: object, sentence: str, *, as_json: bool) -> None:
    """Print one thing: JSON, or a sentence about it."""
    click.echo(to_json(found) if as_json else sentence)


def progress(text: str) -> None:
    """Say how far long work is, where somebody looks on; the next word takes the line's place."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def fail(why: str, code: int = REFUSED) -> NoReturn:
    """End with a sentence on standard error."""
    progress("")
    click.echo(f"smartflow: {why}", err=True)
    sys.exit(code)


def _cell(value: object) -> str:
    return "-" if value is None else str(value)
