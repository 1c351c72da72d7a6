"""`/api/v1/user/export`: everything of a person as a zip of JSON files; the command line makes the same one."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from msgspec import Struct
from starlette.responses import Response

from smartflow.gateway.fields import local
from smartflow.gateway.route import ENDLESS, READ, Table, get, table
from smartflow.gateway.routes.possession import Holders, possessions
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import to_json

_ZIP = "application/zip"
_FILE_MODE = 0o600 << 16
"""Where a zip keeps the mode of a file: who unpacks it gets files that are theirs alone."""


class Archive(Struct, frozen=True):
    """A zip, what it should be called, and which files are in it."""

    file_name: str
    file: bytes
    names: tuple[str, ...]


class ExportRoutes:
    """`/api/v1/user/export`."""

    def __init__(self, holders: Holders, clock: Clock) -> None:
        self._holders = holders
        self._clock = clock

    def routes(self) -> Table:
        """The table: method, path, what stands before it."""
        return table("user", "/user", [get("/export", self.export, READ | ENDLESS, media=_ZIP)])

    async def export(self, call: Call) -> Response:
        """Give everything of mine as a zip of JSON files, one per kind of thing, without secrets and what is hidden."""
        made = await archive(self._holders, call, self._clock.now())
        return Response(made.file, media_type=_ZIP, headers={"Content-Disposition": f'attachment; filename="{made.file_name}"'})


async def archive(holders: Holders, call: Call, now: datetime, tell: Callable[[str], None] | None = None) -> Archive:
    """Gather everything of the call's owner and pack it; `tell` hears of each file."""
    user, there = await holders.userauth.me(call), local(now, call.zone)
    parts: dict[str, object] = {}
    async for name, part in possessions(holders, call, user, there):
        parts[name] = part
        if tell is not None:
            tell(name)
        await asyncio.sleep(0)  # reads of an embedded database do not let others in: here they get their turn
    packed = await asyncio.to_thread(_packed, parts, there)
    return Archive(f"smartflow-{_safe(user.username) or user.id}-{there:%Y-%m-%d}.zip", packed, tuple(parts))


def _packed(parts: Mapping[str, object], at: datetime) -> bytes:
    """Write the files, each as JSON that people can read; bytes are files already."""
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as file:
        for name, part in parts.items():
            info = ZipInfo(name, at.timetuple()[:6])
            info.compress_type, info.external_attr = ZIP_DEFLATED, _FILE_MODE
            file.writestr(info, part if isinstance(part, bytes) else msgspec.json.format(to_json(part), indent=1) + b"\n")
    return whole.getvalue()


def _safe(username: str) -> str:
    """Reduce a name to what every file system and header takes."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", username).strip("-")
