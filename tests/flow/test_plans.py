"""Plans that several hands reach for: made twice, replaced, edited from outside, made again after a skip; through the front door."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from smartflow.client.schedule.plan import PlanRequest
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, OwnerId
from smartflow.shared.process.pool import WORKERS, ProcessPool
from tests.flow.test_main_job import imported, place_of, planned, study_plan, when
from tests.kit.app import App, InlinePool, Somebody, running
from tests.kit.people import twice


class HeldPool(InlinePool):
    """Keeps jobs of planning until they are let go; notes which there were."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.arrived = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def run(self, function: Any, *args: Any, deadline: timedelta, kind: str = "") -> Any:
        if kind == "plan":
            self.asked.append(function.__name__)
            self.arrived.set()
            await self.free.wait()
        return await super().run(function, *args, deadline=deadline, kind=kind)


@pytest.fixture
def pool() -> HeldPool:
    return HeldPool()


@pytest.fixture
async def held(pool: HeldPool, tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path, pool=pool) as app:
        yield app


async def class_of(somebody: Somebody, count: int = 4, **more: Any) -> int:
    made = await somebody.post("/task-class/add", {**study_plan(count), **more})
    assert made.status == 200, made.body
    return int(made.data["id"])


async def open_plans(somebody: Somebody) -> list[str]:
    return [plan["plan_id"] for plan in (await somebody.get("/schedule/plans")).data]


async def test_what_was_skipped_is_planned_again_after_its_siblings_began_and_the_plan_applies(own_app: App) -> None:
    ming = await own_app.someone()
    await imported(ming)
    plan = await planned(ming, count=6)
    applied = await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})
    first = min(plan["placements"], key=lambda block: block["order"])["task_item_id"]
    events = {each["task_item_id"]: each["event_id"] for each in applied.data["applied"]}
    own_app.clock.advance(timedelta(weeks=6))
    await ming.again()
    skipped = await ming.post("/schedule/changes", {"changes": [{"op": "report", "event_id": events[first], "state": "skipped"}]})
    assert skipped.status == 200, skipped.body

    again = (await ming.get("/schedule/smart-planning", task_class_id=plan["task_class_ids"][0])).body["plan"]
    starts = await ming.get("/schedule/starts", plan_id=again["plan_id"], source_type="task_item", source_id=first, weeks="8,9")
    done = await ming.post(f"/schedule/plans/{again['plan_id']}/apply", {"revision": 1})

    assert [block["task_item_id"] for block in again["placements"]] == [first]
    assert any(not start["violations"] for start in starts.data)
    assert done.status == 200, done.body


async def test_an_edit_of_what_is_not_in_the_plan_is_refused_and_says_where(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    plan = await planned(ming, count=3)
    other = (await ming.post("/task-class/add", study_plan(1))).data["items"][0]["id"]
    task = await ming.adds_task("Lab report", estimated_sections=2)
    mine = plan["placements"][0]
    path = f"/schedule/plans/{plan['plan_id']}"

    moved = [{**place_of(mine), "task_item_id": mine["task_item_id"]}, {**place_of(mine), "task_item_id": other}]
    refused = await ming.put(path, {"revision": 1, "placements": moved, "unplace": [{"type": "task_pool", "id": task}]})
    left = await ming.put(path, {"revision": 1, "unplace": [{"task_item_id": mine["task_item_id"]}]})
    back = await ming.put(path, {"revision": 2, "placements": moved[:1]})

    assert (refused.status, refused.code) == (422, "40060")
    assert refused.broken == {"placements[1].source": "unknown", "unplace[0]": "unknown"}
    assert (left.status, back.status) == (200, 200)
    assert [len(answer.data["placements"]) for answer in (left, back)] == [2, 3]


async def test_two_clicks_at_once_are_planned_once_and_make_one_plan(held: App, pool: HeldPool) -> None:
    ming = await held.someone()
    await imported(ming)
    click = partial(ming.get, "/schedule/smart-planning", task_class_id=await class_of(ming))
    pool.free.clear()
    clicks = asyncio.ensure_future(twice(click))
    await pool.arrived.wait()
    pool.free.set()

    first, second = await clicks

    assert (first.status, second.status) == (200, 200)
    assert first.body["plan"] == second.body["plan"]
    assert await open_plans(ming) == [first.body["plan"]["plan_id"]]


async def test_a_key_gets_its_plan_again_however_late(own_app: App) -> None:
    ming = await own_app.someone()
    await imported(ming)
    request = PlanRequest((ClassId(await class_of(ming)),))
    call = Call(owner=OwnerId(ming.id), request_id="once", key="one intent", fingerprint="the same")
    plans = own_app.product.clients.schedule.plan

    first = await plans.make(call, request)
    own_app.clock.advance(timedelta(minutes=1))
    again = await plans.make(call, request)

    assert again == first
    assert await open_plans(ming) == [str(first.plan.id)]


async def test_a_newer_request_replaces_the_one_that_is_still_being_planned(held: App, pool: HeldPool) -> None:
    ming, li = await held.someone(), await held.someone()
    await imported(ming)
    await imported(li)
    mine = [await class_of(ming, 2), await class_of(ming, 3)]
    click = partial(ming.get, "/schedule/smart-planning")
    pool.free.clear()
    older = asyncio.ensure_future(click(task_class_id=mine[0]))
    others = asyncio.ensure_future(li.get("/schedule/smart-planning", task_class_id=await class_of(li, 2)))
    while len(pool.asked) < 2:
        await pool.arrived.wait()
        pool.arrived.clear()

    newer = asyncio.ensure_future(click(task_class_id=mine[1]))
    replaced = await older
    pool.free.set()

    assert (replaced.status, replaced.code) == (503, "50301")
    assert "Retry-After" in replaced.headers
    assert len((await newer).body["plan"]["placements"]) == 3
    assert (await others).status == 200


async def test_the_event_loop_computes_nothing_of_a_plan(held: App, pool: HeldPool) -> None:
    ming = await held.someone()
    await imported(ming)
    plan = await planned(ming, count=3)
    first = min(plan["placements"], key=when)
    named = {"source_type": "task_item", "source_id": first["task_item_id"], "weeks": "3"}

    await ming.get("/schedule/starts", plan_id=plan["plan_id"], **named)
    await ming.put(f"/schedule/plans/{plan['plan_id']}", {"revision": 1, "unplace": [{"task_item_id": first["task_item_id"]}]})

    assert pool.asked == ["plan", "starts_in_plan", "appraise"]


async def test_a_plan_that_is_given_up_while_it_is_edited_stays_given_up(held: App, pool: HeldPool) -> None:
    ming = await held.someone()
    await imported(ming)
    plan = await planned(ming, count=3)
    path, item = f"/schedule/plans/{plan['plan_id']}", plan["placements"][0]["task_item_id"]
    pool.arrived.clear()
    pool.free.clear()
    editing = asyncio.ensure_future(ming.put(path, {"revision": 1, "unplace": [{"task_item_id": item}]}))
    await pool.arrived.wait()

    gone, again = await ming.delete(path), await ming.delete(path)
    pool.free.set()

    assert (await editing).code == "40903"
    assert (gone.data, again.data) == ({"plan_id": plan["plan_id"], "status": "discarded"},) * 2
    assert (await ming.get(path)).data["revision"] == 1


async def test_planning_works_from_process_to_process(tmp_path: Path) -> None:
    pool = ProcessPool(limits={"plan": WORKERS - 1})
    async with running(tmp_path, pool=pool) as app:
        ming = await app.someone()
        await imported(ming)
        plan = await planned(ming, count=3)
        item = plan["placements"][0]["task_item_id"]
        named = {"source_type": "task_item", "source_id": item, "weeks": "3"}

        starts = await ming.get("/schedule/starts", plan_id=plan["plan_id"], **named)
        nowhere = await ming.get("/schedule/starts", plan_id=plan["plan_id"], **{**named, "source_id": 999_999})
        left = await ming.put(f"/schedule/plans/{plan['plan_id']}", {"revision": 1, "unplace": [{"task_item_id": item}]})
    await pool.close()

    assert any(not start["violations"] for start in starts.data)
    assert (nowhere.status, left.status) == (404, 200)


async def test_plans_that_were_over_a_month_ago_are_erased(own_app: App) -> None:
    ming = await own_app.someone()
    await imported(ming)
    old = await planned(ming, count=2)
    own_app.clock.advance(timedelta(days=30, hours=23))
    await ming.again()
    fresh = await planned(ming, count=3)

    await own_app.run_loop("schedule.hidden")
    kept = await ming.get(f"/schedule/plans/{old['plan_id']}")
    own_app.clock.advance(timedelta(hours=2))
    await ming.again()
    await own_app.run_loop("schedule.hidden")
    erased = await ming.get(f"/schedule/plans/{old['plan_id']}")

    assert (kept.status, erased.code) == (200, "40402")
    assert await open_plans(ming) == [fresh["plan_id"]]
