"""Logs: one JSON line each, the libraries' too, and no words of a person in any."""

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
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


def test_what_is_bound_to_the_request_is_in_every_line(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        logger("calls").info("call.done")

    assert _told(lines)[0]["request_id"] == "r-1"


def test_lines_of_libraries_go_the_same_way_and_only_their_warnings(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("uvicorn.error").warning("Cancel %d running tasks", 2)

    assert [line["event"] for line in _told(lines)] == ["Cancel 2 running tasks"]


def test_lines_below_the_level_are_not_written(lines: io.StringIO) -> None:
    logger("relay").debug("relay.looked")

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
