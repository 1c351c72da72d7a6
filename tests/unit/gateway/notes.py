"""A small table of routes that has one of everything, and an edge to put it behind."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx2
from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.responses import Response

from smartflow.client.token import TokenInvalid
from smartflow.gateway.app import Edge, Gateway
from smartflow.gateway.call import Principal, Visitor
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Id, Page, Time, paging
from smartflow.gateway.limits import Limiter
from smartflow.gateway.request import Upload
from smartflow.gateway.route import KEYED, LOOSE, OPEN, PROBE, READ, WRITE, Table, delete, get, patch, post, put, table
from smartflow.gateway.settings import GatewaySettings, LimitsSettings
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text
from smartflow.shared.process.telemetry import Metrics
from smartflow.shared.stores.buckets import Buckets
from smartflow.shared.stores.memory import MemoryBuckets
from tests.kit.people import Door
from tests.kit.ports import ManualClock, SeededEntropy

Title = Annotated[str, Meta(min_length=1, max_length=10)]


class NoteFull(Refusal):
    """There are too many notes."""

    status, code = 409, "49999"
    text = Text(zh="最多 {most} 条。", en="At most {most}.")


class Add(Struct, frozen=True, tag="add", tag_field="op"):
    week: Annotated[int, Meta(ge=1, le=40)]


class Move(Struct, frozen=True, tag="move", tag_field="op"):
    day: Annotated[int, Meta(ge=1, le=7)]
    week: Annotated[int, Meta(ge=1, le=40)]


class NewNote(Struct, frozen=True):
    title: Title
    level: Annotated[int, Meta(ge=1, le=4, extra_json_schema={"x-code": "40018"})] = 1
    kind: Literal["a", "b"] = "a"
    due_at: Time | None = None
    changes: list[Add | Move] = []


class Which(Struct, frozen=True):
    note_id: Id


class NoteQuery(Page, frozen=True):
    only: tuple[int, ...] = ()
    share: Annotated[float, Meta(ge=0, le=1)] | None = None
    open: bool | None = None


class NotePatch(Struct, frozen=True):
    title: Title | UnsetType = UNSET
    due_at: Time | UnsetType | None = UNSET


class Shown(Struct, frozen=True):
    said: Any


class NoteRoutes:
    """`/api/v1/note`."""

    def __init__(self) -> None:
        self.keys: list[tuple[str | None, str | None]] = []

    def routes(self) -> Sequence[Table]:
        root = [get("/alive", self.alive, OPEN | PROBE), get("/kept", self.kept, OPEN)]
        return [
            table("note", "", root, root=True),
            table(
                "note",
                "/note",
                [
                    post("/create", self.create, WRITE | KEYED, refuses=(NoteFull,)),
                    get("/list", self.list, READ),
                    put("/both", self.both, WRITE),
                    patch("/{note_id}", self.patch, WRITE),
                    delete("/delete", self.delete, WRITE | KEYED | LOOSE),
                    post("/file", self.file, WRITE | KEYED),
                    post("/full", self.full, WRITE, refuses=(NoteFull,)),
                    post("/broken", self.broken, WRITE),
                ],
            ),
        ]

    async def alive(self) -> Response:
        """Tell that it lives."""
        return Response("yes")

    async def kept(self) -> Response:
        """Give what may be kept."""
        return Response("kept", headers={"Cache-Control": "max-age=60"})

    async def create(self, call: Call, data: NewNote) -> Ok[Shown]:
        """Make a note."""
        self.keys.append((call.key, call.fingerprint))
        return Ok(Shown(data))

    async def list(self, call: Call, query: NoteQuery) -> Ok[list[Shown]]:
        """List notes."""
        return Ok([Shown(query), Shown([call.language, call.zone])], paging=paging(query.page, query.page_size, 41))

    async def both(self, call: Call, data: NewNote, query: NoteQuery) -> Ok[None]:
        """Take input from everywhere."""
        return Ok(None)

    async def patch(self, call: Call, note_id: int, data: NotePatch) -> Ok[Shown]:
        """Change a note."""
        cleared = [name for name in ("title", "due_at") if getattr(data, name) is None]
        return Ok(Shown({"id": note_id, "absent": data.due_at is UNSET, "cleared": cleared}))

    async def delete(self, call: Call, data: Which) -> Ok[Shown]:
        """Delete a note."""
        return Ok(Shown(data.note_id))

    async def file(self, call: Call, upload: Upload, visitor: Visitor) -> Ok[Shown]:
        """Take a file."""
        self.keys.append((call.key, call.fingerprint))
        return Ok(Shown([len(upload.file()), upload.texts(), visitor.ip]))

    async def full(self, call: Call) -> Ok[None]:
        """Refuse."""
        raise NoteFull(["details"], retry_after=3, most=5)

    async def broken(self, call: Call) -> Ok[None]:
        """Fail."""
        raise RuntimeError("a secret")


class Doorkeeper:
    """Lets in whoever has a token that is a number."""

    async def verify(self, token: str) -> Principal:
        if not token.isdecimal():
            raise TokenInvalid
        return Principal(OwnerId(int(token)), SessionId(UUID(int=int(token))), "zh", "Asia/Shanghai")

    async def lives(self, session: SessionId) -> bool:
        return session.int != 13


class House:
    """The notes behind an edge."""

    def __init__(
        self, tables: Sequence[Table] | None = None, *, limits: bool = False, buckets: Buckets | None = None, proxies: Sequence[str] = ()
    ) -> None:
        self.notes = NoteRoutes()
        self.clock = ManualClock()
        self.metrics = Metrics()
        limiter = Limiter(buckets or MemoryBuckets(), LimitsSettings(enabled=limits), self.clock, self.metrics)
        settings = GatewaySettings(proxies=tuple(proxies))
        edge = Edge(Doorkeeper(), limiter, self.clock, SeededEntropy(1), self.metrics, settings)
        self.gateway = Gateway(self.notes.routes() if tables is None else tables, edge)

    def door(self, token: str | None = "7", **headers: str) -> Door:
        """Come in as somebody."""
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.gateway), base_url="http://notes.test")
        return Door(http, ({} if token is None else {"Authorization": f"Bearer {token}"}) | headers)
