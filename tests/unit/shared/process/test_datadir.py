"""The data directory: whose it is, who works in it, and who may read it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smartflow.shared.process.datadir import DataDir, DataDirError


def test_it_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "a" / "b")
    folder.make()

    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_a_second_process_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    first, second = DataDir(tmp_path), DataDir(tmp_path)
    first.lock()

    with pytest.raises(DataDirError, match=rf"process {os.getpid()}\) works on .*{tmp_path.name}"):
        second.lock()

    first.unlock()
    second.lock()
    second.unlock()
    second.unlock()


def test_the_lock_falls_with_the_process_that_held_it(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys; from smartflow.shared.process.datadir import DataDir;"
        "DataDir(pathlib.Path(sys.argv[1])).lock(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})

    folder = DataDir(tmp_path)
    folder.lock()
    folder.unlock()


def test_the_socket_lies_in_the_directory(tmp_path: Path) -> None:
    assert DataDir(Path("/srv/smartflow")).socket() == Path("/srv/smartflow/calls.sock")


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path: Path) -> None:
    long, other = DataDir(tmp_path / ("x" * 100)), DataDir(tmp_path / ("y" * 100))

    assert long.socket() == DataDir(long.path).socket() != other.socket()
    assert len(str(long.socket())) < 104
    assert long.socket().parent.stat().st_mode & 0o777 == 0o700


def test_a_short_place_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / ("x" * 100), short=tmp_path)
    folder.socket().parent.chmod(0o755)

    with pytest.raises(DataDirError, match="not a private directory"):
        folder.socket()


def test_the_database_lies_in_the_directory() -> None:
    assert DataDir(Path("/srv/smartflow")).database == Path("/srv/smartflow/smartflow.db")


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "data")

    assert folder.secret("master.key", lambda: b"first") == b"first"
    assert folder.secret("master.key", lambda: b"second") == b"first"
    assert (folder.path / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_secret_can_be_replaced(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    folder.keep_secret("signing.keys", b"old")
    folder.keep_secret("signing.keys", b"new")

    assert folder.secret("signing.keys", bytes) == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["signing.keys"]


def test_a_secret_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    folder.keep_secret("master.key", b"x")
    (tmp_path / "master.key").chmod(0o640)

    with pytest.raises(DataDirError, match="chmod 600"):
        folder.secret("master.key", bytes)


def test_a_directory_that_stood_open_is_closed_with_the_database_in_it(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "data")
    folder.path.mkdir(mode=0o755)
    folder.path.chmod(0o755)
    files = [folder.path / name for name in ("smartflow.db", "smartflow.db-wal", "smartflow.db-shm")]
    for file in files:
        file.touch()
        file.chmod(0o644)

    folder.lock()
    folder.unlock()

    assert [path.stat().st_mode & 0o777 for path in (folder.path, *files)] == [0o700, 0o600, 0o600, 0o600]


def test_an_open_directory_with_other_things_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letters").touch()
    tmp_path.chmod(0o755)

    with pytest.raises(DataDirError, match=f"choose a directory of its own: {tmp_path}/smartflow"):
        DataDir(tmp_path).lock()

    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [each.name for each in tmp_path.iterdir()] == ["letters"]


@pytest.mark.parametrize("place", ["file", "file/below", "file/below/that"])
def test_a_path_that_can_be_no_directory_is_said_in_a_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    folder = DataDir(tmp_path / place)

    for use in (folder.make, folder.lock, lambda: folder.secret("key", bytes), lambda: folder.keep_secret("key", b"")):
        with pytest.raises(DataDirError, match=rf"{folder.path} cannot be used \(it is a file, or lies below one\); choose "):
            use()
    assert not folder.is_made()


def test_who_works_in_a_directory_is_told_without_taking_its_place(tmp_path: Path) -> None:
    folder, other = DataDir(tmp_path), DataDir(tmp_path)
    assert (other.holder(), list(tmp_path.iterdir())) == (None, [])

    folder.lock()
    assert other.holder() == str(os.getpid())
    folder.unlock()

    assert other.holder() is None


def test_a_secret_that_cannot_be_written_leaves_no_draft(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    (tmp_path / "key").mkdir()

    with pytest.raises(DataDirError, match="cannot be used"):
        folder.keep_secret("key", b"x")

    assert [each.name for each in tmp_path.iterdir()] == ["key"]
