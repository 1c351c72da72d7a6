"""How values become bytes: JSON where people look, msgpack between processes."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_json(value: object) -> bytes:
    """Encode a value as JSON."""
    return msgspec.json.encode(value)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Decode JSON strictly into a type.

    Raises:
        msgspec.ValidationError: The value has another shape.
    """
    return msgspec.json.decode(data, type=kind)


def pack(value: object) -> bytes:
    """Encode a value as msgpack."""
    return msgspec.msgpack.encode(value)


def unpack(data: bytes, kind: type[T]) -> T:
    """Decode msgpack strictly into a type.

    Raises:
        msgspec.ValidationError: The value has another shape.
    """
    return msgspec.msgpack.decode(data, type=kind)


def plain(value: object) -> Any:  # noqa: ANN401 - JSON has no better type
    """Reduce a value to dicts, lists and scalars."""
    return msgspec.to_builtins(value)
