"""When work was done, through the front door."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from smartflow.services.schedule.timetable.tables import change_sets
from tests.kit.app import App, Somebody
from tests.kit.belongings import everything

SLOT = {"week": 1, "day_of_week": 1, "start_section": 9, "end_section": 9}


async def test_a_block_was_done_when_it_was_reported_whatever_happens_to_it_later(own_app: App) -> None:
    ming = await own_app.someone()
    task = {"type": "task_pool", "id": await ming.adds_task("Lab report")}
    (event,) = (await change(ming, {"op": "add", "source": task, **SLOT}))["created_event_ids"]
    await change(ming, {"op": "report", "event_id": event, "state": "done"})
    told = await finished(ming)
    own_app.clock.advance(timedelta(minutes=10))

    await change(ming, {"op": "pin", "event_id": event, "pinned": True})
    pinned = await finished(ming)
    skipped = await change(ming, {"op": "report", "event_id": event, "state": "skipped"})
    await ming.post(f"/schedule/changes/{skipped['change_id']}/undo")
    restored = await finished(ming)
    removed = await change(ming, {"op": "remove", "event_id": event})
    await ming.post(f"/schedule/changes/{removed['change_id']}/undo")

    assert told == ["2026-09-14 10:00:00"]
    assert pinned == restored == await finished(ming) == told


async def test_who_says_again_that_a_block_is_done_changes_nothing(own_app: App) -> None:
    ming = await own_app.someone()
    task = {"type": "task_pool", "id": await ming.adds_task("Lab report")}
    (event,) = (await change(ming, {"op": "add", "source": task, **SLOT}))["created_event_ids"]
    await change(ming, {"op": "report", "event_id": event, "state": "done"})
    own_app.clock.advance(timedelta(minutes=10))

    again = await change(ming, {"op": "report", "event_id": event, "state": "done"})

    assert again["change_id"] is None
    assert await finished(ming) == ["2026-09-14 10:00:00"]


async def change(ming: Somebody, *changes: dict[str, Any]) -> Any:
    done = await ming.post("/schedule/changes", {"changes": changes})
    assert done.status == 200, done.body
    return done.data


async def finished(ming: Somebody) -> list[str]:
    return [each["completed_time"] for each in (await ming.get("/schedule/recent-completed")).data["events"]]


async def test_a_report_of_an_older_release_can_still_be_undone(app: App) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    done = await ming.post("/schedule/changes", {"changes": [{"op": "report", "event_id": my.event_id, "state": "done"}]})
    assert done.status == 200, done.body
    async with app.product.host.database.work() as unit:  # its journal did not note when
        mine = change_sets.c.id == done.data["change_id"]
        entries = await unit.value(select(change_sets.c.entries).where(mine))
        await unit.run(update(change_sets).where(mine).values(entries=without(entries, "reported_at")))

    undone = await ming.post(f"/schedule/changes/{done.data['change_id']}/undo")

    assert undone.status == 200, undone.body


def without(value: Any, name: str) -> Any:
    """Take a member out of JSON wherever it is."""
    if isinstance(value, list):
        return [without(each, name) for each in value]
    return {key: without(each, name) for key, each in value.items() if key != name} if isinstance(value, dict) else value
