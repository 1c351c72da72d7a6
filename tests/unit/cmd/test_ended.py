"""What is said of errors: one sentence of those that an operator can mend, and nothing that a person wrote."""

import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError

from smartflow.cmd.ended import brief, sentence
from smartflow.shared.kernel.refusal import Unavailable
from smartflow.shared.process.config import SettingsError
from smartflow.shared.process.lifecycle import EndedEarlyError

FULL = sqlite3.OperationalError("database or disk is full")
BROKEN = "the database does not do what it should (database or disk is full); look with: smartflow doctor"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (SettingsError("http.port: at most 65535"), "http.port: at most 65535"),
        (Unavailable(), "Something needed is missing or busy; please try again."),
        (FULL, BROKEN),
        (IntegrityError("INSERT INTO users", {"name": "ming"}, FULL), BROKEN),
        (OSError(28, "No space left on device"), "No space left on device"),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
        (BrokenPipeError(32, "Broken pipe"), None),
        (RuntimeError("a secret"), None),
    ],
)
def test_what_an_operator_can_mend_is_said_in_a_sentence(error: Exception, says: str | None) -> None:
    assert sentence(error) == says
    assert brief(error) == (says or type(error).__name__)


def test_the_end_of_a_process_says_what_it_could_not_go_on_without() -> None:
    ended = EndedEarlyError("a secret")
    assert sentence(ended) == "it cannot go on: a part of it has ended"

    ended.__cause__ = FULL
    assert sentence(ended) == f"it cannot go on: {BROKEN}"
