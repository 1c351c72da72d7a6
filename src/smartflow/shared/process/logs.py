"""One JSON line per thing that happened; ours and the libraries' lines go the same way, and none carries personal text."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from traceback import extract_tb
from typing import Any, TextIO, cast

import structlog
from structlog.typing import ExcInfo, Processor

from smartflow.shared.kernel.clock import Clock

_QUIET = ("uvicorn", "asyncio", "aiohttp", "httpx", "httpcore", "sqlalchemy", "alembic", "litestar")
_FRAMES = 12


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Make a logger; its lines name an event (`loop.failed`) and the ids and numbers that belong to it."""
    wrapped = structlog.wrap_logger(
        logging.getLogger(f"smartflow.{name}"),
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return cast("structlog.stdlib.BoundLogger", wrapped)


def configure(stream: TextIO, clock: Clock, level: str = "INFO") -> None:
    """Send every line of this process to a stream. For whoever owns the process, once, at its start."""
    steps: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _stamp(clock),
        _first_line,
        _tell_error,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=steps))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


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


def _stamp(clock: Clock) -> Processor:
    def stamped(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["at"] = clock.now().isoformat(timespec="milliseconds")
        return event

    return stamped


def _first_line(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # asyncio writes the lost task and its error below the first line, words included.
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _tell_error(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found: ExcInfo | BaseException | bool | None = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()[1]
    elif isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event["error"] = describe(found)
    return event
