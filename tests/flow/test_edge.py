"""What holds for every route: envelope, bounds, media types, limits, pages, description."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from smartflow.gateway.settings import GatewaySettings, LimitsSettings
from smartflow.shared.kernel.refusal import every_refusal
from tests.kit.app import App, running
from tests.kit.people import PASSWORD, Answer, Door


async def test_every_answer_has_an_id_and_an_envelope(app: App) -> None:
    anybody = Door(app.http)

    named = await anybody.ask("GET", "/nowhere", headers={"X-Request-ID": "my-own-id"})
    made = await anybody.ask("GET", "/nowhere", headers={"X-Request-ID": "not one word"})

    assert named.body == {"status": "40400", "info": "There is no such route.", "request_id": "my-own-id"}
    assert named.headers["x-request-id"] == "my-own-id"
    assert made.body["request_id"] != "not one word"
    assert named.headers["cache-control"] == "no-store"


async def test_the_language_is_the_one_asked_for(app: App) -> None:
    anybody = Door(app.http)

    async def info(header: str) -> str:
        return str((await anybody.ask("GET", "/nowhere", headers={"Accept-Language": header})).body["info"])

    assert await info("zh-TW, en;q=0.5") == "没有这个接口。"
    assert await info("en;q=0.2, zh;q=0.1") == "There is no such route."
    assert await info("fr, zh;q=oops") == "There is no such route."


async def test_a_method_that_a_route_does_not_take_is_refused(app: App) -> None:
    answer = await Door(app.http).ask("PUT", "/task/get")

    assert (answer.status, answer.code, answer.headers["allow"]) == (405, "40500", "GET")


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "40005"),
        (b"", {}, 400, "40005"),
        (b'{"title": NaN}', {}, 400, "40005"),
        (b"[" * 70 + b"]" * 70, {}, 400, "40005"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, {}, 400, "40005"),
        (b"[" * 100_000, {}, 400, "40005"),
        (b'{"title": "\\ud800", "priority_group": 2}', {}, 400, "40005"),
        (b"\xff\xfe", {}, 400, "40005"),
        (b"[]", {}, 400, "40005"),
        (b'{"title": "x", "priority_group": 2.0}', {}, 400, "40005"),
        (b'{"title": "x", "priority_group": true}', {}, 400, "40005"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "41500"),
        (b"{}", {"Content-Type": "application/json; charset=latin-1"}, 415, "41500"),
        (b"{}", {"Content-Encoding": "gzip"}, 415, "41500"),
        (b"x" * (1024 * 1024 + 1), {}, 413, "41300"),
    ],
)
async def test_hostile_bodies_are_refused_and_change_nothing(
    app: App, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    ming = await app.someone()

    answer = await ming.ask("POST", "/task/create", content=body, headers={"Content-Type": "application/json", **headers})

    assert (answer.status, answer.code) == (status, code)
    assert await ming.tasks() == []


async def test_a_body_that_never_ends_is_cut_off(app: App) -> None:
    ming = await app.someone()
    sent = 0

    async def endless():
        nonlocal sent
        for _ in range(4096):
            sent += 1
            yield b"x" * 1024

    answer = await ming.ask("POST", "/task/create", content=endless(), headers={"Content-Type": "application/json"})

    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert sent <= 1030


@pytest.mark.parametrize(
    ("query", "broken"),
    [
        ({"quadrant": "5", "page": "0", "completed": "maybe"}, {"quadrant": "max", "page": "min", "completed": "type"}),
        ({"keyword": "x" * 101}, {"keyword": "length"}),
        ({"deadline_after": "2026-09-21T10:00:00"}, {"deadline_after": "offset"}),
        ({"page": "9" * 30}, {"page": "type"}),
    ],
)
async def test_a_query_that_breaks_rules_names_them_all(app: App, query: dict[str, str], broken: dict[str, str]) -> None:
    ming = await app.someone()

    assert (await ming.get("/task/get", **query)).broken == broken


async def test_unknown_members_are_ignored(app: App) -> None:
    ming = await app.someone()

    assert (await ming.post("/task/create", {"title": "x", "priority_group": 2, "colour": "red"})).status == 200
    assert (await ming.get("/task/get", colour="red")).status == 200


async def test_an_error_inside_is_told_by_its_id_alone(app: App) -> None:
    ming = await app.someone()
    app.faults.fail("unit.before_commit")

    answer = await ming.post("/task/create", {"title": "secret", "priority_group": 2})

    assert answer.status == 500
    assert set(answer.body) == {"status", "info", "request_id"}
    assert await ming.tasks() == []


async def test_an_answer_lost_after_its_commit_is_given_again(app: App) -> None:
    ming = await app.someone()
    app.faults.fail("unit.after_commit")
    body = {"title": "once", "priority_group": 2}

    lost = await ming.post("/task/create", body, key="k")
    again = await ming.post("/task/create", body, key="k")

    assert (lost.status, again.status) == (500, 200)
    assert again.headers["idempotency-replayed"] == "true"
    assert await ming.tasks() == [again.data]


@pytest.mark.parametrize(
    ("part", "rule"), [("0", "min"), ("-14762848962723447052839367643777466368", "min"), (str(2**63), "max"), ("seven", "format")]
)
async def test_an_id_in_the_path_keeps_the_bounds_of_ids(app: App, part: str, rule: str) -> None:
    ming = await app.someone()

    refused = await ming.get(f"/schedule/changes/{part}")

    assert (refused.status, refused.code, refused.broken) == (422, "42201", {"change_id": rule})


async def test_known_origins_may_call_and_others_not(tmp_path: Path) -> None:
    async with running(tmp_path, gateway=GatewaySettings(origins=("https://app.test",))) as app:
        anybody = Door(app.http)
        known = await anybody.ask("OPTIONS", "/task/create", headers={"Origin": "https://app.test"}, key=None)
        other = await anybody.ask("OPTIONS", "/task/create", headers={"Origin": "https://evil.test"}, key=None)

    assert (known.status, known.headers["access-control-allow-origin"]) == (204, "https://app.test")
    assert "X-Idempotency-Key" in known.headers["access-control-allow-headers"]
    assert other.status == 405
    assert "access-control-allow-origin" not in other.headers


async def test_who_asks_too_often_is_told_to_wait(tmp_path: Path) -> None:
    async with running(tmp_path, limits=LimitsSettings()) as app:
        ming = await app.someone()
        answers = [await ming.get("/task/get") for _ in range(21)]
        assert [answer.status for answer in answers] == [200] * 20 + [429]
        assert (answers[0].headers["ratelimit-limit"], answers[0].headers["ratelimit-remaining"]) == ("20", "19")
        assert (answers[-1].code, answers[-1].headers["retry-after"]) == ("40033", "1")

        app.clock.advance(timedelta(seconds=1))
        assert (await ming.get("/task/get")).status == 200


async def test_passwords_cannot_be_guessed_for_long(tmp_path: Path) -> None:
    async with running(tmp_path, limits=LimitsSettings()) as app:
        ming = await app.someone()
        anybody = Door(app.http)
        codes = []
        for _ in range(30):
            codes.append((await anybody.post("/user/login", {"username": ming.name, "password": "wrong horse"})).code)
            app.clock.advance(timedelta(seconds=7))
        right = await anybody.post("/user/login", {"username": ming.name, "password": PASSWORD})

    assert codes.count("40007") < 25
    assert codes[-1] == right.code == "40033"


async def test_the_pages_show_what_runs_in_both_languages(app: App) -> None:
    anybody = Door(app.http)

    zh = await anybody.ask("GET", "//", headers={"Accept-Language": "zh"})
    en = await anybody.ask("GET", "//", headers={"Accept-Language": "en"})
    docs = await anybody.ask("GET", "//docs")
    style = await anybody.ask("GET", "//static/calm.css")

    assert "SmartFlow 正在运行" in zh.body
    assert "SmartFlow is running" in en.body
    assert "/api/v1/task/create" in docs.body
    assert (style.status, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert (await anybody.ask("GET", "//static/other.css")).status == 404
    assert "default-src 'none'" in docs.headers["content-security-policy"]


async def test_probes_tell_of_life_readiness_and_numbers(app: App) -> None:
    anybody = Door(app.http)

    assert (await anybody.get("/health")).body == {"status": "ok", "version": "0.1.0"}
    assert (await anybody.ask("GET", "//healthz")).status == 200
    assert (await anybody.ask("GET", "//readyz")).body["checks"]["database"] == "ok"
    assert "smartflow_http_request_seconds" in (await anybody.ask("GET", "//metrics")).body


async def test_the_description_covers_every_route_and_every_refusal(app: App) -> None:
    document = (await Door(app.http).ask("GET", "//openapi.json")).body

    described = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert described == {(route.method, route.path) for route in app.product.gateway.routes.all}
    create = document["paths"]["/api/v1/task/create"]["post"]
    assert set(create["responses"]) == {"200", "400", "401", "409", "413", "415", "422", "429", "500", "503", "504"}
    assert "40018" not in json.dumps(create["responses"]["200"])
    assert document["components"]["schemas"]["NewTask"]["required"] == ["title", "priority_group"]


def test_codes_are_unique_and_their_texts_speak_both_languages() -> None:
    codes: dict[str, type] = {}
    for refusal in every_refusal():
        assert codes.setdefault(refusal.code, refusal) is refusal or refusal.code == "40014", refusal
        zh, en = refusal.text.placeholders()
        assert zh == en, refusal
        assert 400 <= refusal.status < 600


async def test_what_a_query_says_is_judged_even_where_the_body_has_the_last_word(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers("I like tea.")

    async def forgets(query: dict[str, str], body: dict[str, object]) -> Answer:
        return await ming.delete(f"/memory/items/{memory}", body, query=query)

    assert (await forgets({"reason": "x" * 256}, {"reason": None})).broken == {"reason": "length"}
    assert (await forgets({"reason": "x" * 256}, {"erase": "x"})).broken == {"reason": "length", "erase": "type"}
    assert (await forgets({"erase": "true"}, {"erase": False})).data["status"] == "deleted"
