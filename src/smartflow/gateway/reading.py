"""From a request to what its handler is given: every source is read before anything is refused."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from msgspec import Struct

from smartflow.gateway.request import Incoming, RawBody, Upload, body_of, json_expected, upload_of
from smartflow.gateway.route import Route
from smartflow.gateway.shape import Shape, parse, trimmed
from smartflow.shared.kernel.refusal import FieldError, InvalidInput


class Reading(Struct, frozen=True):
    """A handler's arguments, and the body in the plain form that a fingerprint is made of."""

    arguments: dict[str, Any]
    said: object = None


class Faults:
    """Collects what is wrong in several sources of one request: `with faults:` around the reading of each."""

    def __init__(self) -> None:
        self._errors: list[FieldError] = []

    def __enter__(self) -> None:
        """Read a source."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        """Keep the errors of what was read."""
        if not isinstance(error, InvalidInput):
            return False
        self._errors += error.errors
        return True

    def refuse(self) -> None:
        """Refuse if anything was wrong.

        Raises:
            InvalidInput: Something was.
        """
        if self._errors:
            raise InvalidInput(self._errors)


async def read(request: Incoming, route: Route, query: Sequence[tuple[str, str]], parts: Mapping[str, str]) -> Reading:
    """Read everything that a route wants of a request.

    Raises:
        Refusal: It is too large, of another kind, or breaks rules: then all of them are named.
    """
    body = await body_of(request, route.largest) if route.largest else b""
    arguments: dict[str, Any] = {}
    said: object = None
    upload: Upload | None = None
    if route.uploads:
        upload = await upload_of(request, body)
        said = {name: sha256(part).hexdigest() if isinstance(part, bytes) else part for name, part in upload.items()}
    faults, members = Faults(), dict(query)
    shape = route.body
    if shape is not None and not route.uploads:
        value, said = _said(request, route, body, members)
        with faults:
            arguments["data"] = _judged(shape, value, shape.loose(members) if route.loose else {})
    if route.query is not None:
        with faults:
            arguments["query"] = route.query.of_query(members)
    if parts:
        with faults:
            arguments |= route.from_path(dict(parts))
    faults.refuse()
    for name, kind in route.wants.items():
        if kind is Upload:
            arguments[name] = upload
        elif kind is RawBody:
            arguments[name] = RawBody(body)
    return Reading(arguments, said)


def _judged(shape: Shape[Any], value: Any, loose: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON, and whatever the form is
    """Read a body's value; what the query says is judged too, even where the body has the last word."""
    read = shape.of_plain(value, trim=False)
    if loose and isinstance(value, dict):
        shape.of_plain({**value, **loose})
    return read


def _said(request: Incoming, route: Route, body: bytes, members: dict[str, str]) -> tuple[Any, object]:
    """Give a body's value, and what of it belongs to the fingerprint: the query has a place of its own there."""
    shape: Shape[Any] | None = route.body
    loose = shape.loose(members) if shape is not None and route.loose else {}
    if not body and route.loose:
        return trimmed(loose), None
    json_expected(request)
    value = parse(body)
    value = value if route.raw else trimmed(value)
    return (trimmed(loose) | value if loose and isinstance(value, dict) else value), value
