"""Reads inputs strictly, and names every rule that one breaks.

The fast path is msgspec, which stops at the first error. Only when it refuses is the plain value held against the JSON
schema of the same type, which finds them all.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from smartflow.gateway.envelope import MALFORMED
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

T = TypeVar("T")
MISSING, TOO_LONG = "40004", "40006"
DEEPEST = 64
Trim = Callable[[Any], Any]
_RULES = {
    "minimum": ("min", "42201"),
    "exclusiveMinimum": ("min", "42201"),
    "maximum": ("max", "42201"),
    "exclusiveMaximum": ("max", "42201"),
    "minLength": ("length", "42201"),
    "maxLength": ("length", TOO_LONG),
    "minItems": ("length", "42201"),
    "maxItems": ("length", "42201"),
    "enum": ("enum", "42201"),
    "const": ("enum", "42201"),
    "format": ("format", "42201"),
    "pattern": ("format", "42201"),
    "required": ("required", MISSING),
    "type": ("type", MALFORMED),
    "uniqueItems": ("unique", "42201"),
}
_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?")
_TEXT_OF_CODE = "x-code"


class Shape(Generic[T]):
    """One type of input."""

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind
        self._schema: dict[str, Any] | None = None
        self._validator: Any = None

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
            return msgspec.convert(wanted, self.kind)
        except msgspec.ValidationError as error:
            raise InvalidInput(self._errors(wanted, error)) from None

    def of_query(self, query: Mapping[str, str]) -> T:
        """Read a query string's members, whose numbers and lists come as texts.

        Raises:
            InvalidInput: It breaks rules.
        """
        return self.of_plain(self.loose(query))

    def loose(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Turn a query string's texts into what its members should be; unknown members are ignored."""
        members = self._object(self.kind)
        return {name: _from_text(text, members[name]) for name, text in query.items() if name in members}

    def _errors(self, value: object, first: msgspec.ValidationError) -> list[FieldError]:
        found = list(_leaves(self._validate(value)))
        errors = list(dict.fromkeys(self._error(each) for each in found))
        # A whole number written 3.0 passes the schema, and msgspec refuses it.
        return [FieldError(*each) for each in errors] or [_only(first)]

    def _error(self, error: Any) -> tuple[str, str, str]:  # noqa: ANN401 - the library's error has no public type
        kind = error.kind
        rule, code = _RULES.get(kind.name, ("format", "42201"))
        path = [*error.instance_path, *([kind.property] if kind.name == "required" else [])]
        if kind.name == "format" and isinstance(error.instance, str) and _NAIVE.fullmatch(error.instance):
            rule = "offset"
        if rule in {"min", "max", "enum"}:
            code = self._own_code(error.schema_path) or code
        return _path(path), rule, code

    def _own_code(self, schema_path: Sequence[str | int]) -> str | None:
        """Find the code that a member declares for itself."""
        at: Any = self._schema
        for step in schema_path[:-1]:
            at = at[step]
        code: str | None = at.get(_TEXT_OF_CODE) if isinstance(at, dict) else None
        return code

    def _validate(self, value: object) -> Iterator[Any]:
        import jsonschema_rs

        if self._validator is None:
            self._schema = msgspec.json.schema(self.kind)
            self._validator = jsonschema_rs.validator_for(self._schema, validate_formats=True)
        errors: Iterator[Any] = self._validator.iter_errors(value)
        return errors

    def _object(self, kind: object) -> dict[str, Any]:
        if self._schema is None:
            self._schema = msgspec.json.schema(kind)
        name = self._schema["$ref"].rsplit("/", 1)[1]
        members: dict[str, Any] = self._schema["$defs"][name]["properties"]
        return members


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read JSON.

    Raises:
        InvalidInput: It is none, or nested too deeply, or holds half a surrogate pair.
    """
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidInput([FieldError("", "format", MALFORMED)]) from None
    if _depth(body) > DEEPEST:
        raise InvalidInput([FieldError("", "format", MALFORMED)])
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


def _depth(body: bytes) -> int:
    """Bound the nesting by counting brackets; those inside texts only make the bound larger."""
    depth = deepest = 0
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return 0
    inside = False
    for before, byte in zip(b" " + body[:-1], body, strict=True):
        if byte == _QUOTE and before != _ESCAPE:
            inside = not inside
        elif not inside and byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif not inside and byte in b"]}":
            depth -= 1
    return deepest


_QUOTE, _ESCAPE = ord('"'), ord("\\")


def _leaves(errors: Iterator[Any]) -> Iterator[Any]:
    """Look into unions: the branch that only says "not null" is not what the sender meant."""
    for error in errors:
        if error.kind.name not in {"anyOf", "oneOf"}:
            yield error
            continue
        branches = [branch for branch in error.kind.context if not _says_not_null(branch)] or error.kind.context[:1]
        yield from _leaves(iter(branches[0]))


def _says_not_null(branch: Sequence[Any]) -> bool:
    return len(branch) == 1 and branch[0].kind.name == "type" and "null" in list(branch[0].kind.types)


def _path(steps: Sequence[str | int]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _only(error: msgspec.ValidationError) -> FieldError:
    found = re.search(r"`\$\.?(.*)`$", str(error))
    return FieldError(found[1] if found else "", "type", MALFORMED)


def _from_text(text: str, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    kinds = _kinds(schema)
    if "integer" in kinds and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if "boolean" in kinds and text.lower() in {"true", "false", "1", "0"}:
        return text.lower() in {"true", "1"}
    if "array" in kinds:
        items: Mapping[str, Any] = next((each["items"] for each in (schema, *schema.get("anyOf", ())) if "items" in each), {})
        return [_from_text(part.strip(), items) for part in text.split(",") if part.strip()]
    return text


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    branches: Sequence[Mapping[str, Any]] = schema.get("anyOf") or [schema]
    return {str(branch.get("type")) for branch in branches}


class Nothing(Struct, frozen=True):
    """An input without members."""
