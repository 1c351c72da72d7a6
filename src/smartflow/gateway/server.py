"""The HTTP server, as an object that our own lifecycle starts and stops."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

_BACKLOG = 2048


class Server(uvicorn.Server):
    """Leaves signals to whoever owns the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def server(app: Any, *, drain: float = 5.0) -> Server:  # noqa: ANN401 - any ASGI application
    """Make a server for an application."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=int(drain),
        ws="none",
    )
    return Server(config)


def bound(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 takes a free one.

    Raises:
        OSError: Somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)  # noqa: FBT003 - the library's own flag
    return listening


def bound_locally(path: Path) -> socket.socket:
    """Listen on a unix socket that only its owner may use."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    path.chmod(0o600)
    listening.listen(_BACKLOG)
    listening.setblocking(False)  # noqa: FBT003 - the library's own flag
    return listening


async def started(serving: Server) -> None:
    """Wait until a server accepts connections."""
    while not serving.started:  # noqa: ASYNC110 - the library tells in no other way
        await asyncio.sleep(0.005)
