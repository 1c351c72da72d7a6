"""A database is copied and brought back: whole, sound, for its owner alone, or not at all."""

import asyncio
import os
import resource
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from smartflow.cmd.migrate import HEAD
from tests.flow.test_migrating import first_schema
from tests.kit.people import PASSWORD, someone
from tests.kit.process import CHEAP, PATIENCE, up
from tests.kit.shell import PROGRAM, Shell

# Restores, and ends the process in front of one of the steps that change something; says how many there were if it lives on.
CHILD = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path

left, made = int(sys.argv[3]), 0

def count(event, args):
    global made
    if event in ("os.rename", "os.link", "os.remove", "sqlite3.connect") and "smartflow.db" in str(args[0]):
        made += 1
        if made == left:
            os.kill(os.getpid(), 9)

from smartflow.cmd.restore import restore

sys.addaudithook(count)
restore(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC))
print(made)
"""


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Others may read what is made, unless somebody takes care."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
async def shell(tmp_path: Path) -> Shell:
    """A shell where Ming has an account, and nothing runs."""
    made = Shell(tmp_path)
    assert (await made("user", "add", "ming", "--password", PASSWORD)).exit_code == 0
    return made


@pytest.fixture
async def backup(shell: Shell) -> Path:
    """A backup in which Ming is, and Hua, who comes later, is not."""
    target = shell.folder / "backup.db"
    assert (await shell("backup", target)).exit_code == 0
    assert (await shell("user", "add", "hua", "--password", PASSWORD)).exit_code == 0
    return target


def names(database: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        return [name for (name,) in connection.execute("SELECT username FROM userauth_users ORDER BY id")]


def spoil(database: Path) -> None:
    """Overwrite all but the first pages, as a bad disk does."""
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (database.stat().st_size - 8192))


def aside(shell: Shell) -> list[Path]:
    return sorted(shell.data.glob("smartflow.db.before-restore-*"))


async def test_a_backup_is_sound_and_for_its_owner_alone_while_the_product_runs(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    async with up(tmp_path) as running, httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as http:
        ming = await someone(http)
        done = await shell("backup", tmp_path / "copy.db", "--json")

    assert done.exit_code == 0, done.stderr
    assert names(tmp_path / "copy.db") == [ming.name]
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


async def test_a_backup_never_takes_the_place_of_a_file(shell: Shell, backup: Path) -> None:
    before = backup.read_bytes()

    refused = await shell("backup", backup)

    assert (refused.exit_code, refused.stderr) == (1, f"smartflow: {backup} exists already\n")
    assert backup.read_bytes() == before


async def test_a_damaged_database_gives_no_backup(shell: Shell) -> None:
    spoil(shell.database)
    there = sorted(shell.folder.iterdir())

    refused = await shell("backup", shell.folder / "copy.db")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("smartflow: ")
    assert refused.stderr.count("\n") == 1
    assert sorted(shell.folder.iterdir()) == there


async def test_a_backup_into_a_directory_that_is_not_there_is_refused(shell: Shell) -> None:
    target = shell.folder / "nowhere" / "copy.db"

    refused = await shell("backup", target)

    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"smartflow: {shell.database} could not be copied to {target}: ")
    assert not target.parent.exists()


async def test_a_full_disk_leaves_nothing_of_a_backup(shell: Shell) -> None:
    """No file may grow beyond a few pages: what a full disk looks like to one program alone, unwatched by what writes files too."""
    there = sorted(shell.folder.iterdir())
    program = await asyncio.create_subprocess_exec(
        PROGRAM,
        *("backup", str(shell.folder / "copy.db"), "--data-dir", str(shell.data)),
        stderr=asyncio.subprocess.PIPE,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("COV")}, **CHEAP},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    async with asyncio.timeout(PATIENCE):
        _, said = await program.communicate()

    assert (program.returncode, said.count(b"\n")) == (1, 1), said
    assert b"could not be copied" in said
    assert sorted(shell.folder.iterdir()) == there


async def test_a_restore_brings_the_backup_back_and_keeps_what_was_there(shell: Shell, backup: Path) -> None:
    done = await shell("restore", backup)

    assert done.exit_code == 0, done.stderr
    [kept] = aside(shell)
    assert str(kept) in done.stdout
    assert {each.name for each in shell.data.iterdir()} == {"lock", "signing-keys.json", "smartflow.db", kept.name}
    assert {each.stat().st_mode & 0o777 for each in shell.data.iterdir()} == {0o600}
    assert (names(shell.database), names(kept)) == (["ming"], ["ming", "hua"])
    assert (await shell("user", "add", "li", "--password", PASSWORD)).exit_code == 0
    assert names(shell.database) == ["ming", "li"]


async def test_what_a_killed_process_left_in_the_log_is_kept_and_does_not_spoil_the_restored_database(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    async with up(tmp_path) as running, httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as http:
        ming = await someone(http)
        assert (await shell("backup", tmp_path / "backup.db")).exit_code == 0
        hua = await someone(http)
        await running.kill()
    assert (shell.data / "smartflow.db-wal").stat().st_size > 0

    done = await shell("restore", tmp_path / "backup.db")

    assert done.exit_code == 0, done.stderr
    assert (names(shell.database), names(aside(shell)[0])) == ([ming.name], [ming.name, hua.name])


async def test_a_damaged_database_with_its_log_is_replaced_and_kept_as_it_lay_there(shell: Shell, backup: Path) -> None:
    spoil(shell.database)
    lay = shell.database.read_bytes()
    (shell.data / "smartflow.db-wal").write_bytes(b"left by somebody")

    done = await shell("restore", backup)

    assert done.exit_code == 0, done.stderr
    assert names(shell.database) == ["ming"]
    assert aside(shell)[0].read_bytes() == lay


async def test_a_restore_fits_a_new_machine(tmp_path: Path, backup: Path) -> None:
    shell = Shell(tmp_path)
    shell.data = tmp_path / "new"

    done = await shell("restore", backup, "--json")

    assert (done.exit_code, '"kept":null' in done.stdout) == (0, True)
    assert (names(shell.database), shell.data.stat().st_mode & 0o777) == (["ming"], 0o700)


async def test_a_restore_brings_an_old_backup_to_this_versions_schema(shell: Shell) -> None:
    old = shell.folder / "old.db"
    first_schema(old)

    done = await shell("restore", old, "--json")

    assert (done.exit_code, f'"schema":"{HEAD}"' in done.stdout) == (0, True)
    assert (await shell("user", "list")).exit_code == 0


async def test_nothing_is_restored_while_the_product_runs(tmp_path: Path, backup: Path) -> None:
    async with up(tmp_path):
        shell = Shell(tmp_path)
        refused = await shell("restore", backup)

        assert (refused.exit_code, aside(shell)) == (1, [])
        assert "another SmartFlow (process " in refused.stderr


async def test_what_is_no_sound_backup_of_this_version_is_not_restored(shell: Shell, backup: Path) -> None:
    damaged, foreign, newer, text = (shell.folder / name for name in ("damaged.db", "foreign.db", "newer.db", "notes.txt"))
    for copied in (damaged, newer):
        shutil.copy(backup, copied)
    spoil(damaged)
    text.write_text("no database, but long enough to be one? " * 200)
    for path, statement in ((foreign, "CREATE TABLE mine (x)"), (newer, "UPDATE alembic_version SET version_num = '0099'")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)
            connection.commit()
    before = shell.lying()

    refused = {path.name: await shell("restore", path) for path in (damaged, foreign, newer, text)}

    assert {done.exit_code for done in refused.values()} == {1}
    assert refused["foreign.db"].stderr == f"smartflow: {foreign} cannot be restored: it is no database of SmartFlow\n"
    assert "was written by a newer SmartFlow (0099;" in refused["newer.db"].stderr
    for name in ("damaged.db", "notes.txt"):
        assert refused[name].stderr.startswith(f"smartflow: {shell.folder / name} cannot be restored: ")
    assert shell.lying() == before


async def test_a_restore_that_is_killed_leaves_one_of_the_two_in_place_and_can_be_done_again(shell: Shell, backup: Path) -> None:
    async def restored_and_killed(before: int) -> str:
        line = (sys.executable, "-c", CHILD, str(backup), str(shell.database), str(before))
        child = await asyncio.create_subprocess_exec(*line, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(PATIENCE):
            return (await child.communicate())[0].decode()

    shutil.copytree(shell.data, shell.folder / "before")
    steps = int(await restored_and_killed(0))
    for number in range(1, steps + 1):
        shutil.rmtree(shell.data)
        shutil.copytree(shell.folder / "before", shell.data)
        assert await restored_and_killed(number) == ""
        assert names(shell.database) in (["ming"], ["ming", "hua"]), number

        assert (await shell("restore", backup)).exit_code == 0
        assert names(shell.database) == ["ming"]
        assert not list(shell.data.glob("*restoring*"))
