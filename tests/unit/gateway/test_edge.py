"""What stands around every route: order, envelope, limits, languages, keys, failures, the log."""

import asyncio
import logging
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

import pytest

from smartflow.gateway.limits import address_of
from smartflow.shared.stores.buckets import Bucket, Level
from tests.unit.gateway.notes import House

GOOD = {"title": "x"}


async def test_a_refusal_tells_its_text_details_and_when_to_come_back() -> None:
    door = House().door(**{"Accept-Language": "en"})

    answer = await door.post("/note/full", headers={"X-Request-ID": "mine"})

    assert answer.status == 409
    assert answer.body == {"status": "49999", "info": "At most 5.", "request_id": "mine", "data": ["details"]}
    assert answer.headers["retry-after"] == "3"


async def test_the_language_asked_for_wins_over_the_persons_and_that_over_english() -> None:
    house = House()

    assert (await house.door(**{"Accept-Language": "fr, en;q=0.5"}).get("/note/list")).data[1]["said"] == ["en", "Asia/Shanghai"]
    assert (await house.door(**{"Accept-Language": "fr"}).get("/note/list")).data[1]["said"] == ["zh", "Asia/Shanghai"]
    assert (await house.door(token=None).get("/note/list")).body["info"].isascii()


async def test_paging_stands_beside_the_list() -> None:
    answer = await House().door().get("/note/list", page="3")

    assert answer.body["paging"] == {"page": 3, "page_size": 20, "total": 41, "has_more": False}


async def test_an_upload_that_the_drain_cuts_off_is_told_to_come_again() -> None:
    house, asked, said = House(), asyncio.Event(), []

    async def receive() -> dict[str, Any]:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    headers = [(b"authorization", b"Bearer 7"), (b"content-type", b"application/json"), (b"x-idempotency-key", b"k")]
    scope = {"type": "http", "method": "POST", "path": "/api/v1/note/create", "query_string": b"", "headers": headers}
    upload = asyncio.create_task(house.gateway(scope, receive, send))
    await asyncio.wait_for(asked.wait(), 5)
    upload.cancel()
    await upload

    assert [message.get("status") for message in said] == [503, None]
    assert b'"status":"50301"' in said[1]["body"]


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if record.name == "smartflow.http"]


async def test_an_error_inside_is_an_envelope_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = await House().door().post("/note/broken", headers={"X-Request-ID": "the-id"})

    assert (answer.status, answer.code, answer.body["request_id"]) == (500, "500", "the-id")
    assert "secret" not in str(answer.body)
    assert [line["event"] for line in told(caplog)] == ["http.failed", "http.request"]


async def test_one_line_tells_of_a_request_by_its_template_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await House().door().patch("/note/314159?q=private", {"title": "private"}, headers={"X-Request-ID": "the-id"})

    (line,) = told(caplog)
    assert {name: line[name] for name in ("request_id", "method", "route", "status", "code")} == {
        "request_id": "the-id",
        "method": "PATCH",
        "route": "/api/v1/note/{note_id}",
        "status": 200,
        "code": "10000",
    }
    assert "314159" not in str(line)
    assert "private" not in str(line)


async def test_a_path_is_taken_apart_once() -> None:
    door = House().door()

    assert (await door.patch("/note/%2535", {})).broken == {"note_id": "format"}
    assert (await door.patch("/note/%35", {})).data["said"]["id"] == 5
    assert (await door.get("/note/list%3Fpage=0")).code == "40500"


async def test_the_token_is_judged_before_key_and_shape() -> None:
    house = House()

    assert (await house.door(token="no").post("/note/create", {}, key=None)).code == "40011"
    assert (await house.door().post("/note/create", {}, key=None)).code == "40037"
    assert (await house.door().post("/note/create", {})).code == "40004"


@pytest.mark.parametrize("key", ["", "two words", "k" * 129, "\u00e9"])
async def test_a_key_without_its_form_is_refused(key: str) -> None:
    answer = await House().door().ask("POST", "/note/create", json=GOOD, key=None, headers={"X-Idempotency-Key": key.encode()})

    assert (answer.status, answer.code) == (400, "40037")


async def test_one_intent_is_known_by_path_query_and_body_however_written() -> None:
    house = House()
    door = house.door()
    for path, content in (
        ("/note/create?a=1&b=2", b'{"title": "x", "level": 2}'),
        ("/note/create?b=2&a=1", b'{"level":2,"title":" x "}'),
        ("/note/create?b=2&a=2", b'{"level":2,"title":"x"}'),
        ("/note/create?a=1&b=2", b'{"level":3,"title":"x"}'),
    ):
        await door.ask("POST", path, content=content, headers={"Content-Type": "application/json"}, key="k")

    prints = [printed for _, printed in house.notes.keys]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3
    assert {key for key, _ in house.notes.keys} == {"POST /api/v1/note/create k"}


async def test_what_a_handler_says_of_keeping_its_answer_counts() -> None:
    door = House().door(token=None)

    assert (await door.ask("GET", "//kept")).headers["cache-control"] == "max-age=60"
    assert (await door.ask("GET", "//alive")).headers["cache-control"] == "no-store"


async def test_probes_are_never_limited_and_others_by_address() -> None:
    door = House(limits=True).door(token=None)

    assert {(await door.ask("GET", "//alive")).status for _ in range(50)} == {200}
    assert [(await door.ask("GET", "//kept")).status for _ in range(21)] == [200] * 20 + [429]


async def test_reads_writes_and_refused_tokens_have_buckets_of_their_own() -> None:
    house = House(limits=True)
    ming, hong = house.door("1"), house.door("2")

    reads = [(await ming.get("/note/list")).status for _ in range(21)]
    refused = [(await house.door("no").get("/note/list")).status for _ in range(101)]

    assert reads == [200] * 20 + [429]
    assert refused == [401] * 100 + [429]
    assert (await ming.post("/note/create", GOOD)).status == 200
    assert (await hong.get("/note/list")).status == 200


async def test_the_headers_say_how_full_the_bucket_is() -> None:
    house = House(limits=True)
    door = house.door()

    first = await door.post("/note/create", GOOD)
    house.clock.advance(timedelta(seconds=10))
    later = await door.post("/note/create", GOOD)

    for answer in (first, later):
        told = [answer.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")]
        assert told == ["20", "19", "1"]


class Down:
    """A store that cannot be reached."""

    async def take(self, bucket: Bucket, now: object) -> Level:
        raise ConnectionError

    look = take


async def test_with_the_store_down_requests_pass_and_are_counted() -> None:
    house = House(limits=True, buckets=Down())

    assert (await house.door().get("/note/list")).status == 200
    assert b"smartflow_http_unlimited_total 1.0" in house.metrics.exposed()


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("9.9.9.9", "1.2.3.4", "9.9.9.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.1"),
    ],
)
def test_the_address_is_that_in_front_of_the_known_proxies(peer: str, forwarded: str | None, found: str) -> None:
    assert address_of(peer, forwarded, ["10.0.0.0/8"]) == found
