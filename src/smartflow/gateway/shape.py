"""Reads inputs strictly, and names every rule that one breaks.

The fast path is msgspec, which stops at the first error. Only when it refuses is the plain value held against the JSON
schema of the same type, which finds them all. Rules between members, which no schema says, a form names itself:

    class Stay(Struct, frozen=True):
        arrival: date
        departure: date

        @staticmethod
        def check(said: Said) -> Iterator[FieldError]:      # the members as they came, without those that are broken
            if {"arrival", "departure"} <= said.keys() and said["arrival"] > said["departure"]:
                yield FieldError("departure", "order")
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from smartflow.gateway.broken import Rules, Said, alone, beyond, sound, unreadable
from smartflow.gateway.envelope import MALFORMED
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

T = TypeVar("T")
DEEPEST = 64
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Shape(Generic[T]):
    """One type of input."""

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind
        self._check: Callable[[Said], Iterable[FieldError]] = getattr(kind, "check", _nothing)

    def of_json(self, body: bytes, *, trim: bool = True) -> T:
        """Read a JSON body; texts are trimmed before their length counts.

        Raises:
            InvalidInput: It is no JSON, or breaks rules.
        """
        return self.of_plain(parse(body), trim=trim)

    def of_plain(self, value: Any, *, trim: bool = True) -> T:  # noqa: ANN401 - JSON
        """Read a value that came as JSON.

        Raises:
            InvalidInput: It breaks rules.
        """
        wanted = trimmed(value) if trim else value
        try:
            read = msgspec.convert(wanted, self.kind)
        except msgspec.ValidationError as error:
            raise InvalidInput(self._broken(wanted) or [alone(error)]) from None
        errors = [*(beyond(read) if self._has_times else ()), *self._check(wanted)]
        if errors:
            raise InvalidInput(errors)
        return read

    def of_query(self, query: Mapping[str, str]) -> T:
        """Read a query string's members, whose numbers and lists come as texts.

        Raises:
            InvalidInput: It breaks rules.
        """
        return self.of_plain(self.loose(query))

    def loose(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Turn a query string's texts into what its members should be; unknown members are ignored."""
        members = self._members
        return {name: _from_text(text.strip(), members[name]) for name, text in query.items() if name in members}

    def _broken(self, value: Any) -> list[FieldError]:  # noqa: ANN401 - JSON
        """Name what breaks the schema, and of the rest what breaks the form's own rules."""
        found = self._rules.broken(value)
        named = {error.field for error in found}
        if not found or "" in named:
            return found
        return [*found, *(error for error in self._check(sound(value, named)) if error.field not in named)]

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the type."""
        return msgspec.json.schema(self.kind)

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self.schema)

    @cached_property
    def _has_times(self) -> bool:
        return "'format': 'date" in str(self.schema)

    @cached_property
    def _members(self) -> dict[str, Any]:
        name = self.schema["$ref"].rsplit("/", 1)[1]
        members: dict[str, Any] = self.schema["$defs"][name]["properties"]
        return members


def _nothing(said: Said) -> Iterable[FieldError]:
    del said
    return ()


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read JSON.

    Raises:
        InvalidInput: It is none, or nested too deeply, or has texts with half a surrogate pair or a NUL character.
    """
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidInput([FieldError("", "format", MALFORMED)]) from None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _deep(value):
        raise InvalidInput([FieldError("", "format", MALFORMED)])
    errors = list(unreadable(value)) if rb"\u0000" in body else ()
    if errors:
        raise InvalidInput(errors)
    return value


def trimmed(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Trim every text in a JSON value."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [trimmed(each) for each in value]
    if isinstance(value, dict):
        return {name: trimmed(each) for name, each in value.items()}
    return value


def _deep(value: object) -> bool:
    """Tell whether a JSON value is nested too deeply, looking at it level by level."""
    level: Sequence[object] = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for each in level if isinstance(each, list | dict) for inner in (each.values() if isinstance(each, dict) else each)]
        if not level:
            return False
    return any(isinstance(each, list | dict) for each in level)


def _from_text(text: str, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    branches: Sequence[Mapping[str, Any]] = schema.get("anyOf") or [schema]
    kinds = {branch.get("type") for branch in branches}
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in kinds:
        return _TRUTHS.get(text.lower(), text)
    if "array" in kinds:
        items: Mapping[str, Any] = next((branch["items"] for branch in branches if "items" in branch), {})
        return [_from_text(part.strip(), items) for part in text.split(",") if part.strip()]
    return text
