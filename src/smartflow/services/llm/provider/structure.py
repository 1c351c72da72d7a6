"""Answers that are objects: how they are asked for, and whether they are what was asked for."""

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from smartflow.shared.kernel.codec import to_json

if TYPE_CHECKING:
    from jsonschema_rs import Validator

Way: TypeAlias = Literal["json_schema", "json_object", "prompted"]
WAYS: tuple[Way, ...] = ("json_schema", "json_object", "prompted")
_ASKED = "Answer with one JSON object and nothing else: no words before or after it, no code fence. It is valid by this JSON schema:\n"
_WRONG = "That was not what was asked for ({where}). Answer again, with the one JSON object that is valid by the schema and nothing else."
_SHOWN = 10


def response_format(way: Way, schema: dict[str, Any]) -> dict[str, Any] | None:
    """Ask for an object by the wire's own means, as far as they go."""
    if way == "json_schema":
        return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    return {"type": "json_object"} if way == "json_object" else None


def in_words(way: Way, schema: dict[str, Any]) -> str:
    """Ask for an object in words, where the wire's means do not carry the schema."""
    return "" if way == "json_schema" else _ASKED + to_json(schema).decode()


def complaint(where: tuple[str, ...]) -> str:
    """Ask once more for what was not valid."""
    return _WRONG.format(where="; ".join(where))


def flaws(value: dict[str, Any] | None, schema: dict[str, Any]) -> tuple[str, ...]:
    """Say what is wrong with an object, by paths and rules and without its own words; nothing: it is valid."""
    if value is None:
        return ("no JSON object",)
    found = islice(_validator(to_json(schema)).iter_errors(value), _SHOWN)
    return tuple(f"{'.'.join(map(str, error.instance_path)) or 'object'}: {error.kind.name}" for error in found)


@lru_cache(maxsize=64)
def _validator(schema: bytes) -> "Validator":
    # Not at the top: only what asks for objects needs it.
    from jsonschema_rs import validator_for

    return validator_for(schema.decode())
