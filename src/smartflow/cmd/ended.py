"""What a command says that ended on an error which its operator can mend."""

import sqlite3

from sqlalchemy.exc import StatementError

from smartflow.cmd.migrate import SchemaNewer
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.process.config import SettingsError
from smartflow.shared.process.datadir import DataDirError
from smartflow.shared.process.lifecycle import EndedEarlyError


def sentence(error: BaseException) -> str | None:
    """Say in a sentence what was wrong, without anything that a person wrote; None: it is a fault of the program."""
    if isinstance(error, SettingsError | DataDirError | SchemaNewer):
        return str(error)
    if isinstance(error, Refusal):
        return error.text.render("en", **error.facts)
    if isinstance(error, StatementError | sqlite3.Error):
        why = error.orig if isinstance(error, StatementError) else error
        return f"the database does not do what it should ({why}); look with: smartflow doctor"
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):  # nobody is left to be told of that
        return ": ".join(str(part) for part in (error.filename, error.strerror) if part)
    if isinstance(error, EndedEarlyError):
        return f"it cannot go on: {brief(error.__cause__) if error.__cause__ else 'a part of it has ended'}"
    return None


def brief(error: BaseException) -> str:
    """Say what was wrong, if only by the name of the fault: the log has the rest."""
    return sentence(error) or type(error).__name__
