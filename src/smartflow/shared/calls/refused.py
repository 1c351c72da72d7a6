"""A refusal on its way between processes: packed there, and here again the very class that was raised."""

import sys
from typing import Any

import msgspec
from msgspec import Struct

from smartflow.shared.kernel.codec import pack, unpack
from smartflow.shared.kernel.refusal import FieldErrors, InvalidInput, Refusal, every_refusal


class CallError(Exception):
    """A call came to no answer: the other side failed, or spoke in a way that is not understood here."""


class Refused(Struct, frozen=True):
    """What a refusal is made of. `details` stay packed until it is clear what they are: `kind` names their class."""

    code: str
    status: int
    details: msgspec.Raw
    facts: dict[str, str | int] = {}
    retry_after: int | None = None
    kind: str = ""


def to_bytes(refusal: Refusal) -> bytes:
    """Pack a refusal."""
    details = msgspec.Raw(pack(refusal.details))
    kind = type(refusal.details)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return pack(Refused(refusal.code, refusal.status, details, dict(refusal.facts), refusal.retry_after, name))


def from_bytes(packed: bytes) -> Refusal:
    """Build a refusal again; its details are of their own class if it is known here, else plain values.

    Raises:
        CallError: No such refusal is known here.
    """
    refused = unpack(packed, Refused)
    kind = next((each for each in every_refusal() if each.code == refused.code and each.status == refused.status), None)
    if kind is None:
        message = f"a refusal with the code {refused.code} is not known here"
        raise CallError(message)
    if issubclass(kind, InvalidInput):
        return kind(msgspec.msgpack.decode(refused.details, type=FieldErrors).errors)
    details: Any = msgspec.msgpack.decode(refused.details, type=getattr(kind, "details_type", None) or _details_type(refused.kind))
    rebuilt = kind.__new__(kind)
    # The class's own constructor may want what only its raiser had; the base's parts are all there is to a refusal.
    Refusal.__init__(rebuilt, details, retry_after=refused.retry_after, **refused.facts)
    return rebuilt


def _details_type(name: str) -> Any:  # noqa: ANN401 - a type, or that it may be anything
    """Find the class of details by its name: one refusal may carry details of several classes."""
    module, _, word = name.rpartition(".")
    found = getattr(sys.modules.get(module), word, None)
    return found if isinstance(found, type) and issubclass(found, Struct) else Any
