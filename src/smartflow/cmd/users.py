"""`smartflow user`: the operator's door to accounts."""

from pathlib import Path

import click

from smartflow.client.userauth import Registration
from smartflow.cmd.options import with_data_dir
from smartflow.cmd.people import everybody
from smartflow.cmd.reach import ask, establish, look, operator
from smartflow.cmd.shown import fact, fail, rows, with_json

_password = click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if it is left out.")


@click.group("user")
def command() -> None:
    """Add, list and delete people; set their passwords."""


@command.command("add")
@click.argument("name")
@_password
@with_data_dir
@with_json
def add(name: str, password: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Make an account, whether registration is open or not."""
    user = establish(data_dir, lambda reached: reached.clients.userauth.add_user(operator(), Registration(name, password)))
    fact(user, f"{user.username} has the id {user.id}.", as_json=as_json)


@command.command("list")
@with_data_dir
@with_json
def listed(data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """List all people."""
    found = look(data_dir, lambda reached: everybody(reached.clients.userauth, operator()))
    rows(found, ("id", "username", "language", "zone", "created_at"), as_json=as_json, empty="Nobody has an account yet.")


@command.command("password")
@click.argument("name")
@_password
@with_data_dir
@with_json
def password(name: str, password: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Set a forgotten password, and end the person's login sessions."""
    user = ask(data_dir, lambda reached: reached.clients.userauth.set_password(operator(), name, password))
    if user is None:
        fail(f"nobody is called {name}")
    fact(user, f"{user.username} has a new password; all login sessions have ended.", as_json=as_json)


@command.command("delete")
@click.argument("name")
@click.confirmation_option(prompt="Everything of this person will be erased. Go on?")
@with_data_dir
@with_json
def delete(name: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Delete an account and everything of it."""
    user = ask(data_dir, lambda reached: reached.clients.userauth.delete_user(operator(), name))
    if user is None:
        fail(f"nobody is called {name}")
    fact(user, f"{user.username} is gone; every service erases what it had.", as_json=as_json)
