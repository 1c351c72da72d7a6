"""What a plan says of its places, through the front door."""

from datetime import timedelta

import pytest

from tests.flow.test_main_job import imported, study_plan
from tests.kit.app import App


@pytest.mark.parametrize("limits", [{"days": [6, 7]}, {"from": "2026-12-01"}])
async def test_what_the_limits_of_a_request_forbid_is_told_without_a_broken_rule(app: App, limits: dict[str, object]) -> None:
    ming = await app.someone()
    await imported(ming)
    task = await ming.adds_task("Lab report", estimated_sections=2)

    made = await ming.post("/schedule/smart-planning-multi", {"task_ids": [task], "limits": limits})

    assert made.status == 200, made.body
    binding = made.body["plan"]["placements"][0]["binding"]
    assert (binding["violation"], "this request leaves it out" in binding["text"]) == (None, True)
    shown = await ming.get(f"/schedule/plans/{made.body['plan']['plan_id']}")
    assert shown.data["placements"] == made.body["plan"]["placements"]


async def test_a_partial_plan_does_not_promise_that_a_better_one_may_exist(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    crowded = {**study_plan(30), "start_date": "2026-09-21", "end_date": "2026-09-22"}
    made = await ming.post("/task-class/add", crowded)

    answer = await ming.get("/schedule/smart-planning", task_class_id=made.data["id"], partial="true")

    plan = answer.body["plan"]
    assert plan["unplaced"]
    assert plan["summary"] == f"{len(plan['placements'])} of 30 blocks placed."


async def test_a_class_that_was_edited_is_planned_anew_however_soon(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    made = await ming.post("/task-class/add", study_plan(4))
    first = await ming.get("/schedule/smart-planning", task_class_id=made.data["id"])
    app.clock.advance(timedelta(seconds=1))
    again = await ming.get("/schedule/smart-planning", task_class_id=made.data["id"])

    items = [{**item, "content": "Chapter"} for item in made.data["items"]]
    edited = {**study_plan(4), "start_date": "2026-11-02", "items": items}
    done = await ming.put("/task-class/update", edited, params={"task_class_id": made.data["id"]})
    app.clock.advance(timedelta(seconds=1))
    anew = await ming.get("/schedule/smart-planning", task_class_id=made.data["id"])

    assert done.status == 200, done.body
    assert again.body["plan"]["plan_id"] == first.body["plan"]["plan_id"] != anew.body["plan"]["plan_id"]
    assert min(block["week"] for block in anew.body["plan"]["placements"]) == 9
