"""The API's description (OpenAPI 3.1), made from the route table: nothing is said twice."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from smartflow.client.token import BadClaims, SessionEnded, TokenInvalid, TokenMissing, UnknownKey, WrongToken
from smartflow.gateway.envelope import SHOWN_ERRORS, Paging
from smartflow.gateway.intent import KeyMissing
from smartflow.gateway.limits import TooMany
from smartflow.gateway.request import BodyTooLarge, WrongMediaType
from smartflow.gateway.route import LOOSE, OPEN, Route
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.kernel.refusal import DeadlinePassed, InvalidInput, KeyReused, Refusal, StillRunning, Unavailable

_REF = "#/components/schemas/{name}"
_TOKEN = (TokenMissing, UnknownKey, TokenInvalid, BadClaims, WrongToken, SessionEnded, AccountGone)
_COMMON = (InvalidInput, TooMany, Unavailable, DeadlinePassed)
_INPUT_CODES = {"40004": "required", "40006": "length", "42201": "min"}
_REQUEST_ID = {"type": "string", "examples": ["0198c0de-0000-7000-8000-000000000000"]}


def describe(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """Write the document."""
    kinds = [kind for route in routes for kind in _kinds(route)]
    schemas, components = msgspec.json.schema_components([*kinds, Paging], ref_template=_REF)
    found = dict(zip(map(_key, kinds), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in routes:
        paths[route.path][route.method.lower()] = _operation(route, found)
    return {
        "openapi": "3.1.0",
        "info": {"title": "SmartFlow", "version": version, "description": "Plans a dense life. Every answer is an envelope."},
        "paths": dict(paths),
        "components": {
            "schemas": components | {"Refusal": _refusal_schema()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "tags": [{"name": noun} for noun in dict.fromkeys(route.noun for route in routes)],
    }


def refusals_of(route: Route) -> tuple[type[Refusal], ...]:
    """List everything that a route can refuse with."""
    found: list[type[Refusal]] = [*route.refuses, *_COMMON]
    if not route.opt & OPEN:
        found += _TOKEN
    if route.body is not None or route.uploads:
        found += [BodyTooLarge, WrongMediaType]
    if route.keyable:
        found += [KeyMissing, KeyReused, StillRunning]
    return tuple(dict.fromkeys(found))


def _kinds(route: Route) -> list[Any]:
    shapes = [shape.kind for shape in (route.body, route.query) if shape is not None]
    parts = [route.wants[name] for name in route.parameters]
    return [*shapes, *parts, *route.data_types]


def _key(kind: object) -> str:
    return str(kind)


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    text = (route.handler.__doc__ or route.name).strip().splitlines()[0]
    operation: dict[str, Any] = {"operationId": route.name, "tags": [route.noun], "summary": text}
    parameters = _parameters(route, schemas)
    if parameters:
        operation["parameters"] = parameters
    if route.uploads:
        operation["requestBody"] = _upload()
    elif route.body is not None:
        schema = schemas[_key(route.body.kind)]
        required = not route.opt & LOOSE
        operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    if not route.opt & OPEN:
        operation["security"] = [{"token": []}]
    operation["responses"] = _answers(route, schemas)
    return operation


def _parameters(route: Route, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": schemas[_key(route.wants[name])]} for name in route.parameters
    ]
    for shape in filter(None, (route.query, route.body if route.opt & LOOSE else None)):
        schema = msgspec.json.schema(shape.kind)
        kind = schema["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        needed = set() if route.opt & LOOSE else set(kind.get("required", ()))
        for name, member in kind["properties"].items():
            found.append({"name": name, "in": "query", "required": name in needed, "schema": _plain_member(member), "explode": False})
    if route.keyable:
        key = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$", "examples": ["a-new-one-with-each-intent"]}
        found.append({"name": "X-Idempotency-Key", "in": "header", "required": route.keyed, "schema": key})
    return found


def _plain_member(member: dict[str, Any]) -> dict[str, Any]:
    """A query string knows no null: the member is absent instead."""
    branches = [branch for branch in member.get("anyOf", ()) if branch.get("type") != "null"]
    rest = {name: value for name, value in member.items() if name not in {"anyOf", "default"} or (name == "default" and value is not None)}
    return rest | branches[0] if len(branches) == 1 else member


def _upload() -> dict[str, Any]:
    members = {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}
    schema = {"type": "object", "required": ["file"], "properties": members}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _answers(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": _success(route, schemas)}
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for refusal in refusals_of(route):
        by_status[refusal.status].append(refusal)
    if route.body is not None or route.query is not None or route.uploads:
        by_status[400] += []
    for status, refusals in sorted(by_status.items()):
        answers[str(status)] = _refused(status, refusals)
    answers["500"] = {"description": "`500` Something went wrong inside.", "content": _refusal_content({})}
    return answers


def _success(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    if not route.data_types:
        return {"description": "As it is, without an envelope.", "content": {route.media: {}}}
    forms = [schemas[_key(kind)] for kind in route.data_types]
    members = {
        "status": {"type": "string", "examples": ["10000"]},
        "info": {"type": "string"},
        "request_id": _REQUEST_ID,
        "data": forms[0] if len(forms) == 1 else {"anyOf": forms},
        "paging": {"$ref": _REF.format(name="Paging")},
        "plan": {},
    }
    schema = {"type": "object", "required": ["status", "info", "request_id", "data"], "properties": members}
    return {"description": "Committed.", "content": {"application/json": {"schema": schema}}}


def _refused(status: int, refusals: Sequence[type[Refusal]]) -> dict[str, Any]:
    lines = [f"`{refusal.code}` {refusal.text.en}" for refusal in refusals]
    if status == 400:  # noqa: PLR2004 - the status itself
        lines.append("`40005` Not JSON, or nothing wrong but types.")
    if InvalidInput in refusals:
        lines += [f"`{code}` Rules are broken; `data.errors` names each." for code in _INPUT_CODES if code != InvalidInput.code]
    examples = {refusal.code: {"value": _example(refusal.code, refusal.text.en)} for refusal in refusals}
    if status == 400:  # noqa: PLR2004 - the status itself
        examples["40005"] = {"value": _example("40005", InvalidInput.text.en, {"field": "", "rule": "format"})}
    if InvalidInput in refusals:
        examples |= {
            code: {"value": _example(code, InvalidInput.text.en, {"field": "items[2].order", "rule": rule})}
            for code, rule in _INPUT_CODES.items()
        }
    return {"description": "\n".join(lines), "content": _refusal_content(examples)}


def _example(code: str, info: str, error: dict[str, str] | None = None) -> dict[str, Any]:
    envelope: dict[str, Any] = {"status": code, "info": info, "request_id": _REQUEST_ID["examples"][0]}
    return envelope if error is None else envelope | {"data": {"errors": [error | {"message": "..."}]}}


def _refusal_content(examples: dict[str, Any]) -> dict[str, Any]:
    schema = {"schema": {"$ref": _REF.format(name="Refusal")}}
    return {"application/json": schema | ({"examples": examples} if examples else {})}


def _refusal_schema() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("field", "rule", "message")}
    error = {"type": "object", "required": list(texts), "properties": texts}
    errors = {"type": "array", "maxItems": SHOWN_ERRORS, "items": error, "description": "Every broken rule of the input."}
    data = {"description": "What the refusal has to say; of broken input the errors.", "properties": {"errors": errors}}
    members = {"status": {"type": "string"}, "info": {"type": "string"}, "request_id": _REQUEST_ID, "data": data}
    return {"title": "Refusal", "type": "object", "required": ["status", "info", "request_id"], "properties": members}
