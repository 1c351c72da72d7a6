"""What is asked of a plan and what it answers: sources that may move, refused edits, who is in the way, the term it is for."""

from typing import Any

import pytest

from smartflow.services.schedule.timetable import rows
from tests.flow.test_main_job import TERM, imported, place_of, planned, study_plan, when
from tests.flow.test_make_up_days import adds, items, place
from tests.kit.app import App, Somebody

SPRING = {**TERM["term"], "first_monday": "2027-02-22", "last_day": "2027-07-04"}


@pytest.fixture
async def ming(app: App) -> Somebody:
    """Somebody with the sample timetable."""
    ming = await app.someone()
    await imported(ming)
    return ming


@pytest.mark.parametrize(("kind", "code"), [("task_item", "40036"), ("task_pool", "40050")])
async def test_what_may_move_has_to_be_there(app: App, ming: Somebody, kind: str, code: str) -> None:
    other = await app.someone()
    theirs = {"task_item": (await items(other, 1))[0], "task_pool": await other.adds_task("Essay")}[kind]
    mine = {"task_item": (await items(ming, 1))[0], "task_pool": await ming.adds_task("Essay")}[kind]
    gone = {"task_item": ("/task-class/delete-item", "task_item_id"), "task_pool": ("/task/delete", "task_id")}[kind]
    assert (await ming.delete(gone[0], query={gone[1]: mine})).status == 200
    task = await ming.adds_task("Lab report", estimated_sections=2)

    for source in (10**12, theirs, mine):
        wanted = {"task_ids": [task], "replan": [{"type": kind, "id": source}]}
        refused = await ming.post("/schedule/smart-planning-multi", wanted)
        assert (refused.status, refused.code) == (404, code), refused.body


async def test_what_may_move_and_has_no_place_is_planned_only_if_it_is_asked_for(ming: Somebody) -> None:
    task, other, done = [await ming.adds_task(title, estimated_sections=2) for title in ("Lab report", "Essay", "Talk")]
    assert (await ming.put("/task/complete", {"task_id": done})).status == 200
    (item,) = await items(ming, 1)
    replan = [{"type": "task_pool", "id": each} for each in (task, other, done)] + [{"type": "task_item", "id": item}]

    made = await ming.post("/schedule/smart-planning-multi", {"task_ids": [task], "replan": replan})

    assert made.status == 200, made.body
    assert [each["source"] for each in made.body["plan"]["placements"]] == [{"type": "task_pool", "id": task}]


async def test_what_may_move_but_stands_in_another_term_stays_there(ming: Somebody) -> None:
    later = (await ming.put("/schedule/term", SPRING)).data["term_id"]
    (item,) = await items(ming, 1)
    add = {"op": "add", "task_item_id": item, **place(2, 1, 1, 2)}
    assert (await ming.post("/schedule/changes", {"changes": [add], "term_id": later})).status == 200
    task = await ming.adds_task("Lab report", estimated_sections=2)
    wanted = {"task_ids": [task], "replan": [{"type": "task_item", "id": item}]}
    plan = (await ming.post("/schedule/smart-planning-multi", wanted)).body["plan"]

    done = await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})

    assert (done.status, done.data["removed_event_ids"]) == (200, []), done.body


async def test_a_refused_edit_of_a_plan_says_which_of_its_placements_breaks_a_rule(ming: Somebody) -> None:
    plan = await planned(ming, count=4)
    first, second, third, last = sorted(plan["placements"], key=when)
    course = next(each for each in (await ming.get("/schedule/week", week=5, include_empty="false")).data["events"])
    onto = place(5, course["day_of_week"], course["start_section"], course["end_section"])
    moved = [moves(third, third), moves(last, last), moves(second, onto)]
    path = f"/schedule/plans/{plan['plan_id']}"

    met = await ming.put(path, {"revision": 1, "placements": moved})
    crossed = await ming.put(path, {"revision": 1, "placements": [moves(last, last), moves(third, first)]})

    assert {each["index"] for each in met.data["violations"] if each["rule"] == "occupied"} == {2}
    indexes = {each["index"] for each in crossed.data["violations"] if each["severity"] == "error"}
    assert indexes == {1, -1}


async def test_a_better_place_that_is_barred_says_who_is_there_and_where(ming: Somebody) -> None:
    deadline = "2026-09-16T12:00:00+08:00"
    tasks = {await ming.adds_task(f"Lab {n}", estimated_sections=2, deadline_at=deadline): f"Lab {n}" for n in range(6)}

    plan = (await ming.post("/schedule/smart-planning-multi", {"task_ids": [*tasks]})).body["plan"]

    barred = [block["binding"] for block in plan["placements"]]
    met = [clash for each in barred for clash in each["violation"]["clashes"]]
    assert {clash["type"] for clash in met} == {"course", "task"}
    assert all(each["violation"]["clashes"][0]["name"] in each["text"] for each in barred)
    assert all(overlaps(each["place"], clash) for each in barred for clash in each["violation"]["clashes"])
    for clash in met:
        of_course = clash["type"] == "course"
        assert (bool(clash["location"]), bool(clash["event_id"]), clash["name"] in tasks.values()) == (of_course, of_course, not of_course)
    assert (await ming.get(f"/schedule/plans/{plan['plan_id']}")).data["placements"] == plan["placements"]


async def test_a_better_place_that_a_standing_block_bars_names_its_event(ming: Somebody) -> None:
    task = await ming.adds_task("Essay", estimated_sections=2)
    other = await ming.adds_task("Lab report", estimated_sections=2)
    best = (await ming.post("/schedule/smart-planning-multi", {"task_ids": [task]})).body["plan"]["placements"][0]
    there = await adds(ming, {"op": "add", "source": {"type": "task_pool", "id": other}, **place_of(best)})

    plan = (await ming.post("/schedule/smart-planning-multi", {"task_ids": [task]})).body["plan"]

    (clash,) = plan["placements"][0]["binding"]["violation"]["clashes"]
    assert (clash["event_id"], clash["name"], clash["type"], clash["week"]) == (there, "Lab report", "task", best["week"])


async def test_applying_a_plan_looks_at_its_own_term_alone(ming: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    later = (await ming.put("/schedule/term", SPRING)).data["term_id"]
    made = (await ming.post("/task-class/add", study_plan(2))).data
    (item,) = await items(ming, 1)
    add = {"op": "add", "task_item_id": item, **place(2, 1, 1, 2)}
    assert (await ming.post("/schedule/changes", {"changes": [add], "term_id": later})).status == 200
    plan = (await ming.get("/schedule/smart-planning", task_class_id=made["id"])).body["plan"]
    seen: list[Any] = []
    load = rows.load

    async def noted(*args: Any, **options: Any) -> Any:
        seen.append(await load(*args, **options))
        return seen[-1]

    monkeypatch.setattr(rows, "load", noted)
    done = await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})

    assert done.status == 200, done.body
    assert {row.term for state in seen for row in state.events.values()} == {plan["term_id"]}


def moves(block: dict[str, Any], to: dict[str, Any]) -> dict[str, Any]:
    """Move a planned block to where another is, or to a place."""
    return {"source": block["source"], **place_of(to)}


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same_day = (one["week"], one["day_of_week"]) == (other["week"], other["day_of_week"])
    return same_day and one["start_section"] <= other["end_section"] and other["start_section"] <= one["end_section"]
