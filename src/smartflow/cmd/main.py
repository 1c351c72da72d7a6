"""`smartflow`: its commands are loaded when they are named, so that each starts as fast as it can."""

import sys
from importlib import import_module
from typing import Any

import click

from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.process.logs import configure

_COMMANDS = {
    "up": ("smartflow.cmd.up", "Run everything in one process."),
    "migrate": ("smartflow.cmd.migrate", "Bring the database to this version's schema."),
    "events": ("smartflow.cmd.events", "See where events are; replay or skip those that failed."),
    "doctor": ("smartflow.cmd.doctor", "Look for what is wrong with this installation."),
    "config": ("smartflow.cmd.config", "Show the settings in force."),
    "openapi": ("smartflow.cmd.openapi", "Print the API's description."),
    "user": ("smartflow.cmd.users", "Add, list and delete people; set their passwords."),
    "keys": ("smartflow.cmd.keys", "Rotate the key that signs tokens."),
    "import": ("smartflow.cmd.imports", "Take a timetable file over for a person."),
    "export": ("smartflow.cmd.export", "Write a person's things as a zip of JSON files."),
    "backup": ("smartflow.cmd.backup", "Copy the whole database, while it runs."),
    "restore": ("smartflow.cmd.restore", "Put a backup in the place of the database."),
}


class _Lazy(click.Group):
    """Knows its commands by name and loads one when it is wanted; what an operator can mend ends one with a sentence."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as in the library
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception as error:
            from smartflow.cmd.ended import sentence
            from smartflow.cmd.shown import fail

            said = sentence(error)
            if said is None:
                raise
            fail(said)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names, in the order in which a person meets them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="smartflow")
def cli() -> None:
    """SmartFlow plans a dense life and tells its people the truth about it."""


def main() -> None:
    """Run the command that was asked for; what it logs is for whoever watches, until it says otherwise."""
    configure(sys.stderr, SystemClock(), "WARNING")
    cli(prog_name="smartflow")
    sys.exit(0)
