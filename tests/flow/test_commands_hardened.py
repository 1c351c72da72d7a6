"""Commands where something is in their way: no SmartFlow, a directory that is none, others at work, a schema of another time."""

import asyncio
import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from smartflow.cmd.migrate import HEAD
from smartflow.cmd.reach import ask, operator, taken
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.process.datadir import DataDir, DataDirBusyError, DataDirError
from tests.kit.people import PASSWORD
from tests.kit.process import up
from tests.kit.shell import Shell

EVENT = str(UUID(int=1))
# A command that only looks, or that changes what must be there already.
NOT_MAKING = [
    ("user", "list"),
    ("user", "password", "ming", "--password", PASSWORD),
    ("user", "delete", "ming", "--yes"),
    ("keys", "rotate"),
    ("export", "--user", "ming"),
    ("events", "status"),
    ("events", "list"),
    ("events", "show", EVENT),
    ("events", "replay", EVENT),
    ("events", "skip", EVENT, "--why", "so"),
    ("backup", "copy.db"),
    ("doctor",),
]


@pytest.fixture
async def shell(tmp_path: Path) -> Shell:
    """A shell where Ming has an account, and nothing runs."""
    made = Shell(tmp_path)
    assert (await made("user", "add", "ming", "--password", PASSWORD)).exit_code == 0
    return made


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """The usual umask, under which others may read what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def run(database: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement, values)
        connection.commit()


def pending(database: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT state FROM outbox WHERE state = 'pending'").fetchall()


def publish(database: Path, payload: str = '{"user_id": 1, "task_id": 1, "version": 1}') -> None:
    """Leave an event that was never sent, as a kill does."""
    run(
        database,
        "INSERT INTO outbox (event_id, publisher, kind, schema_version, ordering_key, user_id, payload, trace, occurred_at, state, attempts)"
        " VALUES (?, 'task', 'task.completed', 1, 'user/1', 1, ?, '', '2026-01-01 00:00:00', 'pending', 0)",
        UUID(int=1).hex,
        payload,
    )


@pytest.mark.parametrize("words", NOT_MAKING, ids=" ".join)
async def test_where_no_smartflow_is_a_command_says_so_and_makes_nothing(
    tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)

    refused = await shell(*words)

    assert (refused.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert f"There is no SmartFlow in {shell.data}" in refused.output


@pytest.mark.parametrize("words", [("user", "list"), ("export", "--user", "ming"), ("events", "status"), ("events", "list"), ("doctor",)])
async def test_who_only_looks_delivers_no_event_and_makes_no_keys(
    shell: Shell, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shell.folder)
    publish(shell.database)
    (shell.data / "signing-keys.json").rename(shell.folder / "keys")
    before = shell.database.read_bytes()

    await shell(*words)

    assert (pending(shell.database), shell.database.read_bytes() == before) == ([("pending",)], True)
    assert not (shell.data / "signing-keys.json").exists()


async def test_who_only_looks_migrates_nothing_and_says_what_to_do(shell: Shell) -> None:
    run(shell.database, "UPDATE alembic_version SET version_num = '0001'")

    refused = await shell("user", "list")

    assert refused.exit_code == 1
    assert refused.stderr == f"smartflow: {shell.database} has the schema 0001, and this version wants {HEAD}; run: smartflow migrate\n"


async def test_a_database_that_was_only_migrated_can_be_looked_at(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert (await shell("migrate")).exit_code == 0

    listed = await shell("user", "list")

    assert (listed.exit_code, listed.stdout) == (0, "Nobody has an account yet.\n")


@pytest.mark.parametrize("words", [("migrate",), ("user", "list"), ("user", "add", "hua", "--password", PASSWORD), ("up",)], ids=" ".join)
async def test_a_newer_schema_is_refused_in_a_sentence(shell: Shell, words: tuple[str, ...]) -> None:
    run(shell.database, "UPDATE alembic_version SET version_num = '0099'")

    refused = await shell(*words)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"smartflow: This database was written by a newer SmartFlow (0099; this one knows {HEAD}).\n"


@pytest.mark.parametrize("words", [("migrate",), ("user", "list"), ("user", "add", "hua", "--password", PASSWORD), ("up",)], ids=" ".join)
async def test_a_damaged_database_is_refused_in_a_sentence(shell: Shell, words: tuple[str, ...]) -> None:
    size = shell.database.stat().st_size
    with shell.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 8192))

    refused = await shell(*words)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"smartflow: {shell.database} cannot be used (")
    assert refused.stderr.endswith("; look with: smartflow doctor, and bring a copy back with: smartflow restore BACKUP\n")


@pytest.mark.parametrize("words", [("migrate",), ("user", "add", "hua", "--password", PASSWORD), ("up",)], ids=" ".join)
@pytest.mark.parametrize("place", ["file", "file/below", "no\0where"], ids=["a file", "below a file", "impossible"])
async def test_a_data_directory_that_cannot_be_one_is_refused_in_a_sentence(tmp_path: Path, words: tuple[str, ...], place: str) -> None:
    (tmp_path / "file").write_text("mine")
    shell = Shell(tmp_path)
    shell.data = tmp_path / place if "\0" not in place else Path("/proc/nowhere")

    refused = await shell(*words)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"smartflow: {shell.data} cannot be used (")
    assert refused.stderr.count("\n") == 1
    assert (tmp_path / "file").read_text() == "mine"


async def test_an_empty_path_is_no_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    shell.data = ""

    by_option = await shell("migrate")
    monkeypatch.setenv("SMARTFLOW_DATA_DIR", "")
    by_setting = await shell.apart("config", "show")

    assert by_option.exit_code == 2
    assert "--data-dir" in by_option.stderr
    assert by_setting[0] != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("usual_umask")
async def test_what_is_made_in_a_directory_that_stood_open_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)

    async with up(tmp_path):
        modes = {each.name: oct(each.stat().st_mode & 0o777) for each in data.iterdir()}

    assert oct(data.stat().st_mode & 0o777) == "0o700"
    assert set(modes.values()) == {"0o600"}
    assert {"smartflow.db", "smartflow.db-wal", "smartflow.db-shm"} <= modes.keys()


async def test_several_commands_at_once_all_succeed(tmp_path: Path) -> None:
    shell = Shell(tmp_path)

    done = await asyncio.gather(*(shell.apart("user", "add", f"user{number}", "--password", PASSWORD) for number in range(6)))

    assert [code for code, _, _ in done] == [0] * 6, done
    listed = json.loads((await shell("user", "list", "--json")).stdout)
    assert {user["username"] for user in listed} == {f"user{number}" for number in range(6)}


async def test_a_busy_directory_is_waited_for_and_then_its_holder_is_named(tmp_path: Path) -> None:
    first, second = DataDir(tmp_path), DataDir(tmp_path)
    first.lock()

    with pytest.raises(DataDirBusyError, match=rf"process {os.getpid()}\)"):
        await taken(second, timedelta(seconds=0.1))
    waiting = asyncio.create_task(taken(second))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    first.unlock()

    assert await waiting
    second.unlock()


async def test_a_process_that_hangs_is_not_waited_for_without_end(shell: Shell) -> None:
    folder = DataDir(shell.data)
    folder.lock()
    soon = replace(operator(), deadline=SystemClock().now() + timedelta(seconds=0.3))

    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(folder.socket()))
        deaf.listen()
        with pytest.raises(DataDirError, match=rf"process {os.getpid()}\) that works on .* does not answer in time"):
            await asyncio.to_thread(ask, shell.data, lambda reached: reached.events.status(soon))
    folder.unlock()

    assert timedelta(seconds=25) < (operator().deadline or SystemClock().now()) - SystemClock().now() <= timedelta(seconds=30)


async def test_what_a_command_logs_is_in_lines_of_json(shell: Shell) -> None:
    publish(shell.database, payload="{}")

    code, said, errors = await shell.apart("user", "add", "hua", "--password", PASSWORD)

    assert (code, said) == (0, "hua has the id 2.\n")
    assert {"event.given_up"} <= {json.loads(line)["event"] for line in errors.splitlines()}
