"""Logs: one JSON line each, the libraries' too, and no words of a person in any."""

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from smartflow.shared.process.logs import configure, describe, logger
from tests.kit.ports import MONDAY, ManualClock


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure(stream, ManualClock())
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_names_what_happened_when_and_where(lines: io.StringIO) -> None:
    logger("relay").bind(publisher="task").info("relay.sent", events=3)

    assert _told(lines) == [
        {
            "event": "relay.sent",
            "level": "info",
            "logger": "smartflow.relay",
            "publisher": "task",
            "events": 3,
            "at": MONDAY.isoformat(timespec="milliseconds"),
        }
    ]


def test_values_that_json_has_no_word_for_are_told_all_the_same(lines: io.StringIO) -> None:
    logger("relay").info("relay.sent", events={1}, event_id=UUID(int=7), text="\u8bfe", where=Path("x"), why="two\nlines")

    (line,) = _told(lines)
    assert (line["events"], line["event_id"], line["text"], line["why"]) == ([1], str(UUID(int=7)), "\u8bfe", "two\nlines")
    assert "x" in line["where"]


def test_what_a_line_says_counts_more_than_what_is_bound(lines: io.StringIO) -> None:
    logger("relay").bind(publisher="task").bind(batch=1).warning("relay.lost", batch=2)

    (line,) = _told(lines)
    assert (line["level"], line["publisher"], line["batch"]) == ("warning", "task", 2)


def test_a_library_cannot_write_members_into_a_line(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning({"logger": "smartflow.http"})

    (line,) = _told(lines)
    assert (line["event"], line["logger"]) == ("{'logger': 'smartflow.http'}", "uvicorn.error")


def test_lines_of_libraries_go_the_same_way_and_only_their_warnings(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("uvicorn.error").warning("Cancel %d running tasks", 2)

    assert [line["event"] for line in _told(lines)] == ["Cancel 2 running tasks"]


def test_lines_below_the_level_are_not_written(lines: io.StringIO) -> None:
    logging.getLogger().setLevel("WARNING")
    logger("relay").info("relay.looked")

    assert _told(lines) == []


def test_an_error_is_told_by_its_type_and_place_without_its_words(lines: io.StringIO) -> None:
    try:
        _stumble()
    except RuntimeError:
        logger("gateway").exception("request.failed")
        logging.getLogger("asyncio").exception("Task exception was never retrieved\nexception=RuntimeError(Ming)")

    assert "Ming" not in lines.getvalue()
    for line in _told(lines):
        assert line["error"]["type"] == "builtins.RuntimeError"
        assert line["error"]["frames"][-1].endswith(" _stumble")
        assert line["error"]["after"]["type"] == "builtins.KeyError"


def test_what_an_error_says_of_the_machine_is_told() -> None:
    assert describe(FileNotFoundError(2, "No such file or directory", "/home/ming"))["reason"] == "No such file or directory"
    assert describe(sqlite3.OperationalError("disk I/O error"))["reason"] == "disk I/O error"


def test_what_wraps_an_error_and_quotes_values_is_not_told() -> None:
    wrapped = OperationalError("INSERT", {"title": "Ming's report"}, sqlite3.OperationalError("disk full"))

    assert "reason" not in describe(wrapped)


def test_errors_of_a_group_are_told_each() -> None:
    errors: Any = describe(ExceptionGroup("Ming", [KeyError("Ming"), ValueError("Ming")]))["errors"]

    assert [error["type"] for error in errors] == ["builtins.KeyError", "builtins.ValueError"]


def _stumble() -> None:
    try:
        _ = dict[str, str]()["Ming"]
    except KeyError as error:
        raise RuntimeError("Ming's report") from error


def _told(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]
