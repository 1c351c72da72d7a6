"""SQLite in one process: statements run on the loop, only COMMIT leaves it, and many units share one commit.

One connection writes. A unit runs its statements under the writer's turn; while others wait for theirs the transaction
stays open, and the last one commits for all (group commit). A unit returns when its group is on disk.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, Executable, Insert, Table, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Engine as SqlEngine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from smartflow.shared.database.engine import Fetched, Session, Values
from smartflow.shared.database.faults import Faults, NoFaults

LARGEST_GROUP = 256
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "cache_size=-65536", "temp_store=MEMORY")


class SqliteSession:
    """Runs statements inline on one connection."""

    def __init__(self, connection: Connection, observe: Callable[[str], None] | None, faults: Faults | None = None) -> None:
        self._connection = connection
        self._observe = observe
        self._faults = faults

    async def execute(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> Fetched:
        """Run a statement with values for its parameters: once, or for each of many rows."""
        if self._observe is not None:
            self._observe(str(statement))
        if self._faults is not None:
            self._faults.at("unit.before_statement")
        result = self._connection.execute(statement, values)
        if self._faults is not None:
            self._faults.at("unit.after_statement")
        if result.returns_rows:
            found = result.all()
            return Fetched(found, len(found), None)
        one = isinstance(values, Mapping) and result.context.isinsert
        key = result.inserted_primary_key if one else None
        return Fetched((), result.rowcount, key[0] if key else None)


class _Group:
    """Units that share one commit."""

    def __init__(self) -> None:
        self.size = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class SqliteEngine:
    """One database file, ours alone while it is open."""

    def __init__(
        self,
        path: Path,
        *,
        faults: Faults | None = None,
        observe: Callable[[str], None] | None = None,
        grouped: Callable[[int], None] | None = None,
        read_only: bool = False,
    ) -> None:
        self._path = path
        self._faults = faults or NoFaults()
        self._observe = observe
        self._grouped = grouped
        self._read_only = read_only
        self._sql: SqlEngine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool, hide_parameters=True)
        event.listen(self._sql, "connect", _prepare)
        if not read_only:
            event.listen(self._sql, "connect", _keep_log)
        self._writer: Connection | None = None
        self._readers: list[Connection] = []
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")

    async def open(self) -> None:
        """Connect the writer, unless this process only looks."""
        if not self._read_only:
            self._writer = self._new_connection()

    async def close(self) -> None:
        """Wait for the commit in hand, then close every connection."""
        async with self._turn:
            for connection in (*self._readers, self._writer):
                if connection is not None:
                    connection.close()
            self._readers.clear()
            self._writer = None
        self._thread.shutdown()
        self._sql.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """Run one unit in the group that is open; return when the group is committed."""
        await self._take_turn()
        try:
            group = self._group or self._begin()
            async with self._part_of(group) as session:
                yield session
                self._faults.at("unit.before_commit")
            group.size += 1
        except BaseException:
            self._end_turn()
            raise
        self._end_turn()
        await asyncio.shield(group.done)
        self._faults.at("unit.after_commit")

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """Read what is committed, from a connection of its own."""
        connection = self._readers.pop() if self._readers else self._new_connection()
        connection.exec_driver_sql("BEGIN")
        try:
            yield SqliteSession(connection, self._observe)
        finally:
            connection.exec_driver_sql("ROLLBACK")
            self._readers.append(connection)

    def insert_new(self, table: Table) -> Insert:
        """Make an insert that skips rows whose key is there already."""
        return insert(table).on_conflict_do_nothing()

    async def backup(self, target: str) -> None:
        """Copy the whole database, consistently, to a file."""
        await asyncio.get_running_loop().run_in_executor(None, self._copy, target)

    def _copy(self, target: str) -> None:
        with sqlite3.connect(f"file:{self._path}?mode=ro", uri=True) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
        source.close()
        copy.close()

    def _connect(self) -> sqlite3.Connection:
        mode = "ro" if self._read_only else "rwc"
        place = f"{self._path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(place, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512)

    def _new_connection(self) -> Connection:
        return self._sql.connect().execution_options(isolation_level="AUTOCOMMIT")

    async def _take_turn(self) -> None:
        self._waiting += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self._waiting -= 1
            if not self._turn.locked() and self._group is not None:
                await self._turn.acquire()
                self._end_turn()
            raise
        self._waiting -= 1

    def _begin(self) -> _Group:
        self._driver("BEGIN IMMEDIATE")
        self._group = _Group()
        return self._group

    @asynccontextmanager
    async def _part_of(self, group: _Group) -> AsyncIterator[Session]:
        """Give one unit its place in the group; only followers need a savepoint."""
        first = group.size == 0
        if not first:
            self._driver("SAVEPOINT unit")
        try:
            yield SqliteSession(self._connection, self._observe, self._faults)
        except BaseException as error:
            if first or not self._in_transaction:
                self._drop(group, error)
            else:
                self._driver("ROLLBACK TO unit")
                self._driver("RELEASE unit")
            raise
        if not first:
            self._driver("RELEASE unit")

    def _drop(self, group: _Group, error: BaseException) -> None:
        """Give a group up: its first unit failed, or SQLite took everything back by itself, as it does when the disk is full."""
        self._group = None
        if self._in_transaction:
            self._driver("ROLLBACK")
        if group.size:
            _fail(group, error)

    def _end_turn(self) -> None:
        """Commit for the whole group if nobody else will, then hand the turn on."""
        group = self._group
        if group is None or (self._waiting and group.size < LARGEST_GROUP):
            self._turn.release()
            return
        self._group = None
        commit = asyncio.get_running_loop().run_in_executor(self._thread, self._commit)
        commit.add_done_callback(lambda ended: self._committed(group, ended))

    def _commit(self) -> None:
        self._driver("COMMIT")

    def _committed(self, group: _Group, ended: "asyncio.Future[None]") -> None:
        error = ended.exception()
        if error is None:
            group.done.set_result(None)
        else:
            self._drop(group, error)
        self._turn.release()
        if error is None and self._grouped is not None:
            self._grouped(group.size)

    @property
    def _connection(self) -> Connection:
        if self._writer is None:
            message = "the database is not open for writing"
            raise RuntimeError(message)
        return self._writer

    @property
    def _in_transaction(self) -> bool:
        raw = self._connection.connection.driver_connection
        return isinstance(raw, sqlite3.Connection) and raw.in_transaction

    def _driver(self, statement: str) -> None:
        """Steer the transaction past the library, whose own bookkeeping of it is switched off."""
        raw = self._connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.execute(statement)


def _fail(group: _Group, error: BaseException) -> None:
    group.done.set_exception(error if isinstance(error, Exception) else RuntimeError("the commit was given up"))
    group.done.exception()  # whoever waits hears of it; nobody may be waiting


def _prepare(raw: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    del entry
    for pragma in _PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")


def _keep_log(raw: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    """Write ahead: a mode of the file itself, which who only looks leaves as it is."""
    del entry
    raw.execute("PRAGMA journal_mode=WAL")
