"""Requests made from what a route says of itself: required members by their schema, and ids by the names of members."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from smartflow.gateway.route import Route
from tests.kit.belongings import Request

Schema = Mapping[str, Any]
_NOBODYS = "00000000-0000-7000-8000-000000000001"


def requests_of(route: Route, named: Mapping[str, Any]) -> Iterator[Request]:
    """Make one request with every named member, and one with each of those that may be left out alone."""
    parts = {name: named.get(name, _NOBODYS if route.wants[name] is UUID else "1") for name in route.parameters}
    optional = [*_optional(route.query, named), *_optional(route.body, named)] if route.query or route.body else []
    for chosen in ({name: named[name] for name in optional}, *({name: named[name]} for name in optional if len(optional) > 1)):
        yield _request(route, parts, {name: value for name, value in named.items() if name not in optional or name in chosen})


def _request(route: Route, parts: dict[str, Any], named: Mapping[str, Any]) -> Request:
    query = _filled(route.query.schema, route.query.schema, named) if route.query else {}
    body = _filled(route.body.schema, route.body.schema, named) if route.body else None
    files = {"file": ("file.json", b"{}")} if route.uploads else None
    return Request(parts, query, body, files)


def _optional(shape: Any, named: Mapping[str, Any]) -> list[str]:
    if shape is None:
        return []
    schema = _resolved(shape.schema, shape.schema)
    return [name for name in schema.get("properties", {}) if name in named and name not in schema.get("required", ())]


def _filled(schema: Schema, root: Schema, named: Mapping[str, Any]) -> Any:
    """Make a value: members that are required or named, each by its name, its example, or its kind."""
    schema = _resolved(schema, root)
    kind = schema.get("type")
    if kind == "object":
        wanted = [name for name in schema.get("properties", {}) if name in named or name in schema.get("required", ())]
        return {name: named[name] if name in named else _filled(schema["properties"][name], root, named) for name in wanted}
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "array":
        return [_filled(schema.get("items", {}), root, named)]
    if kind == "string":
        return {"date": "2026-10-01", "date-time": "2026-10-01T08:00:00+08:00", "time": "08:00:00"}.get(
            schema.get("format", ""), "x" * schema.get("minLength", 1)
        )
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": False}.get(str(kind))


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema or "anyOf" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema["anyOf"][0]
    return schema
