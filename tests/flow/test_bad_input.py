"""Bad input to every route that takes a body: a refusal that names every field and rule, nothing changed, nothing told.

The requests are made from what routes say of themselves, so that a new route is tried as soon as it is there.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from smartflow.gateway.route import LOOSE, OPEN, Route
from tests.flow.test_isolation import asked, path_of, rows_of
from tests.kit.app import App, Somebody
from tests.kit.belongings import Request, everything
from tests.kit.people import PASSWORD, Answer

SECRET = "never-to-be-told"
WRONG_OBJECT, WRONG_TEXT = {SECRET: SECRET}, SECRET
Schema = Mapping[str, Any]


def taking(app: App) -> list[Route]:
    """List the routes that take a body."""
    return [route for route in app.product.gateway.routes.all if route.body is not None]


async def test_members_of_the_wrong_type_missing_or_too_long_are_named_and_nothing_changes(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    before = await rows_of(app, ming)
    found: list[str] = []
    tried = 0

    with caplog.at_level(logging.INFO):
        for route in taking(app):
            request = good(route, my, ming)
            for body, wanted in spoilt(route, request.body):
                answer = await sent(ming, route, request, json=body)
                found += judged(route, answer, wanted)
                tried += 1

    assert found == []
    assert tried > 150
    assert await rows_of(app, ming) == before
    assert SECRET not in " ".join(str(record.msg) for record in caplog.records if record.name.startswith("smartflow"))


@pytest.mark.parametrize(
    ("content", "headers", "refused"),
    [
        (b"", {}, {(400, "40005")}),
        (b"{", {}, {(400, "40005")}),
        (b"null", {}, {(400, "40005")}),
        (b'"never-to-be-told"', {}, {(400, "40005")}),
        (b'{"a":' * 80 + b"1" + b"}" * 80, {}, {(400, "40005")}),
        (b"[" * 100_000, {}, {(400, "40005")}),
        (b"\xff\xfe\x00", {}, {(400, "40005")}),
        (b"{}", {"Content-Type": "text/plain"}, {(415, "41500")}),
        (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, {(415, "41500")}),
        (b"{}", {"Content-Encoding": "gzip"}, {(415, "41500")}),
        (b" " * (5 * 1024 * 1024 + 1), {}, {(413, "41300")}),
    ],
)
async def test_bodies_that_are_none_are_refused_by_every_route(
    app: App, content: bytes, headers: dict[str, str], refused: set[tuple[int, str]]
) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    before = await rows_of(app, ming)

    for route in taking(app):
        if not content and route.opt & LOOSE:
            continue
        request = good(route, my, ming)
        answer = await sent(ming, route, request, content=content, headers={"Content-Type": "application/json", **headers})
        assert (answer.status, answer.code) in refused, f"{route.method} {route.path}: {answer.body}"
    assert await rows_of(app, ming) == before


async def test_queries_of_the_wrong_kind_are_refused_by_every_route_and_each_member_named(app: App) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    found: list[str] = []

    for route in app.product.gateway.routes.all:
        if route.query is None or route.opt & OPEN:
            continue
        schema = resolved(route.query.schema, route.query.schema)
        numbers = [name for name, member in schema["properties"].items() if is_number(member, route.query.schema)]
        request = next(request for request in asked(route, my))
        answer = await ming.ask(route.method, path_of(route, request), params=dict.fromkeys(numbers, SECRET), json=request.body)
        if numbers:
            found += judged(route, answer, set(numbers))

    assert found == []


def good(route: Route, my: Any, ming: Somebody) -> Request:
    """Make a request that is well formed; the routes without a token are asked for an account."""
    if route.opt & OPEN:
        return Request(body={"username": f"{ming.name}-again", "password": PASSWORD, "refresh_token": SECRET})
    return next(request for request in asked(route, my) if request.body is not None or route.opt & LOOSE)


async def sent(somebody: Somebody, route: Route, request: Request, **rest: Any) -> Answer:
    """Send a request with another body."""
    query = {name: value for name, value in request.rest().get("params", {}).items() if not route.opt & LOOSE}
    return await somebody.ask(route.method, path_of(route, request), params=query, **rest)


def spoilt(route: Route, body: Any) -> Iterator[tuple[Any, set[str]]]:
    """Give bodies with one member spoilt, and with all of them, each with the fields that a refusal has to name."""
    assert route.body is not None
    root = route.body.schema
    schema = resolved(root, root)
    if schema.get("type") != "object":
        yield WRONG_OBJECT, set()
        return
    body = body if isinstance(body, dict) else {}
    wrong = {name: wrong_for(member, root) for name, member in schema["properties"].items()}
    yield {**body, **wrong}, set(wrong)
    for name, member in schema["properties"].items():
        yield {**body, name: wrong[name]}, {name}
        longest = limit(member, root)
        if longest is not None:
            yield {**body, name: "长" * (longest + 1)}, {name}
            yield {**body, name: f"{SECRET}\u0000"[-longest:]}, {name}
    for name in schema.get("required", ()):
        yield {other: value for other, value in body.items() if other != name}, {name}


def judged(route: Route, answer: Answer, wanted: set[str]) -> Iterator[str]:
    """Say what is wrong with a refusal."""
    where = f"{route.method} {route.path} {sorted(wanted)}: {answer.status} {answer.body}"
    if answer.status not in {400, 422}:
        yield where
        return
    errors = answer.data["errors"] if answer.data else []
    named = {error["field"].partition(".")[0].partition("[")[0] for error in errors}
    if not wanted <= named and len(errors) < 20:
        yield f"{where} does not name {wanted - named}"
    if any(not error["rule"] or not error["message"] for error in errors):
        yield f"{where} names no rule"
    if SECRET in str(answer.body):
        yield f"{where} repeats what it was sent"


def wrong_for(member: Schema, root: Schema) -> Any:
    """Give a value of a type that a member does not take."""
    kinds = {branch.get("type", "object" if "properties" in branch else None) for branch in branches(member, root)}
    return WRONG_TEXT if kinds & {"object", "array"} else WRONG_OBJECT


def limit(member: Schema, root: Schema) -> int | None:
    """Give the greatest length of a text, if that is what a member is."""
    return next(
        (branch["maxLength"] for branch in branches(member, root) if branch.get("type") == "string" and "maxLength" in branch), None
    )


def is_number(member: Schema, root: Schema) -> bool:
    """Whether a member is a number, or several."""
    return any({"integer", "number"} & {branch.get("type"), branch.get("items", {}).get("type")} for branch in branches(member, root))


def branches(member: Schema, root: Schema) -> list[Schema]:
    """Give what a member may be."""
    return [resolved(branch, root) for branch in member.get("anyOf", [member])]


def resolved(schema: Schema, root: Schema) -> Schema:
    """Follow a reference."""
    return root["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
