"""The data directory: one process at a time, a socket for calls, and files that only their owner may read."""

import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PRIVATE_FILE = 0o600
_PRIVATE_DIRECTORY = 0o700
_OTHERS = 0o077
_LOCK = "lock"
# 104 bytes on macOS, 108 on Linux, with the zero byte at the end.
_LONGEST_SOCKET_PATH = 103


class DataDirError(Exception):
    """The data directory cannot be used; the message says why, and what to do."""


class DataDirBusyError(DataDirError):
    """Another process works there."""


class DataDir:
    """Everything that one SmartFlow keeps on this machine; `short` is where a socket goes if its path is too long."""

    def __init__(self, path: Path, short: Path | None = None) -> None:
        self.path = path.expanduser().absolute()
        self._short = short
        self._lock: int | None = None

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "smartflow.db"

    def make(self) -> None:
        """Make the directory, for its owner alone.

        Raises:
            DataDirError: There can be none.
        """
        with self._usable():
            self.path.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)

    def is_made(self) -> bool:
        """Tell whether a SmartFlow has its database here.

        Raises:
            DataDirError: Nobody can tell.
        """
        with self._usable():
            return self.database.exists()

    def lock(self) -> None:
        """Become the one process that works here, and close what others could read; the lock falls with the process, however it ends.

        Raises:
            DataDirBusyError: Another process is.
            DataDirError: The directory cannot be used, or stays open to others.
        """
        self.make()
        with self._usable():
            self._close_to_others()
            handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE_FILE)
            try:
                self._take(handle)
            except BaseException:
                os.close(handle)
                raise
        self._lock = handle

    def holder(self) -> str | None:
        """Give the number of the process that works here; None if nobody does."""
        with self._usable():
            try:
                handle = os.open(self.path / _LOCK, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _number_in(handle)
            finally:
                os.close(handle)
        return None

    def unlock(self) -> None:
        """Let another process work here."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def socket(self) -> Path:
        """Name the socket for calls: in the directory, or in a private one with a short path where that is too long.

        Raises:
            DataDirError: The private directory is somebody else's.
        """
        here = self.path / "calls.sock"
        if len(os.fsencode(here)) <= _LONGEST_SOCKET_PATH:
            return here
        short = (self._short or Path(tempfile.gettempdir())) / f"smartflow-{os.getuid()}"
        with self._usable():
            short.mkdir(mode=_PRIVATE_DIRECTORY, exist_ok=True)
            found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & _OTHERS:
            message = f"{short} is not a private directory of this user; remove it, or choose a data directory with a shorter path"
            raise DataDirError(message)
        return short / f"{hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]}.sock"

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Give the secret of that name; it is made when there is none yet.

        Raises:
            DataDirError: Others may read the file.
        """
        file = self.path / name
        with self._usable():
            if not file.exists():
                self.keep_secret(name, make())
            if file.stat().st_mode & _OTHERS:
                message = f"{file} can be read by others; run: chmod 600 {file}"
                raise DataDirError(message)
            return file.read_bytes()

    def keep_secret(self, name: str, value: bytes) -> None:
        """Write a secret, whole or not at all, readable by the owner alone."""
        self.make()
        with self._usable():
            handle, draft = tempfile.mkstemp(dir=self.path, prefix=f".{name}.")  # made with mode 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(value)
                    file.flush()
                    os.fsync(file.fileno())
                Path(draft).replace(self.path / name)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise

    def _take(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"another SmartFlow (process {_number_in(handle)}) works on {self.path}; stop it, or choose another data directory"
            raise DataDirBusyError(message) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)

    def _close_to_others(self) -> None:
        """Leave the directory and the database to their owner; a directory that others have a use for stays as it is."""
        if self.path.stat().st_mode & _OTHERS:
            names = {each.name for each in self.path.iterdir()}
            if names and not names & {_LOCK, self.database.name}:
                message = f"{self.path} is open to others and holds other things too; choose a directory of its own: {self.path}/smartflow"
                raise DataDirError(message)
            self.path.chmod(_PRIVATE_DIRECTORY)
        for file in self.path.glob(f"{self.database.name}*"):
            if file.is_file() and file.stat().st_mode & _OTHERS:
                file.chmod(_PRIVATE_FILE)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Say in a sentence what the machine refuses."""
        try:
            yield
        except OSError as error:
            a_file = isinstance(error, FileExistsError | NotADirectoryError)
            why = "it is a file, or lies below one" if a_file else f"{error.strerror}: {error.filename or self.path}"
            message = f"{self.path} cannot be used ({why}); choose a data directory that belongs to you and can be written to"
            raise DataDirError(message) from error


def _number_in(handle: int) -> str:
    return os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
