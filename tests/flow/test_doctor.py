"""`smartflow doctor` names what is wrong, says what to do about it, and touches nothing."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from smartflow.cmd.demo import DEMO
from tests.kit.people import PASSWORD
from tests.kit.process import up
from tests.kit.shell import Shell


@pytest.fixture
async def shell(tmp_path: Path) -> Shell:
    """A shell where Ming has an account, and nothing runs."""
    made = Shell(tmp_path)
    assert (await made("user", "add", "ming", "--password", PASSWORD)).exit_code == 0
    return made


def run(database: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement, values)
        connection.commit()


async def findings(shell: Shell, **settings: str) -> dict[str, dict[str, Any]]:
    """Ask the doctor, twice: in JSON and in a table; the exit code says whether something is wrong."""
    told = await shell("doctor", "--json", **settings)
    shown = await shell("doctor", **settings)
    found = {finding["what"]: finding for finding in json.loads(told.stdout)}
    assert told.exit_code == shown.exit_code == any(finding["state"] == "wrong" for finding in found.values())
    assert all(finding["says"] in shown.stdout for finding in found.values())
    assert (told.stderr, shown.stderr) == ("", "")
    return found


async def wrong(shell: Shell, **settings: str) -> dict[str, str]:
    """Give what is wrong, and what it says."""
    return {what: finding["says"] for what, finding in (await findings(shell, **settings)).items() if finding["state"] == "wrong"}


async def test_a_sound_installation_has_nothing_wrong_and_is_left_as_it_is(shell: Shell) -> None:
    before = shell.lying()

    assert await wrong(shell) == {}
    assert shell.lying() == before


async def test_a_running_installation_is_looked_at_too(tmp_path: Path) -> None:
    async with up(tmp_path):
        found = await findings(Shell(tmp_path))

    assert {finding["state"] for finding in found.values()} <= {"ok", "warning"}
    assert "smartflow.db-wal" not in found


async def test_a_damaged_database_is_named(shell: Shell) -> None:
    shell.database.write_bytes(b"no database at all, but long enough to be one" * 1000)

    found = await wrong(shell)

    assert found.keys() == {"database content"}
    assert "smartflow restore BACKUP" in found["database content"]


async def test_a_database_that_is_a_directory_or_missing_is_named(shell: Shell) -> None:
    shell.database.unlink()
    missing = await wrong(shell)
    shell.database.mkdir()

    assert missing == {"database": f"There is no SmartFlow in {shell.data}; the first start makes it: smartflow up"}
    assert (await wrong(shell)).keys() == {"database"}


async def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.data.write_text("mine")

    assert "it is a file" in (await wrong(shell))["data directory"]


async def test_what_others_may_read_is_named(shell: Shell) -> None:
    for path, mode in ((shell.data, 0o755), (shell.database, 0o644), (shell.data / "signing-keys.json", 0o644)):
        path.chmod(mode)

    found = await wrong(shell)

    assert found.keys() == {"data directory", "database", "signing keys"}
    assert f"chmod 700 {shell.data}" in found["data directory"]
    assert f"chmod 600 {shell.database}" in found["database"]
    assert f"chmod 600 {shell.data / 'signing-keys.json'}" in found["signing keys"]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'[{"seed": "c2hvcnQ="}]', b"\xff\xfe"])
async def test_keys_that_are_lost_or_spoilt_are_named(shell: Shell, content: bytes | None) -> None:
    keys = shell.data / "signing-keys.json"
    keys.unlink()
    if content is not None:
        keys.write_bytes(content)
        keys.chmod(0o600)

    found = await wrong(shell)
    refused = await shell("keys", "rotate") if content is not None else None

    assert found.keys() == {"signing keys"}
    assert "everybody logs in again" in found["signing keys"]
    assert refused is None or refused.stderr.startswith(f"smartflow: {keys} holds no signing keys; ")


async def test_keys_are_not_missed_before_the_first_start(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert (await shell("migrate")).exit_code == 0

    assert await wrong(shell) == {}


async def test_what_cannot_be_written_is_named(shell: Shell) -> None:
    shell.database.chmod(0o400)
    shell.data.chmod(0o500)
    if os.access(shell.data, os.W_OK):
        pytest.skip("nothing is closed to this user")

    found = await wrong(shell)
    shell.data.chmod(0o700)

    assert found.keys() == {"data directory", "database"}


async def test_events_that_were_given_up_or_pile_up_are_named(shell: Shell) -> None:
    run(
        shell.database,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) INSERT INTO outbox"
        " (event_id, publisher, kind, schema_version, ordering_key, user_id, payload, trace, occurred_at, state, attempts)"
        " SELECT printf('%032d', i), 'task', 'task.created', 1, 'x', 1, '{}', '', '2026-01-01 00:00:00', 'pending', 0 FROM n",
    )
    run(
        shell.database,
        "INSERT INTO inbox (subscriber, event_id, publisher, kind, schema_version, ordering_key, position, user_id, trace, occurred_at,"
        " state, attempts, received_at) VALUES ('schedule', printf('%032d', 1), 'task', 'task.created', 1, 'x', 1, 1, '',"
        " '2026-01-01 00:00:00', 'dead', 9, '2026-01-01 00:00:00')",
    )

    found = await wrong(shell)

    assert found.keys() == {"events", "outbox"}
    assert found["events"] == "1 were given up; see: smartflow events list --state dead"
    assert found["outbox"].startswith("1001 events wait to be sent; ")


async def test_a_schema_of_another_time_is_named_with_what_to_do(shell: Shell) -> None:
    run(shell.database, "UPDATE alembic_version SET version_num = '0001'")
    older = await wrong(shell)
    run(shell.database, "UPDATE alembic_version SET version_num = '0099'")

    assert older["schema"].endswith("; run: smartflow migrate")
    assert "start the newer SmartFlow" in (await wrong(shell))["schema"]


async def test_a_log_that_a_killed_process_left_is_told_of(tmp_path: Path) -> None:
    async with up(tmp_path) as running:
        await running.kill()
    shell = Shell(tmp_path)

    found = await findings(shell)

    assert found["smartflow.db-wal"]["state"] == "warning"
    assert "remove smartflow.db-wal" in found["smartflow.db-wal"]["says"]


async def test_the_published_password_is_named_only_where_others_can_use_it(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert (await shell("user", "add", DEMO.username, "--password", DEMO.password)).exit_code == 0

    assert await wrong(shell) == {}
    assert "smartflow user password demo" in (await wrong(shell, SMARTFLOW_HTTP__HOST="0.0.0.0"))["demo account"]
    assert (await shell("user", "password", DEMO.username, "--password", PASSWORD)).exit_code == 0
    assert await wrong(shell, SMARTFLOW_HTTP__HOST="0.0.0.0") == {}
