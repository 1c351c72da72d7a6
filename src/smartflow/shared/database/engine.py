"""What differs between database engines, and nothing else."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Executable, Insert, Row, Table

Values = Mapping[str, Any]


class Rerun(Exception):  # noqa: N818 - a request to begin again, not an error
    """The transaction lost against another one (deadlock, serialisation, a twin's key): run the whole method again."""


class Fetched(NamedTuple):
    """What a statement gave: its rows, how many it touched, and the key of a row that it inserted."""

    rows: Sequence[Row[Any]]
    touched: int
    key: int | None


class Session(Protocol):
    """Runs statements in one transaction."""

    async def execute(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> Fetched:
        """Run a statement with values for its parameters: once, or for each of many rows.

        Raises:
            Rerun: The engine gave this transaction up in favour of another.
            sqlalchemy.exc.IntegrityError: A constraint was hit.
        """
        ...


class Engine(Protocol):
    """A database, opened."""

    async def open(self) -> None:
        """Connect, and hold what only one process may hold."""
        ...

    async def close(self) -> None:
        """Finish what is being committed and let go of the database."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """Begin a transaction; leaving the block commits it, an exception rolls it back."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        """Begin a read-only view of what is committed."""
        ...

    def insert_new(self, table: Table) -> Insert:
        """Make an insert that skips rows whose key is there already."""
        ...

    async def backup(self, target: str) -> None:
        """Copy the whole database, consistently, to a file."""
        ...
