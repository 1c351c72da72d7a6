"""The main job: a real timetable, a study plan placed into it, reasons, undo; through the front door."""

import json
from pathlib import Path
from typing import Any

from tests.kit.app import App, Somebody

TERM = json.loads((Path(__file__).parent.parent.parent / "examples" / "term.json").read_text())


def study_plan(count: int = 16, **config: Any) -> dict[str, Any]:
    """A class of so many blocks."""
    return {
        "name": "Probability theory",
        "mode": "auto",
        "start_date": "2026-09-21",
        "end_date": "2026-12-20",
        "config": {"total_slots": count, "strategy": "steady", **config},
        "items": [{"order": number, "content": f"Chapter {number}"} for number in range(1, count + 1)],
    }


async def imported(somebody: Somebody, **options: Any) -> Any:
    """Import the sample timetable with its term."""
    answer = await somebody.post("/course/import", {**TERM, "adopt_term": True, **options})
    assert answer.status == 200, answer.body
    return answer.data


async def planned(somebody: Somebody, **config: Any) -> Any:
    """Make a class and plan it; gives the plan."""
    made = await somebody.post("/task-class/add", study_plan(**config))
    assert made.status == 200, made.body
    answer = await somebody.get("/schedule/smart-planning", task_class_id=made.data["id"])
    assert answer.status == 200, answer.body
    return answer.body["plan"]


async def test_a_real_timetable_is_imported_planned_explained_applied_and_undone(app: App) -> None:
    ming = await app.someone()
    first = await imported(ming)
    assert (first["courses"], first["clashes"], first["added"]) == (14, [], first["added"])
    assert first["added"] > 100

    plan = await planned(ming)
    assert (len(plan["placements"]), plan["unplaced"]) == (16, [])
    assert [block["order"] for block in sorted(plan["placements"], key=when)] == list(range(1, 17))
    assert all(block["reasons"] and block["reasons"][0]["text"] for block in plan["placements"])
    assert all(block["best_rejected"]["text"] for block in plan["placements"])

    applied = await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": plan["revision"]})
    assert applied.status == 200, applied.body
    assert len(applied.data["applied"]) == len(applied.data["created_event_ids"]) == 16
    assert (await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})).code == "40903"

    undone = await ming.post(f"/schedule/changes/{applied.data['change_id']}/undo", {})
    assert undone.status == 200, undone.body
    assert len(undone.data["removed_event_ids"]) == 16
    again = await ming.post(f"/schedule/changes/{undone.data['change_id']}/undo")
    assert again.status == 200, again.body
    assert sorted(again.data["created_event_ids"]) == sorted(applied.data["created_event_ids"])


async def test_the_same_file_twice_makes_no_duplicates(app: App) -> None:
    ming = await app.someone()
    first = await imported(ming)

    refused = await ming.post("/course/import", TERM)
    merged = await imported(ming, mode="merge")
    replaced = await imported(ming, mode="replace_term")

    assert (refused.status, refused.code) == (409, "40029")
    assert refused.body["data"]
    assert (merged["added"], merged["unchanged"], merged["removed"]) == (0, first["added"], 0)
    assert (replaced["added"], replaced["unchanged"], replaced["removed"]) == (0, first["added"], 0)


async def test_a_dry_run_shows_everything_and_stores_nothing(app: App) -> None:
    ming = await app.someone()

    dry = await imported(ming, dry_run=True)

    assert dry["dry_run"] is True
    assert dry["added"] > 100
    assert (await ming.get("/course/list")).data == []


async def test_a_block_is_reported_skipped_moved_pinned_and_each_undone(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    plan = await planned(ming)
    applied = await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})
    block = applied.data["created_event_ids"][0]

    for change in (
        {"op": "report", "event_id": block, "state": "done"},
        {"op": "report", "event_id": block, "state": "skipped"},
        {"op": "pin", "event_id": block, "pinned": True},
        {"op": "remove", "event_id": block},
    ):
        done = await ming.post("/schedule/changes", {"changes": [change]})
        assert done.status == 200, (change, done.body)
        undone = await ming.post(f"/schedule/changes/{done.data['change_id']}/undo")
        assert undone.status == 200, (change, undone.body)
        assert undone.data["diff"][0]["after"] == done.data["diff"][0]["before"]


async def test_a_plan_edited_by_hand_is_judged_and_gets_a_new_revision(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    plan = await planned(ming)
    first, second = sorted(plan["placements"], key=when)[:2]

    swapped = {"revision": 1, "placements": [{**place_of(second), "task_item_id": first["task_item_id"]}]}
    refused = await ming.put(f"/schedule/plans/{plan['plan_id']}", swapped)
    left = await ming.put(f"/schedule/plans/{plan['plan_id']}", {"revision": 1, "unplace": [{"task_item_id": first["task_item_id"]}]})
    stale = await ming.put(f"/schedule/plans/{plan['plan_id']}", {"revision": 1, "unplace": []})

    assert refused.status in {409, 422}
    assert refused.data["violations"]
    assert left.status == 200, left.body
    assert (left.data["revision"], len(left.data["placements"])) == (2, 15)
    assert (stale.code, stale.data["error_code"]) == ("40901", "revision_changed")


async def test_a_deleted_task_frees_its_place_and_undo_brings_both_back(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    task = await ming.adds_task("Lab report", estimated_sections=2)
    answer = await ming.post("/schedule/smart-planning-multi", {"task_ids": [task]})
    assert answer.status == 200, answer.body
    plan = answer.body["plan"]
    applied = await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})
    assert applied.status == 200, applied.body

    gone = await ming.delete("/task/delete", query={"task_id": task})
    await app.settle()
    assert gone.data["removed_event_ids"] == applied.data["created_event_ids"]
    assert await ming.tasks() == []

    undone = await ming.post(f"/schedule/changes/{gone.data['change_id']}/undo")
    assert undone.status == 200, undone.body
    assert [found["id"] for found in await ming.tasks()] == [task]
    assert undone.data["created_event_ids"] == applied.data["created_event_ids"]


async def test_a_deleted_class_and_its_blocks_come_back_together(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    plan = await planned(ming)
    await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})
    class_id = plan["task_class_ids"][0]

    gone = await ming.delete("/task-class/delete-class", query={"task_class_id": class_id})
    assert gone.status == 200, gone.body
    assert len(gone.data["removed_event_ids"]) == 16
    assert (await ming.get("/task-class/get", task_class_id=class_id)).code == "40020"
    undone = await ming.post(f"/schedule/changes/{gone.data['change_id']}/undo")
    assert undone.status == 200, undone.body
    back = (await ming.get("/task-class/get", task_class_id=class_id)).data
    assert all(item["event_id"] for item in back["items"])


async def test_what_cannot_fit_says_what_is_short_and_what_would_help(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    tight = study_plan(20) | {"start_date": "2026-09-21", "end_date": "2026-09-22"}
    made = await ming.post("/task-class/add", tight)

    partial = await ming.get("/schedule/smart-planning", task_class_id=made.data["id"])
    whole = await ming.get("/schedule/smart-planning", task_class_id=made.data["id"], partial="false")

    assert partial.status == 200, partial.body
    left = partial.body["plan"]["unplaced"]
    assert left
    assert all(each["causes"][0]["text"] for each in left)
    assert (whole.status, whole.code) == (409, "40047")
    assert whole.data["unplaced"]


def when(block: dict[str, Any]) -> tuple[int, int, int]:
    """When a planned block is."""
    return block["week"], block["day_of_week"], block["start_section"]


def place_of(block: dict[str, Any]) -> dict[str, Any]:
    """The place of a planned block."""
    return {name: block[name] for name in ("week", "day_of_week", "start_section", "end_section", "embed_course_event_id")}
