"""Blocks of tasks, and what becomes of them when the tasks are deleted and brought back; through the front door."""

from typing import Any

import pytest

from smartflow.client.schedule.events import ScheduleChanged
from tests.kit.app import App, Somebody

PLACE = {"week": 1, "day_of_week": 3, "start_section": 1, "end_section": 2}


@pytest.fixture
async def ming(app: App) -> Somebody:
    return await app.someone()


@pytest.mark.parametrize("placed", [True, False])
async def test_deleting_a_task_again_by_undo_is_one_change_set(app: App, ming: Somebody, *, placed: bool) -> None:
    task = await ming.adds_task("Lab report")
    if placed:
        await places(ming, task)
    await ming.delete("/task/delete", query={"task_id": task})
    await app.settle()
    restored = await undone(ming, (await journal(ming))[0]["id"])
    await app.settle()

    again = await undone(ming, restored)
    await app.settle()

    shown = await journal(ming)
    assert [(each["kind"], each["origin"]) for each in shown[:3]] == [("undo", "person"), ("undo", "person"), ("task", "person")]
    assert (shown[0]["id"], shown[1]["undone_by"]) == (again, again)
    assert len(await app.told(ScheduleChanged, ming)) == 3 + placed
    assert await ming.tasks() == []


async def places(ming: Somebody, task: int) -> int:
    change = {"op": "add", "source": {"type": "task_pool", "id": task}, **PLACE}
    done = await ming.post("/schedule/changes", {"changes": [change]})
    assert done.status == 200, done.body
    return int(done.data["created_event_ids"][0])


async def undone(ming: Somebody, change: int) -> int:
    done = await ming.post(f"/schedule/changes/{change}/undo")
    assert done.status == 200, done.body
    return int(done.data["change_id"])


async def journal(ming: Somebody) -> list[Any]:
    return list((await ming.get("/schedule/changes")).data)
