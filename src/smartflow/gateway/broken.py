"""From what a schema says against a value to the rules that its sender broke."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import Struct, UnsetType

from smartflow.gateway.envelope import MALFORMED
from smartflow.shared.calendar.zones import known_zone
from smartflow.shared.kernel.refusal import FieldError

MISSING, TOO_LONG, BROKEN = "40004", "40006", "42201"
# Beyond these an instant cannot be shown in every zone, or counted on from, in every database.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_RULES = {
    "minimum": ("min", BROKEN),
    "exclusiveMinimum": ("min", BROKEN),
    "maximum": ("max", BROKEN),
    "exclusiveMaximum": ("max", BROKEN),
    "minLength": ("length", BROKEN),
    "maxLength": ("length", TOO_LONG),
    "minItems": ("length", BROKEN),
    "maxItems": ("length", BROKEN),
    "enum": ("enum", BROKEN),
    "const": ("enum", BROKEN),
    "format": ("format", BROKEN),
    "pattern": ("format", BROKEN),
    "required": ("required", MISSING),
    "type": ("type", MALFORMED),
    "uniqueItems": ("unique", BROKEN),
}
_SIZES = {"minLength": "min_length", "maxLength": "max_length", "minItems": "min_items", "maxItems": "max_items"}
_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?")
Said = Mapping[str, Any]
"""An object as it came, before it is a form."""
_OWN_CODE = "x-code"
_TIMELESS = {str, int, float, bool, type(None), UnsetType}


def _known_date(text: str) -> bool:
    """Tell whether a text is a date to msgspec too, which has no year 0."""
    try:
        msgspec.convert(text, date)
    except msgspec.ValidationError:
        return False
    return True


_FORMATS = {"zone": ("enum", known_zone), "date": ("format", _known_date)}
"""Formats of our own, each with the rule that it stands for. Zones msgspec lets pass: whoever takes one judges it alike."""


class Rules:
    """The rules of one JSON schema; a member may name a code of its own for min, max, enum and a text that is too short (`x-code`)."""

    def __init__(self, schema: dict[str, Any]) -> None:
        # Only refusals need it, and it is large.
        import jsonschema_rs

        self._schema = schema
        self._validator = jsonschema_rs.validator_for(
            schema, validate_formats=True, formats={name: known for name, (_, known) in _FORMATS.items()}
        )

    def broken(self, value: object) -> list[FieldError]:
        """Name every rule that a value breaks."""
        found: dict[tuple[str, str, str], FieldError] = {}
        for error in self._leaves(self._validator.iter_errors(value)):
            found.setdefault((error.field, error.rule, error.code), error)
        return list(found.values())

    def _leaves(self, errors: Iterable[Any]) -> Iterator[FieldError]:
        for error in errors:
            if error.kind.name in {"anyOf", "oneOf"}:
                yield from self._of_union(error)
            else:
                yield self._named(error)

    def _of_union(self, error: Any) -> Iterator[FieldError]:  # noqa: ANN401 - the library's error has no public type
        """Judge by the branch that the sender meant: by its tag, else the one that fits best."""
        tag = self._at(error.schema_path[:-1]).get("discriminator")
        branches: list[list[Any]] = [branch for branch in error.kind.context if not _says_not_null(branch)] or error.kind.context
        if tag is None or not isinstance(error.instance, dict):
            closest = min(branches, key=len)
            yield from self._leaves(closest)
            return
        name = tag["propertyName"]
        path = [*error.instance_path, name]
        if name not in error.instance:
            yield FieldError(path_of(path), "required", MISSING)
        elif str(error.instance[name]) not in tag["mapping"]:
            yield FieldError(path_of(path), "enum", BROKEN)
        else:
            meant = [branch for branch in branches if not any(list(leaf.instance_path) == path for leaf in branch)]
            yield from self._leaves((meant or branches)[0])

    def _named(self, error: Any) -> FieldError:  # noqa: ANN401 - as above
        kind = error.kind
        rule, code = _RULES.get(kind.name, ("format", BROKEN))
        path = [*error.instance_path, *([kind.property] if kind.name == "required" else [])]
        if kind.name == "format":
            rule = _rule_of_format(kind.format, error.instance)
        if rule in {"min", "max", "enum"} or kind.name == "minLength":
            code = self._at(error.schema_path[:-1]).get(_OWN_CODE, code)
        limit = getattr(kind, "limit", None)
        return FieldError(path_of(path), rule, code, {} if limit is None else {_SIZES.get(kind.name, "limit"): limit})

    def _at(self, schema_path: Sequence[str | int]) -> Mapping[str, Any]:
        at: Any = self._schema
        for step in schema_path:
            at = at[step]
        return at if isinstance(at, dict) else {}


def alone(error: msgspec.ValidationError) -> FieldError:
    """Name the one rule that the decoder knows of and the schema does not, such as a whole number written 3.0."""
    text = str(error)
    found = re.search(r"`\$\.?(.*)`$", text)
    rule, code = ("type", MALFORMED) if text.startswith("Expected") else ("format", BROKEN)
    return FieldError(found[1] if found else "", rule, code)


def sound(value: Any, broken: Collection[str], at: str = "") -> Any:  # noqa: ANN401 - JSON
    """Leave out of a JSON value what is broken; in a list null takes its place."""
    if isinstance(value, dict):
        paths = {name: f"{at}.{name}" if at else name for name in value}
        return {name: sound(value[name], broken, path) for name, path in paths.items() if path not in broken}
    if isinstance(value, list):
        paths = {index: f"{at}[{index}]" for index in range(len(value))}
        return [None if path in broken else sound(value[index], broken, path) for index, path in paths.items()]
    return value


def entries(said: Said, member: str) -> Iterator[tuple[str, Said]]:
    """Give the sound objects of a list, each with its path."""
    for index, each in enumerate(said.get(member) or ()):
        if isinstance(each, dict):
            yield f"{member}[{index}]", each


def beyond(value: object, at: str = "") -> Iterator[FieldError]:
    """Find dates and times that lie too far away to be worked with."""
    if isinstance(value, datetime):
        yield from _far(at, early=value < EARLIEST, late=value >= LATEST)
    elif isinstance(value, date):
        yield from _far(at, early=value < EARLIEST.date(), late=value >= LATEST.date())
    elif isinstance(value, Struct):
        for name, field in zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True):
            inner = getattr(value, field)
            if type(inner) not in _TIMELESS:
                yield from beyond(inner, f"{at}.{name}" if at else name)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from beyond(each, f"{at}[{index}]")


def unreadable(value: object, at: str = "") -> Iterator[FieldError]:
    """Find texts with a NUL character, which not every database stores."""
    if isinstance(value, str) and "\0" in value:
        yield FieldError(at, "format")
    elif isinstance(value, dict):
        for name, each in value.items():
            inner = f"{at}.{name}" if at else name
            yield from unreadable(each, inner)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from unreadable(each, f"{at}[{index}]")


def path_of(steps: Sequence[str | int]) -> str:
    """Write a path as `items[2].order`."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _rule_of_format(name: str, given: object) -> str:
    if isinstance(given, str) and _NAIVE.fullmatch(given):
        return "offset"
    return _FORMATS[name][0] if name in _FORMATS else "format"


def _far(at: str, *, early: bool, late: bool) -> Iterator[FieldError]:
    if early or late:
        yield FieldError(at, "min" if early else "max")


def _says_not_null(branch: Sequence[Any]) -> bool:
    return len(branch) == 1 and branch[0].kind.name == "type" and "null" in list(branch[0].kind.types)
