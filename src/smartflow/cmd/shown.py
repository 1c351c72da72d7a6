"""How commands answer: tables and sentences for people, JSON for programs, and exit codes that mean something."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import click

from smartflow.shared.kernel.codec import plain, to_json

REFUSED = 1
_IN_JSON, _ANSWERED = "smartflow.in_json", "smartflow.answered"
F = TypeVar("F", bound=Callable[..., Any])


def with_json(function: F) -> F:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, callback=_noted, help="Answer in JSON.")(function)


def rows(found: Sequence[object], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print things: JSON whole, or a table of some of their members."""
    if as_json:
        answer(found)
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
    if as_json:
        answer(found)
    else:
        click.echo(sentence)


def answer(found: object) -> None:
    """Print the one JSON document that a command answers under `--json`, wherever its answer comes from; else nothing."""
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.get(_IN_JSON) and not context.meta.get(_ANSWERED):
        context.meta[_ANSWERED] = True
        click.echo(to_json(found))


def progress(text: str) -> None:
    """Say how far long work is, where somebody looks on; the next word takes the line's place."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def fail(why: str, code: int = REFUSED) -> NoReturn:
    """End with a sentence on standard error; under `--json` the answer says it too, if nothing was answered yet."""
    progress("")
    answer({"status": "refused", "info": why})
    click.echo(f"smartflow: {why}", err=True)
    sys.exit(code)


def _noted(context: click.Context, parameter: click.Parameter, value: bool) -> bool:  # noqa: FBT001 - as the library calls it
    """Note for all that this command calls how it is to answer."""
    del parameter
    context.meta[_IN_JSON] = value
    return value


def _cell(value: object) -> str:
    return "-" if value is None else str(value)
