"""Guests inside courses, through the front door."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from smartflow.client.schedule.events import ScheduleChanged
from tests.kit.app import App, Somebody

TERM = {
    "first_monday": "2026-09-07",
    "last_day": "2027-01-10",
    "sections": [
        {"section": 1, "start": "08:00", "end": "08:45"},
        {"section": 2, "start": "08:55", "end": "09:40"},
        {"section": 3, "start": "10:15", "end": "11:00"},
        {"section": 4, "start": "11:10", "end": "11:55"},
    ],
}
WEDNESDAYS = {"start_week": 2, "end_week": 2, "day_of_week": 3, "start_section": 1, "end_section": 4}


@pytest.fixture
async def ming(app: App) -> Somebody:
    """Somebody with a filler course on Wednesday morning of week 2, and nothing else."""
    ming = await app.someone()
    await ming.put("/schedule/term", TERM)
    course = {"course_name": "Algebra", "location": "B 12", "is_allow_tasks": True, "arrangements": [WEDNESDAYS]}
    imported = await ming.post("/course/import", {"courses": [course]})
    assert imported.status == 200, imported.body
    return ming


async def test_a_guest_that_was_skipped_frees_its_host_for_the_next_plan(ming: Somebody) -> None:
    class_id = await only_on_wednesday(ming)
    guest = await applied(ming, class_id)
    await reported(ming, guest, "skipped")

    again = await applied(ming, class_id)

    assert again != guest
    shown = [each for each in await wednesday(ming) if each["embedded_task_info"]["id"]]
    assert [each["embedded_task_info"]["event_id"] for each in shown] == [again]


@pytest.mark.parametrize("state", ["skipped", "partly"])
async def test_undoing_the_report_of_a_guest_brings_it_back_into_its_host(ming: Somebody, state: str) -> None:
    class_id = await only_on_wednesday(ming)
    guest = await applied(ming, class_id)
    before = await wednesday(ming)
    change = await reported(ming, guest, state)

    undone = await ming.post(f"/schedule/changes/{change}/undo")

    assert undone.status == 200, undone.body
    assert await wednesday(ming) == before
    again = await ming.post(f"/schedule/changes/{undone.data['change_id']}/undo")
    assert again.status == 200, again.body


async def test_what_took_the_place_of_a_skipped_guest_hinders_its_return(ming: Somebody) -> None:
    class_id = await only_on_wednesday(ming)
    change = await reported(ming, await applied(ming, class_id), "skipped")
    await applied(ming, class_id)

    refused = await ming.post(f"/schedule/changes/{change}/undo")

    assert (refused.status, refused.code) == (409, "40902")
    assert {each["cause"] for each in refused.data["conflicts"]} == {"moved", "occupied"}


async def test_a_guest_that_was_done_after_all_is_in_its_host_again(ming: Somebody) -> None:
    guest = await applied(ming, await only_on_wednesday(ming))
    await reported(ming, guest, "skipped")

    await reported(ming, guest, "done")

    first = (await wednesday(ming))[0]
    assert first["embedded_task_info"] == IsPartialDict({"event_id": guest, "state": "done"})


async def test_a_course_stops_taking_guests_once_none_is_to_come(ming: Somebody) -> None:
    (course,) = (await ming.get("/course/list")).data
    guest = await applied(ming, await only_on_wednesday(ming))

    refused = await ming.patch(f"/course/{course['id']}", {"is_allow_tasks": False})
    assert (refused.status, refused.code) == (409, "40025")
    assert [(each["rule"], each["clashes"][0]["name"]) for each in refused.data["violations"]] == [("host_not_filler", "Algebra")]
    await reported(ming, guest, "skipped")
    closed = await ming.patch(f"/course/{course['id']}", {"is_allow_tasks": False})

    assert (closed.status, closed.data["is_allow_tasks"]) == (200, False)
    assert (await ming.get("/schedule/week", week=2)).data["schedule_version"] == 5


async def test_what_was_done_inside_a_course_that_takes_no_more_guests_is_in_nobodys_way(ming: Somebody) -> None:
    (course,) = (await ming.get("/course/list")).data
    guest = await applied(ming, await only_on_wednesday(ming))
    await reported(ming, guest, "done")
    assert (await ming.patch(f"/course/{course['id']}", {"is_allow_tasks": False})).status == 200

    host = (await wednesday(ming))[0]["id"]

    await reported(ming, host, "done")
    pinned = await ming.post("/schedule/changes", {"changes": [{"op": "pin", "event_id": guest, "pinned": True}]})
    assert pinned.status == 200, pinned.body


async def test_a_course_that_is_changed_to_what_it_is_makes_no_change_set(app: App, ming: Somebody) -> None:
    (course,) = (await ming.get("/course/list")).data
    told = await app.told(ScheduleChanged, ming)

    same = await ming.patch(f"/course/{course['id']}", {"course_name": "Algebra", "is_allow_tasks": True})

    assert (same.status, same.data) == (200, course)
    assert await app.told(ScheduleChanged, ming) == told


async def only_on_wednesday(ming: Somebody) -> int:
    """Make a class of one block that has room inside the course only."""
    study = {
        "name": "Probability",
        "mode": "auto",
        "start_date": "2026-09-16",
        "end_date": "2026-09-16",
        "config": {"total_slots": 1, "strategy": "steady", "excluded_slots": [2]},
        "items": [{"order": 1, "content": "Chapter 1"}],
    }
    made = await ming.post("/task-class/add", study)
    assert made.status == 200, made.body
    return int(made.data["id"])


async def applied(ming: Somebody, class_id: int) -> int:
    """Plan a class and apply the plan; gives the one block."""
    planned = await ming.get("/schedule/smart-planning", task_class_id=class_id)
    assert planned.status == 200, planned.body
    plan = planned.body["plan"]
    done = await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": plan["revision"]})
    assert done.status == 200, done.body
    (event,) = done.data["created_event_ids"]
    return int(event)


async def reported(ming: Somebody, event: int, state: str) -> int:
    """Say what became of a block; gives the change set."""
    change = {"op": "report", "event_id": event, "state": state, **({"done_sections": 1} if state == "partly" else {})}
    done = await ming.post("/schedule/changes", {"changes": [change]})
    assert done.status == 200, done.body
    return int(done.data["change_id"])


async def wednesday(ming: Somebody) -> list[Any]:
    week = await ming.get("/schedule/week", week=2, include_empty="false")
    assert week.status == 200, week.body
    return [each for each in week.data["events"] if each["day_of_week"] == 3]
