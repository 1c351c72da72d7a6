"""Holds two rules at run time: nobody is asked while a transaction is open, and a transaction stays in its task."""

from contextvars import ContextVar, Token

_OPEN: ContextVar[str | None] = ContextVar("open_transaction", default=None)


def nothing_open() -> None:
    """Make sure that no transaction is open in this task.

    Raises:
        RuntimeError: One is; asking others comes before the unit opens.
    """
    what = _OPEN.get()
    if what is not None:
        message = f"a client was called, or a transaction opened, while a {what} is open in this task"
        raise RuntimeError(message)


def opened(what: str) -> Token[str | None]:
    """Note that a transaction is open in this task."""
    nothing_open()
    return _OPEN.set(what)


def closed(token: Token[str | None]) -> None:
    """Note that it is not any more."""
    _OPEN.reset(token)
