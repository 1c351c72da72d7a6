"""`smartflow events`: where events are, and what becomes of those that failed."""

from pathlib import Path
from uuid import UUID

import click

from smartflow.cmd.options import with_data_dir
from smartflow.cmd.reach import ask, look, operator
from smartflow.cmd.shown import fact, rows, with_json

_STATES = ("pending", "sent", "done", "retry", "work", "dead")
_COLUMNS = ("event_id", "where", "of", "kind", "state", "attempts", "last_error")


@click.group("events")
def command() -> None:
    """See where events are; replay or skip those that failed."""


@command.command("status")
@with_data_dir
@with_json
def status(data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Count the events by place and state."""
    found = look(data_dir, lambda reached: reached.events.status(operator()))
    rows(found, ("where", "of", "state", "count", "oldest"), as_json=as_json, empty="Nothing was published yet.")


@command.command("list")
@click.option("--state", type=click.Choice(_STATES), default="dead", show_default=True, help="Which events.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@with_data_dir
@with_json
def listed(state: str, limit: int, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """List the events in a state, the oldest first."""
    found = look(data_dir, lambda reached: reached.events.listed(operator(), state, limit))
    rows(found, _COLUMNS, as_json=as_json, empty=f"No event is {state}.")


@command.command("show")
@click.argument("event", type=click.UUID)
@with_data_dir
@with_json
def show(event: UUID, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Show an event wherever it is."""
    found = look(data_dir, lambda reached: reached.events.show(operator(), event))
    rows(found, _COLUMNS, as_json=as_json, empty="")


@command.command("replay")
@click.argument("event", type=click.UUID)
@with_data_dir
@with_json
def replay(event: UUID, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Give an event that was given up its tries back; it is recorded."""
    number = ask(data_dir, lambda reached: reached.events.replay(operator(), event))
    fact({"replayed": number}, f"{number} subscribers will try again.", as_json=as_json)


@command.command("skip")
@click.argument("event", type=click.UUID)
@click.option("--why", required=True, help="The reason, for the record.")
@with_data_dir
@with_json
def skip(event: UUID, why: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Let an event that is stuck count as handled; it is recorded."""
    number = ask(data_dir, lambda reached: reached.events.skip(operator(), event, why))
    fact({"skipped": number}, f"{number} subscribers let it pass.", as_json=as_json)
