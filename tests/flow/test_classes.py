"""Study plans, through the front door."""

from typing import Any

import pytest

from smartflow.client.schedule.events import ClassChanged
from tests.kit.app import App, Somebody

WEDNESDAY = {"week": 2, "day_of_week": 3, "start_section": 1, "end_section": 2}


@pytest.fixture
async def ming(app: App) -> Somebody:
    return await app.someone()


async def test_a_batch_that_is_sent_again_gets_its_answer_though_the_class_is_gone(ming: Somebody) -> None:
    made = await a_class(ming)
    body = {"task_class_id": made["id"], "items": [{"task_item_id": made["items"][0]["id"], **WEDNESDAY}]}
    applied = await ming.put("/task-class/apply-batch-into-schedule", body, key="one")
    await ming.delete("/task-class/delete-class", query={"task_class_id": made["id"]})

    again = await ming.put("/task-class/apply-batch-into-schedule", body, key="one")

    assert (again.status, again.body["data"]) == (200, applied.data)
    assert again.headers["idempotency-replayed"] == "true"


async def test_whatever_changes_a_class_or_its_items_tells_so_at_its_version(app: App, ming: Somebody) -> None:
    made = await a_class(ming)
    class_id, item = made["id"], made["items"][0]["id"]
    edited = {name: value for name, value in study(2).items() if name != "items"}
    steps = [
        await ming.put(f"/task-class/update?task_class_id={class_id}", edited),  # nothing stands: no change set
        await ming.post(f"/task-class/insert-into-schedule?task_item_id={item}", WEDNESDAY),
        await ming.put(f"/task-class/update?task_class_id={class_id}", edited),
        await ming.delete("/task-class/delete-item", query={"task_item_id": item}),
        await ming.delete("/task-class/delete-class", query={"task_class_id": class_id}),
    ]
    assert [each.status for each in steps] == [200] * 5, [each.body for each in steps]

    for deletion in reversed(steps[3:]):
        undone = await ming.post(f"/schedule/changes/{deletion.data['change_id']}/undo")
        assert undone.status == 200, undone.body

    told = await app.told(ClassChanged, ming)
    assert {each.task_class_ids for each in told} == {(class_id,)}
    assert [each.version for each in told] == [0, 0, 2, 3, 4, 5, 6]


async def test_what_was_deleted_is_named_by_its_deletion_and_nowhere_else(ming: Somebody) -> None:
    made = await a_class(ming)
    item = made["items"][0]["id"]
    placed = await ming.post(f"/task-class/insert-into-schedule?task_item_id={item}", WEDNESDAY)
    gone = await ming.delete("/task-class/delete-class", query={"task_class_id": made["id"]})

    refused = await ming.post(f"/schedule/changes/{placed.data['change_id']}/undo")
    earlier = await ming.get(f"/schedule/changes/{placed.data['change_id']}")
    deletion = await ming.get(f"/schedule/changes/{gone.data['change_id']}")

    assert [(each["cause"], each["diff"]["name"]) for each in refused.data["conflicts"]] == [("removed", "")]
    assert [each["name"] for each in earlier.data["diff"]] == [""]
    names = [("hide", "Probability"), ("remove", "Chapter 1")]
    assert [(each["op"], each["name"]) for each in gone.data["diff"]] == names
    assert [(each["op"], each["name"]) for each in deletion.data["diff"]] == names


async def a_class(ming: Somebody, count: int = 2) -> Any:
    """Make a class of so many blocks."""
    made = await ming.post("/task-class/add", study(count))
    assert made.status == 200, made.body
    return made.data


def study(count: int) -> dict[str, Any]:
    items = [{"order": number, "content": f"Chapter {number}"} for number in range(1, count + 1)]
    config = {"total_slots": count, "strategy": "steady"}
    dates = {"start_date": "2026-09-14", "end_date": "2026-12-20"}
    return {"name": "Probability", "mode": "auto", **dates, "config": config, "items": items}
