"""The data directory: one process at a time, a socket for calls, and files that only their owner may read."""

import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

_PRIVATE_FILE = 0o600
_PRIVATE_DIRECTORY = 0o700
_OTHERS = 0o077
# 104 bytes on macOS, 108 on Linux, with the zero byte at the end.
_LONGEST_SOCKET_PATH = 103


class DataDirError(Exception):
    """The data directory cannot be used; the message says why, and what to do."""


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
        """Make the directory, for its owner alone."""
        self.path.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)

    def lock(self) -> None:
        """Become the one process that works here; the lock falls with the process, however it ends.

        Raises:
            DataDirError: Another process is.
        """
        self.make()
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE_FILE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 32, 0).decode().strip() or "unknown"
            os.close(handle)
            message = f"another SmartFlow (process {holder}) works on {self.path}; stop it, or choose another data directory"
            raise DataDirError(message) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._lock = handle

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
        if not file.exists():
            self.keep_secret(name, make())
        if file.stat().st_mode & _OTHERS:
            message = f"{file} can be read by others; run: chmod 600 {file}"
            raise DataDirError(message)
        return file.read_bytes()

    def keep_secret(self, name: str, value: bytes) -> None:
        """Write a secret, whole or not at all, readable by the owner alone."""
        self.make()
        handle, draft = tempfile.mkstemp(dir=self.path, prefix=f".{name}.")  # made with mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(self.path / name)
