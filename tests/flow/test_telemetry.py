"""What an operator sees from outside: numbers, readiness, and one request from the door to its last effect."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Table, select

from smartflow.client.task import Quadrant, TaskClient, TaskDraft
from smartflow.cmd.reach import call_server
from smartflow.shared.calls import wire
from smartflow.shared.calls.contract import Contract
from smartflow.shared.events.tables import inbox, outbox
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.process.logs import configure
from tests.kit.app import App
from tests.kit.people import Door, someone
from tests.kit.ports import ManualClock
from tests.kit.process import PATIENCE, up

PARENT = f"00-{7:032x}-{8:016x}-01"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[Any]]]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure(stream, ManualClock())
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)


async def numbers(http: httpx2.AsyncClient) -> str:
    """Read what a scraper reads."""
    return str((await Door(http).ask("GET", "//metrics")).body)


async def relay_lag(app: App) -> tuple[int, str]:
    """Ask for readiness: the status, and what is said of the relays."""
    answer = await Door(app.http).ask("GET", "//readyz")
    return answer.status, answer.body["checks"]["relay_lag"]


async def traces(app: App, table: Table, owner: int) -> set[str]:
    """List where the events of a person come from."""
    async with app.product.host.database.read() as reader:
        return {row.trace for row in await reader.all(select(table.c.trace).where(table.c.user_id == owner))}


async def test_a_fact_that_waits_too_long_is_seen_in_readiness_until_it_is_sent(own_app: App) -> None:
    ming = await own_app.someone()
    await own_app.settle()
    await ming.adds_task("Lab report")
    assert await relay_lag(own_app) == (200, "ok")

    own_app.clock.advance(timedelta(seconds=31))
    assert await relay_lag(own_app) == (200, "degraded")

    await own_app.settle()
    assert await relay_lag(own_app) == (200, "ok")


async def test_what_waits_is_in_the_numbers_of_who_publishes_it_until_it_is_sent(own_app: App) -> None:
    ming = await own_app.someone()
    await own_app.settle()
    await ming.adds_task("Lab report")
    own_app.clock.advance(timedelta(seconds=12))

    await own_app.run_loop("events.stock")
    waiting = await numbers(own_app.http)
    await own_app.settle()
    await own_app.run_loop("events.stock")
    sent = await numbers(own_app.http)

    assert 'smartflow_outbox_backlog{publisher="task"} 1.0' in waiting
    assert 'smartflow_outbox_oldest_seconds{publisher="task"} 12.0' in waiting
    assert 'smartflow_outbox_backlog{publisher="userauth"} 0.0' in waiting
    assert 'smartflow_outbox_backlog{publisher="task"} 0.0' in sent
    assert 'smartflow_outbox_publish_seconds_sum{publisher="task"} 12.0' in sent


async def test_a_request_is_known_by_its_id_from_the_door_to_its_last_effect(app: App, lines: Callable[[], list[Any]]) -> None:
    ming = await app.someone()
    task_id = await ming.adds_task("Ming's secret errand")
    await app.settle()
    before = len(lines())

    await ming.delete("/task/delete", {"task_id": task_id}, headers={"X-Request-ID": "from-the-phone-7"})
    await app.settle()

    found = {(line["event"], line.get("kind")): line["request_id"] for line in lines()[before:] if "request_id" in line}
    assert found == {("http.request", None): "from-the-phone-7", ("event.handled", "task.deleted"): "from-the-phone-7"}
    assert ";from-the-phone-7" in await traces(app, outbox, ming.id)
    assert ";from-the-phone-7" in await traces(app, inbox, ming.id)
    assert "secret" not in json.dumps(lines())


async def test_a_trace_that_comes_in_by_a_call_goes_out_with_the_fact(app: App) -> None:
    ming = await app.someone()
    method = Contract(TaskClient).methods["create"]
    body = method.encode((Call(owner=OwnerId(ming.id), request_id="r-1"), TaskDraft("Lab report", Quadrant.IMPORTANT)), {})
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(call_server(app.product)), base_url="http://smartflow") as socket:
        headers = {"content-type": wire.MSGPACK, wire.TRACE: PARENT, wire.REQUEST_ID: "r-1"}
        answer = await socket.post("/TaskClient/create", content=body, headers=headers)

    assert answer.status_code == 200
    assert f"{PARENT};r-1" in await traces(app, outbox, ming.id)


async def test_a_product_that_runs_shows_its_numbers(tmp_path: Path) -> None:
    async with up(tmp_path) as running, httpx2.AsyncClient(base_url=running.url) as http:
        ming = await someone(http)
        await ming.delete("/task/delete", {"task_id": await ming.adds_task("Lab report")})
        wanted = {
            'smartflow_inbox_handle_seconds_count{kind="task.deleted",subscriber="schedule"} 1.0',
            'smartflow_outbox_publish_seconds_count{publisher="task"} 2.0',
            'smartflow_outbox_batches_total{outcome="sent",publisher="task"}',
            'smartflow_outbox_backlog{publisher="task"}',
            'smartflow_outbox_oldest_seconds{publisher="task"}',
            'smartflow_inbox_waiting{subscriber="schedule"} 0.0',
            'smartflow_inbox_dead{subscriber="schedule"} 0.0',
            'smartflow_lease_held{name="relay.task"} 1.0',
            'smartflow_lease_held{name="loop.task.urgency"} 1.0',
            'smartflow_loop_run_seconds_count{loop="task.urgency",outcome="done"}',
            "smartflow_commit_units_count",
            "smartflow_http_unlimited_total 0.0",
        }
        async with asyncio.timeout(PATIENCE):
            while missing := {name for name in wanted if name not in await numbers(http)}:
                await asyncio.sleep(0.05)

    assert missing == set()


async def test_a_request_that_is_part_of_a_trace_hands_it_on_to_its_events(app: App) -> None:
    ming = await app.someone()

    made = await ming.post("/task/create", {"title": "Essay", "priority_group": 2}, headers={"traceparent": PARENT, "X-Request-ID": "mine"})
    await ming.post("/task/create", {"title": "Essay", "priority_group": 2}, headers={"traceparent": "broken", "X-Request-ID": "other"})

    assert made.status == 200
    assert {f"{PARENT};mine", ";other"} <= await traces(app, outbox, ming.id)
