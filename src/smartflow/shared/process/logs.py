"""One JSON line per thing that happened; ours and the libraries' lines go the same way, and none carries personal text."""

import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from typing import TextIO

import msgspec

from smartflow.shared.kernel.clock import Clock

_QUIET = ("uvicorn", "asyncio", "aiohttp", "httpx2", "httpcore2", "openai", "sqlalchemy", "alembic", "litestar")
_FRAMES = 12
_JSON = msgspec.json.Encoder(enc_hook=repr)


class _Facts(dict[str, object]):
    """What one of our lines says; the message of its record."""


class Logger:
    """Writes lines that name an event (`loop.failed`) and the ids and numbers that belong to it."""

    def __init__(self, to: logging.Logger, bound: Mapping[str, object]) -> None:
        self._to = to
        self._bound = bound

    def bind(self, **facts: object) -> "Logger":
        """Make a logger whose lines all say this besides."""
        return Logger(self._to, {**self._bound, **facts})

    def info(self, event: str, **facts: object) -> None:
        """Tell what is as it should be."""
        self._tell(logging.INFO, event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Tell what somebody should look at."""
        self._tell(logging.WARNING, event, facts)

    def exception(self, event: str, **facts: object) -> None:
        """Tell of the error that is being handled."""
        self._tell(logging.ERROR, event, facts, failed=True)

    def _tell(self, level: int, event: str, facts: Mapping[str, object], *, failed: bool = False) -> None:
        if self._to.isEnabledFor(level):
            said, error = _Facts({**self._bound, **facts, "event": event}), sys.exc_info() if failed else None
            # A record of our own making: no line tells its place in the source, so none is looked up.
            self._to.handle(self._to.makeRecord(self._to.name, level, "", 0, said, (), error))


def logger(name: str) -> Logger:
    """Make the logger of a part of the product."""
    return Logger(logging.getLogger(f"smartflow.{name}"), {})


def configure(stream: TextIO, clock: Clock, level: str = "INFO") -> None:
    """Send every line of this process to a stream. For whoever owns the process, once, at its start."""
    # No line tells these, so no record need ask for them.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines(clock))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Lines(logging.Formatter):
    """Writes a record as JSON."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        # asyncio writes the lost task and its error below the first line, words included.
        facts = record.msg if isinstance(record.msg, _Facts) else {"event": record.getMessage().partition("\n")[0]}
        at = self._clock.now().isoformat(timespec="milliseconds")
        line = {**facts, "level": record.levelname.lower(), "logger": record.name, "at": at}
        if record.exc_info and record.exc_info[1]:
            line["error"] = describe(record.exc_info[1])
        return _JSON.encode(line).decode()


def describe(error: BaseException) -> Mapping[str, object]:
    """Say what went wrong and where, without the error's own words: those may quote a person."""
    told: dict[str, object] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)[-_FRAMES:]],
    }
    reason = _harmless(error)
    if reason:
        told["reason"] = reason
    if isinstance(error, BaseExceptionGroup):
        told["errors"] = [describe(each) for each in error.exceptions]
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        told["after"] = describe(before)
    return told


def _harmless(error: BaseException) -> str | None:
    """Give the words of those errors that speak of the machine only."""
    if isinstance(error, OSError):
        return error.strerror
    # The driver's own (a full disk, a lost connection); what wraps it quotes the statement and its values.
    return str(error) if type(error).__name__ == "OperationalError" and not hasattr(error, "statement") else None
