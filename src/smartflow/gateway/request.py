"""One request as it comes in: its id, its body within bounds, its media type."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect

from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.refusal import DeadlinePassed, FieldError, InvalidInput, Refusal
from smartflow.shared.kernel.text import Text

LARGEST_JSON = 1024 * 1024
LARGEST_UPLOAD = 5 * 1024 * 1024
REQUEST_ID = "x-request-id"
_ID = re.compile(r"[\x21-\x7e]{1,64}")
_JSON = "application/json"
_MULTIPART = "multipart/form-data"
_MOST_PARTS = 20
_LONGEST_FIELD = 64 * 1024
_LONGEST_LENGTH = 18
_PATIENCE = 30.0


class Incoming:
    """A request as it comes in; of a header that comes twice the first counts."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.raw_headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(self.raw_headers)}
        client = scope.get("client")
        self.peer: str = client[0] if client else "local"
        self._receive = receive

    def every(self, header: bytes) -> str:
        """Give all values of a header that may come more than once."""
        return ", ".join(value.decode("latin-1") for name, value in self.raw_headers if name == header)

    async def piece(self) -> tuple[bytes, bool]:
        """Give the next piece of the body, and whether there is more.

        Raises:
            ClientDisconnect: The sender is gone.
        """
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        return message.get("body", b""), message.get("more_body", False)


class BodyTooLarge(Refusal):
    """The body is larger than the route takes."""

    status, code = 413, "41300"
    text = Text(zh="请求内容过大。", en="The request's body is too large.")


class WrongMediaType(Refusal):
    """The body has a type or an encoding that the route does not take."""

    status, code = 415, "41500"
    text = Text(zh="不支持的内容类型或编码。", en="This media type or encoding is not supported.")


class RouteNotFound(Refusal):
    """There is no such route."""

    status, code = 404, "40400"
    text = Text(zh="没有这个接口。", en="There is no such route.")


class MethodNotAllowed(Refusal):
    """The route does not take this method."""

    status, code = 405, "40500"
    text = Text(zh="这个接口不支持该方法。", en="The route does not take this method.")


class Upload(Mapping[str, Any]):
    """A multipart body: texts by name, files as bytes."""

    def __init__(self, parts: dict[str, str | bytes]) -> None:
        self._parts = parts

    def __getitem__(self, name: str) -> str | bytes:
        return self._parts[name]

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of names
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def file(self, name: str = "file") -> bytes:
        """Give a file.

        Raises:
            InvalidInput: There is none of that name.
        """
        found = self._parts.get(name)
        if not isinstance(found, bytes):
            raise InvalidInput([FieldError(name, "required", "40004")])
        return found

    def texts(self) -> dict[str, str]:
        """Give the members that are no files."""
        return {name: part for name, part in self._parts.items() if isinstance(part, str)}


class RawBody(bytes):
    """The body as it came, for readers of their own; its members of ours are read all the same."""


def request_id(header: str | None, entropy: Entropy) -> str:
    """Take the sender's request id where it has the right form, else make one."""
    return header if header is not None and _ID.fullmatch(header) else str(entropy.uuid())


def query_of(request: Incoming) -> list[tuple[str, str]]:
    """Read the query string's members, those without a value included.

    Raises:
        InvalidInput: It is not text.
    """
    raw = request.query
    if not raw:
        return []
    try:
        members = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except (UnicodeDecodeError, ValueError):
        raise InvalidInput([FieldError("query", "format")]) from None
    unreadable = [FieldError(name.replace("\0", ""), "format") for name, text in members if "\0" in name + text]
    if unreadable:
        raise InvalidInput(unreadable)
    return members


def hold_declared(request: Incoming, largest: int) -> None:
    """Refuse a body that says itself that it is too large, before anything else is done.

    Raises:
        BodyTooLarge: It does.
    """
    declared = request.headers.get("content-length", "") if largest else ""
    if declared.isdecimal() and (len(declared) > _LONGEST_LENGTH or int(declared) > largest):
        raise BodyTooLarge


async def body_of(request: Incoming, largest: int) -> bytes:
    """Read the body, cut off where it grows too large or takes too long to come.

    Raises:
        BodyTooLarge: It is too large.
        DeadlinePassed: It takes too long.
        WrongMediaType: It is compressed.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongMediaType
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _whole(request, largest)
    except TimeoutError:
        raise DeadlinePassed from None


async def _whole(request: Incoming, largest: int) -> bytes:
    pieces, size, more = [], 0, True
    while more:
        piece, more = await request.piece()
        size += len(piece)
        if size > largest:
            raise BodyTooLarge
        pieces.append(piece)
    return b"".join(pieces)


def json_expected(request: Incoming) -> None:
    """Hold the body to be JSON.

    Raises:
        WrongMediaType: It says that it is something else.
    """
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != _JSON or charset not in {"", "charset=utf-8"}:
        raise WrongMediaType


async def upload_of(request: Incoming, body: bytes) -> Upload:
    """Read a multipart body.

    Raises:
        WrongMediaType: It is none.
        InvalidInput: It cannot be read.
    """
    from starlette.datastructures import Headers
    from starlette.formparsers import MultiPartException, MultiPartParser

    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MULTIPART:
        raise WrongMediaType

    async def whole() -> Any:  # noqa: ANN401 - an asynchronous generator of bytes
        yield body

    parser = MultiPartParser(Headers(raw=request.raw_headers), whole(), max_files=1, max_fields=_MOST_PARTS, max_part_size=_LONGEST_FIELD)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise InvalidInput([FieldError("", "format", "40005")]) from None
    try:
        parts = {name: part if isinstance(part, str) else await part.read() for name, part in form.multi_items()}
    finally:
        await form.close()
    unreadable = [FieldError(name, "format") for name, part in parts.items() if isinstance(part, str) and "\0" in part]
    if unreadable:
        raise InvalidInput(unreadable)
    return Upload(parts)
