"""The route table: what a route takes, what it answers, what it can refuse.

A noun is a class with a constructor and a table. Clients come in through the constructor; a handler's hints say what it
wants, and everything else (token, limits, key, strict reading) happens before it is called:

    class NoteForm(Struct, frozen=True):
        title: Annotated[str, Meta(min_length=1, max_length=255)]
        due_at: Time | None = None

    class NotePatch(Struct, frozen=True):
        note_id: Id
        title: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET   # absent stays
        due_at: Time | UnsetType | None = UNSET                                        # null clears

    class NoteRoutes:
        def __init__(self, notes: NoteClient) -> None:
            self._notes = notes

        def routes(self) -> Table:
            return table("note", "/note", [
                post("/create", self.create, WRITE | KEYED, refuses=(NoteFull,)),
                get("/list", self.list, READ),
                delete("/{note_id}", self.delete, WRITE | KEYED, refuses=(NoteNotFound,)),
            ])

        async def create(self, call: Call, data: NoteForm) -> Ok[Note]:      # `data`: the JSON body
            ...
        async def list(self, call: Call, query: NoteQuery) -> Ok[list[Note]]:  # `query`: the query string
            ...
        async def delete(self, call: Call, note_id: NoteId) -> Ok[None]:       # any other name: a part of the path

A route of limit class A says by `counts` which buckets a request with its `data` meets.
`call: Call`, `visitor: Visitor`, `upload: Upload`, `body: RawBody` are given by type. `LOOSE` takes `data` from the query or the body.
A handler may answer a Starlette `Response` instead of `Ok[...]`: it goes out as it is (files, streams).
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from enum import Flag, auto
from types import UnionType
from typing import Any, TypedDict, Unpack, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from smartflow.gateway import limits
from smartflow.gateway.call import Visitor
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Id
from smartflow.gateway.limits import Limit
from smartflow.gateway.request import LARGEST_JSON, LARGEST_UPLOAD, RawBody, Upload
from smartflow.gateway.shape import Shape
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import FieldError, InvalidInput, Refusal


class Opt(Flag):
    """What stands before a route."""

    OPEN = auto()  # no token; the limit is by address
    READ = auto()  # a token; limit class R
    WRITE = auto()  # a token; limit class W
    CHAT = auto()  # a token; limit class C
    KEYED = auto()  # an idempotency key is mandatory
    KEYABLE = auto()  # an idempotency key may come
    LOOSE = auto()  # `data` may come in the query instead of a body
    LONG = auto()  # planning and imports: 10 s
    ENDLESS = auto()  # streams and files: no deadline
    RAW = auto()  # texts are taken as they come, not trimmed
    PROBE = auto()  # for machines that watch the process: no limit


OPEN, READ, WRITE, CHAT, KEYED, KEYABLE = Opt.OPEN, Opt.READ, Opt.WRITE, Opt.CHAT, Opt.KEYED, Opt.KEYABLE
LOOSE, LONG, ENDLESS, RAW, PROBE = Opt.LOOSE, Opt.LONG, Opt.ENDLESS, Opt.RAW, Opt.PROBE
_DEADLINE, _LONG_DEADLINE = timedelta(seconds=6), timedelta(seconds=10)
_PARAMETER = re.compile(r"\{(\w+)\}")
Handler = Callable[..., Awaitable[Any]]
Counts = Callable[[Visitor, Any], Awaitable[Sequence[tuple[Limit, str]]]]


class More(TypedDict, total=False):
    """What may be said of a route besides: the type of an answer that is no envelope, the bytes of a body that is no usual one."""

    refuses: Sequence[type[Refusal]]
    counts: Counts
    media: str
    largest: int


class Route:
    """One method on one path. `largest`: the bytes of a body that it takes, 0 for none; `within`: how long an answer may take.

    `patience`: the seconds after which a handler that did not keep that is stopped.
    """

    def __init__(self, method: str, path: str, handler: Handler, opt: Opt, **more: Unpack[More]) -> None:
        self.method = method
        self.path = path
        self.handler = handler
        self.opt = opt
        self.refuses = tuple(more.get("refuses", ()))
        self.counts = more.get("counts")
        self.media = more.get("media", "*/*")
        self.noun = ""
        hints = get_type_hints(handler, include_extras=True)
        self.answer = hints.pop("return")
        self.wants: dict[str, Any] = {name: _wanted(hints[name]) for name in inspect.signature(handler).parameters}
        self.body: Shape[Any] | None = Shape(self.wants["data"]) if "data" in self.wants else None
        self.query: Shape[Any] | None = Shape(self.wants["query"]) if "query" in self.wants else None
        self.uploads = Upload in self.wants.values()
        self.largest = more.get("largest", LARGEST_UPLOAD if self.uploads else LARGEST_JSON if self.body else 0)
        self.within = _within(opt)
        self.patience = None if self.within is None else self.within.total_seconds() + 1
        # Flags are slow to ask, and every request asks.
        self.open, self.keyed, self.probe = bool(opt & OPEN), bool(opt & KEYED), bool(opt & PROBE)
        self.keyable = self.keyed or bool(opt & KEYABLE)
        self.loose, self.raw = bool(opt & LOOSE), bool(opt & RAW)
        self.limit = limits.READ if opt & READ else limits.CHAT if opt & CHAT else limits.WRITE

    @property
    def name(self) -> str:
        """The operation's id in the API's description."""
        words = re.sub(r"[^a-z0-9]+", "_", self.path.removeprefix("/api/v1").replace("-", "_").lower()).strip("_")
        return f"{self.method.lower()}_{words or 'root'}"

    @property
    def data_types(self) -> tuple[Any, ...]:
        """The type of the envelope's data; several forms, each by itself; nothing for what is no envelope."""
        if get_origin(self.answer) is not Ok:
            return ()
        data = get_args(self.answer)[0]
        forms = [each for each in get_args(data) if each is not type(None)] if isinstance(data, UnionType) else []
        return tuple(forms) if len(forms) > 1 else (data,)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parts of the path."""
        return tuple(_PARAMETER.findall(self.path))

    def given(self, name: str) -> bool:
        """Whether a parameter comes from the edge and not from the request's input."""
        return self.wants[name] in (Call, Visitor, Upload, RawBody)

    def from_path(self, found: dict[str, str]) -> dict[str, Any]:
        """Read the parts of the path.

        Raises:
            InvalidInput: One is of another kind.
        """
        values, errors = {}, []
        for name, text in found.items():
            try:
                values[name] = msgspec.convert(text, self.wants[name], strict=False)
            except msgspec.ValidationError as error:
                rule = "min" if ">=" in str(error) else "max" if "<=" in str(error) else "format"
                errors.append(FieldError(name, rule))
        if errors:
            raise InvalidInput(errors)
        return values


def _wanted(hint: Any) -> Any:  # noqa: ANN401 - a type hint
    """Give the bounds of ids to what is one: no database has others."""
    return Id if getattr(hint, "__supertype__", None) is int else hint


def _within(opt: Opt) -> timedelta | None:
    if opt & ENDLESS:
        return None
    return _LONG_DEADLINE if opt & LONG else _DEADLINE


class Table(Struct, frozen=True):
    """The routes of one noun."""

    noun: str
    routes: tuple[Route, ...]


def table(noun: str, prefix: str, routes: Sequence[Route], *, root: bool = False) -> Table:
    """Put routes under their prefix (and `/api/v1`, but for root routes)."""
    for route in routes:
        route.path = f"{'' if root else '/api/v1'}{prefix}{route.path}"
        route.noun = noun
    return Table(noun, tuple(routes))


def get(path: str, handler: Handler, opt: Opt = READ, **more: Unpack[More]) -> Route:
    """Read something."""
    return Route("GET", path, handler, opt, **more)


def post(path: str, handler: Handler, opt: Opt = WRITE, **more: Unpack[More]) -> Route:
    """Make something, or ask a question that needs a body."""
    return Route("POST", path, handler, opt, **more)


def put(path: str, handler: Handler, opt: Opt = WRITE, **more: Unpack[More]) -> Route:
    """Change something as a whole, or its state."""
    return Route("PUT", path, handler, opt, **more)


def patch(path: str, handler: Handler, opt: Opt = WRITE, **more: Unpack[More]) -> Route:
    """Change some members."""
    return Route("PATCH", path, handler, opt, **more)


def delete(path: str, handler: Handler, opt: Opt = WRITE, **more: Unpack[More]) -> Route:
    """Delete something."""
    return Route("DELETE", path, handler, opt, **more)


class Found(Struct, frozen=True):
    """A route, and the parts of the path that it was found by."""

    route: Route
    parts: dict[str, str]


class Routes:
    """All routes, found by method and path."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.all = tuple(route for each in tables for route in each.routes)
        self._fixed: dict[str, dict[str, Route]] = {}
        self._open: list[tuple[re.Pattern[str], dict[str, Route]]] = []
        for route in self.all:
            self._place(route)

    def methods(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """Find what a path takes, by method, and the parts of the path; nothing if there is no such path."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, {}
        for pattern, routes in self._open:
            found = pattern.fullmatch(path)
            if found:
                return routes, found.groupdict()
        return {}, {}

    def _place(self, route: Route) -> None:
        if not route.parameters:
            self._fixed.setdefault(route.path, {})[route.method] = route
            return
        pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", route.path.replace(".", r"\.")))
        for known, routes in self._open:
            if known.pattern == pattern.pattern:
                routes[route.method] = route
                return
        self._open.append((pattern, {route.method: route}))
