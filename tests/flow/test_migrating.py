"""A schema changes wholly or not at all, whenever the process that changes it is killed."""

import asyncio
import os
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from signal import SIGKILL

import pytest
from alembic import command

from smartflow.cmd import database_file
from smartflow.cmd.migrate import HEAD, SchemaNewer, configuration, upgrade
from smartflow.shared.process.datadir import DataDirError
from tests.kit.process import PATIENCE, up

# Counts the statements of a migration, and ends the process in front of one of them; says how many there were if it lives on.
CHILD = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from smartflow.cmd.migrate import upgrade

left = int(sys.argv[2])
made = 0

@event.listens_for(Engine, "before_cursor_execute")
def count(*ignored):
    global made
    made += 1
    if made == left:
        os.kill(os.getpid(), 9)

upgrade(Path(sys.argv[1]))
print(made)
"""
SEED, KILLS = 20261126, int(os.environ.get("ROUNDS", "4"))


def first_schema(path: Path) -> None:
    """Make a database as the first version left it, with something in it."""
    database_file.make(path)
    config = configuration(path)
    with closing(config.attributes["connection"]) as connection:
        command.upgrade(config, "0001")
        connection.commit()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("INSERT INTO userauth_users VALUES (7, 'ming', 'ming', '', NULL, 'en', 'Asia/Shanghai', '2026-01-01 00:00:00')")
        database.commit()


async def upgraded_and_killed(path: Path, before: int) -> tuple[int | None, str]:
    """Upgrade in a process of its own that ends in front of a statement; 0 lets it live."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, str(path), str(before), stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(PATIENCE):
        said, _ = await child.communicate()
    return child.returncode, said.decode()


def state(path: Path) -> tuple[str | None, set[str], str]:
    """Tell a database's schema, its tables and its damage."""
    with database_file.opened(path, database_file.WRITE) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return database_file.revision(connection), tables, database_file.damage(connection)


@pytest.mark.parametrize("old", [True, False], ids=["from the first schema", "from nothing"])
async def test_a_killed_upgrade_leaves_the_database_as_it_was_and_the_next_one_succeeds(tmp_path: Path, old: bool) -> None:
    def start(name: str) -> Path:
        path = tmp_path / name
        if old:
            first_schema(path)
        else:
            database_file.make(path)
        return path

    whole = start("whole.db")
    before = state(whole)
    code, said = await upgraded_and_killed(whole, 0)
    assert code == 0
    chance, count = random.Random(SEED), int(said)

    for number in {2, count, *(chance.randrange(2, count) for _ in range(KILLS - 2))}:
        path = start(f"{number}.db")
        assert await upgraded_and_killed(path, number) == (-SIGKILL, "")
        assert state(path) == before, number
        assert upgrade(path)
        assert state(path) == state(whole)


async def test_a_killed_upgrade_does_not_keep_the_product_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "data" / "smartflow.db"
    path.parent.mkdir()
    first_schema(path)
    assert (await upgraded_and_killed(path, 6))[0] == -SIGKILL

    async with up(tmp_path) as running:
        assert await running.stop() == 0, running.said()

    assert state(path)[0] == HEAD
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT id, username FROM userauth_users").fetchall() == [(7, "ming")]


def test_a_migration_that_fails_leaves_the_database_as_it_was_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "smartflow.db"
    first_schema(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE ix_task_open (x)")  # its name is wanted by the last statement of the second migration
    before = state(path)

    with pytest.raises(DataDirError, match=r"is as it was before .*ix_task_open"):
        upgrade(path)

    assert state(path) == before


def test_a_newer_schema_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "smartflow.db"
    upgrade(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '0099'")
        database.commit()

    with pytest.raises(SchemaNewer) as refused:
        upgrade(path)

    assert str(refused.value) == f"This database was written by a newer SmartFlow (0099; this one knows {HEAD})."


@pytest.mark.parametrize("path", ["50%25", "a?b#c", "with space", "课表"])
def test_a_path_may_hold_any_signs(tmp_path: Path, path: str) -> None:
    folder = tmp_path / path
    folder.mkdir()

    assert upgrade(folder / "smartflow.db")
    assert not upgrade(folder / "smartflow.db")
    assert [each.name for each in tmp_path.iterdir()] == [path]
