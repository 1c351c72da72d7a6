"""What the validator says of changes, and how it shows what is in the way; through the front door."""

from typing import Any

import pytest
from dirty_equals import IsInt

from tests.flow.test_main_job import TERM, planned
from tests.flow.test_make_up_days import FIL, adds, changes, course, embeds, event, imports, items, place, standing
from tests.kit.app import App, Somebody
from tests.kit.people import Answer

FIL_IN_THE_WAY = {
    "event_id": IsInt,
    "calendar_id": None,
    "name": "FIL",
    "location": "Hall",
    "week": 13,
    "day_of_week": 6,
    "sections": [1, 2, 3, 4],
    "start_section": 1,
    "end_section": 4,
    "type": "course",
    "embedded_tasks": [],
    "incoming": None,
}


@pytest.fixture
async def ming(app: App) -> Somebody:
    """Somebody with the filler course FIL on Saturday mornings of weeks 12 to 16."""
    ming = await app.someone()
    await imports(ming, FIL, format="smartflow", version=1, term=TERM["term"], adopt_term=True)
    return ming


async def test_a_meeting_keeps_its_term(ming: Somebody) -> None:
    spring = {**TERM["term"], "first_monday": "2027-02-22", "last_day": "2027-07-04"}
    other = (await ming.put("/schedule/term", spring)).data["term_id"]
    move = {"op": "move", "event_id": await event(ming, 13, 6), **place(1, 6, 1, 4)}

    refused = await ming.post("/schedule/changes", {"term_id": other, "changes": [move]})

    assert (refused.status, refused.code) == (422, "40023")
    assert [each["rule"] for each in refused.data["violations"]] == ["outside_term"]
    assert await standing(ming, 13, 6) == [("FIL", "live", 1, 4)]


async def test_a_block_moves_into_another_term(ming: Somebody) -> None:
    spring = {**TERM["term"], "first_monday": "2027-02-22", "last_day": "2027-07-04"}
    other = (await ming.put("/schedule/term", spring)).data["term_id"]
    (item,) = await items(ming, 1)
    block = await adds(ming, {"op": "add", "task_item_id": item, **place(13, 7, 1, 2)})

    moved = await ming.post("/schedule/changes", {"term_id": other, "changes": [{"op": "move", "event_id": block, **place(1, 6, 1, 2)}]})

    assert (moved.status, moved.data["diff"][0]["after"]["term_id"]) == (200, other)


async def test_every_fault_of_a_place_is_named_once(ming: Somebody) -> None:
    (item,) = await items(ming, 1)
    nowhere = {"week": 99, "day_of_week": 9, "start_section": 99, "end_section": 98}

    refused = await ming.post("/task-class/insert-into-schedule", nowhere, params={"task_item_id": item})

    assert (refused.status, refused.code) == (422, "42203")
    rules = [(each["code"], each["rule"]) for each in refused.data["violations"]]
    assert rules == [("40041", "unknown_section"), ("40042", "bad_day"), ("40043", "bad_range"), ("40023", "outside_term")]


async def test_what_is_in_the_way_of_a_change_has_its_name_its_location_and_its_guests(ming: Somebody) -> None:
    first, second = await items(ming, 2)
    await embeds(ming, first, 13, 1, 2)
    wanted = {"changes": [{"op": "add", "task_item_id": second, **place(13, 6, 3, 4)}]}

    refused = await ming.post("/schedule/changes", wanted)
    shown = await ming.post("/schedule/changes", {**wanted, "dry_run": True})
    stale = await ming.post("/schedule/changes", {**wanted, "base_version": 1})

    assert (refused.code, stale.code) == ("40026", "40901")
    for answer in (refused, shown, stale):
        assert clashes(answer) == [{**FIL_IN_THE_WAY, "embedded_tasks": inside(first)}]


async def test_what_is_in_the_way_of_an_insertion_has_its_name(ming: Somebody) -> None:
    (item,) = await items(ming, 1)
    await event_of_task(ming)

    refused = await ming.post("/task-class/insert-into-schedule", place(13, 7, 1, 2), params={"task_item_id": item})

    assert [each["name"] for each in clashes(refused)] == ["Lab report"]


async def test_what_is_in_the_way_of_a_start_has_its_name_and_its_location(ming: Somebody) -> None:
    await event_of_task(ming)

    starts = await ming.get("/schedule/starts", event_id=await event(ming, 12, 6), weeks="13")

    met = [each for start in starts.data for violation in start["violations"] for each in violation["clashes"]]
    assert {(each["day_of_week"], each["name"], each["location"]) for each in met} == {(6, "FIL", "Hall"), (7, "Lab report", "")}
    assert all(each["embedded_tasks"] == [] for each in met)


async def test_what_is_in_the_way_of_a_make_up_day_has_its_name(ming: Somebody) -> None:
    await event_of_task(ming, 14, 7)
    await imports(ming, course(13, 7, 1, 2))
    overrides = [{"date": "2026-12-13", "kind": "follows", "week": 13, "day_of_week": 7}]

    refused = await ming.put("/schedule/term/day-overrides", {"overrides": overrides})
    shown = await ming.put("/schedule/term/day-overrides", {"overrides": overrides, "dry_run": True})

    assert [each["name"] for each in clashes(refused)] == [each["name"] for each in clashes(shown)] == ["Lab report"]


async def test_what_is_in_the_way_of_an_undoing_has_its_name(ming: Somebody) -> None:
    removed = await changes(ming, {"op": "remove", "event_id": await event(ming, 13, 6)})
    await event_of_task(ming, 13, 6)

    refused = await ming.post(f"/schedule/changes/{removed['change_id']}/undo")

    assert refused.code == "40902"
    assert [each["name"] for conflict in refused.data["conflicts"] for each in conflict["clashes"]] == ["Lab report"]


async def test_what_is_in_the_way_of_an_import_has_its_name_its_location_and_its_guests(ming: Somebody) -> None:
    (item,) = await items(ming, 1)
    await embeds(ming, item, 13, 1, 2)
    courses = {"courses": [course(13, 6, 3, 4)]}

    refused = await ming.post("/course/import", courses)
    shown = await ming.post("/course/import", {**courses, "dry_run": True})

    met = {**FIL_IN_THE_WAY, "embedded_tasks": inside(item), "incoming": {"course_name": "LAB", "arrangement": 0}}
    assert refused.data == shown.data["clashes"] == [met]


async def test_what_is_in_the_way_in_a_plan_has_its_name(ming: Somebody) -> None:
    await event_of_task(ming)
    plan = await planned(ming)
    block = {"task_item_id": plan["placements"][0]["task_item_id"], **place(13, 7, 1, 2)}

    refused = await ming.put(f"/schedule/plans/{plan['plan_id']}", {"revision": plan["revision"], "placements": [block]})
    query = {"plan_id": plan["plan_id"], "source_type": "task_item", "source_id": block["task_item_id"], "weeks": "13"}
    starts = await ming.get("/schedule/starts", **query)

    assert refused.code in {"40026", "42203"}
    assert "Lab report" in [each["name"] for each in clashes(refused)]
    names = [each["name"] for start in starts.data for violation in start["violations"] for each in violation["clashes"]]
    assert names
    assert all(names)


async def test_what_is_in_the_way_of_new_rules_has_its_name_and_its_location(ming: Somebody) -> None:
    made = await ming.post("/task-class/add", reading())
    item = made.data["items"][0]["id"]
    await embeds(ming, item, 13, 1, 2)

    refused = await ming.put("/task-class/update", reading(item, allow_filler_course=False), params={"task_class_id": made.data["id"]})

    assert refused.code == "42203"
    assert clashes(refused) == [FIL_IN_THE_WAY]


def reading(item: int | None = None, **config: Any) -> dict[str, Any]:
    rules = {"total_slots": 1, "strategy": "steady", **config}
    return {"name": "Reading", "mode": "manual", "config": rules, "items": [{"id": item, "order": 1, "content": "Part 1"}]}


def inside(item: int) -> list[dict[str, int]]:
    """Name the guest on the first two sections."""
    return [{"section": section, "task_id": item} for section in (1, 2)]


def clashes(answer: Answer) -> list[Any]:
    return [each for violation in answer.data["violations"] for each in violation["clashes"]]


async def event_of_task(ming: Somebody, week: int = 13, day: int = 7) -> int:
    source = {"type": "task_pool", "id": await ming.adds_task("Lab report", estimated_sections=2)}
    return await adds(ming, {"op": "add", "source": source, **place(week, day, 1, 2)})
