"""How a schedule is doing, and what would make it better; through the front door."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.flow.test_main_job import imported, planned, study_plan
from tests.kit.app import App, Somebody

WEIGHTS = {"placed": 20, "punctual": 20, "cushion": 15, "load": 15, "spacing": 10, "attention": 10, "rhythm": 10}


async def healthy(somebody: Somebody, **query: Any) -> Any:
    """Ask how things are."""
    answer = await somebody.get("/schedule/health", **query)
    assert answer.status == 200, answer.body
    return answer.data


async def applied(somebody: Somebody, plan: Any) -> list[int]:
    """Apply a plan; gives the events that it made."""
    answer = await somebody.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": plan["revision"]})
    assert answer.status == 200, answer.body
    return list(answer.data["created_event_ids"])


def values(health: Any) -> dict[str, float | None]:
    """Give each dimension's value."""
    return {each["name"]: each["value"] for each in health["dimensions"]}


def codes(health: Any) -> list[str]:
    """List the codes of the issues."""
    return [issue["code"] for issue in health["issues"]]


async def test_without_work_nothing_is_wrong(app: App) -> None:
    ming = await app.someone()

    found = await healthy(ming)

    assert (found["health"], found["room"], found["issues"], found["rhythm"], found["cushions"]) == (100, "locked", [], [], [])
    assert {each["name"]: each["weight"] for each in found["dimensions"]} == WEIGHTS
    assert set(values(found).values()) == {None}
    assert found["candidates"] == [{"changes": [], "text": "Leave everything as it is.", "cost_change": [0, 0, 0], "health": 100}]


async def test_an_applied_plan_is_healthier_than_one_that_waits(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    plan = await planned(ming)

    before = await healthy(ming)
    events = await applied(ming, plan)
    after = await healthy(ming)

    assert (values(before)["placed"], before["health"] <= 59) == (0, True)
    assert "unplaced" in codes(before)
    assert (values(after)["placed"], after["health"] > before["health"]) == (1, True)
    assert "unplaced" not in codes(after)
    assert after["room"] == "loose"
    assert len(after["rhythm"]) == len({event["date"] for event in after["rhythm"]}) <= len(events)
    cushion = after["cushions"][0]
    assert cushion == IsPartialDict(task_id=None, name="Probability theory", need=32)
    assert cushion["sections"] == cushion["have"] - cushion["need"]


async def test_what_comes_after_the_weeks_asked_for_does_not_count(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    await applied(ming, await planned(ming))

    found = await healthy(ming, from_week=3, to_week=4)

    assert {day["date"] for day in found["rhythm"]} == {"2026-09-23", "2026-09-29"}
    assert found["cushions"] == []


async def test_a_class_that_does_not_say_how_hard_it_is_is_asked_about(app: App) -> None:
    ming = await app.someone(**{"Accept-Language": "zh"})
    await imported(ming)
    made = await ming.post("/task-class/add", {**study_plan(2), "difficulty_level": "high", "cognitive_intensity": "high"})
    assert "profile_gap" not in codes(await healthy(ming))

    await ming.post("/task-class/add", study_plan(1))

    assert made.status == 200
    gap = next(issue for issue in (await healthy(ming))["issues"] if issue["code"] == "profile_gap")
    assert (gap["severity"], gap["text"]) == ("warning", "Probability theory还没有说明难度和费力程度。")


async def test_a_candidate_can_be_sent_as_it_is_and_leads_to_what_it_promised(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    events = await applied(ming, await planned(ming, count=4))
    # Two blocks of one class on one day are what an even spread wants least.
    first = await ming.get("/schedule/changes", limit=1)
    diff = (await ming.get(f"/schedule/changes/{first.data[0]['id']}")).data["diff"]
    place = diff[0]["after"]["place"]
    beside = {**{name: place[name] for name in ("week", "day_of_week")}, "start_section": 11, "end_section": 12}
    crowded = await ming.post("/schedule/changes", {"changes": [{"op": "move", "event_id": events[1], **beside}]})
    assert crowded.status == 200, crowded.body

    health = await healthy(ming)
    best = health["candidates"][0]
    done = await ming.post("/schedule/changes", {"changes": best["changes"]})

    assert done.status == 200, done.body
    assert best["cost_change"] < [0, 0, 0]
    assert best["health"] >= health["health"]
    assert (await healthy(ming))["health"] == best["health"]
    assert health["candidates"][-1]["changes"] == []


async def test_work_due_soon_without_time_for_it_is_told(app: App) -> None:
    ming = await app.someone()
    task = await ming.adds_task("Essay", quadrant=1, estimated_sections=4, deadline_at="2026-09-14T11:30:00+08:00")

    found = await healthy(ming)

    assert "short_of_time" in codes(found)
    short = next(issue for issue in found["issues"] if issue["code"] == "short_of_time")
    assert (short["severity"], "Essay" in short["text"]) == ("critical", True)
    assert found["cushions"][0] == IsPartialDict(task_id=task, name="Essay", need=4)
    assert found["health"] <= 59


async def test_no_edit_of_a_class_leaves_a_block_standing_against_its_rules(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    made = await ming.post("/task-class/add", {**study_plan(2), "mode": "manual"})
    item = made.data["items"][0]["id"]
    put = {"op": "add", "task_item_id": item, "week": 3, "day_of_week": 6, "start_section": 1, "end_section": 2}
    placed = await ming.post("/schedule/changes", {"changes": [put]})
    assert placed.status == 200, placed.body
    assert (await healthy(ming))["health"] > 39

    items = [{**item, "content": "Chapter"} for item in made.data["items"]]
    outside = {**study_plan(2), "mode": "manual", "start_date": "2026-11-01", "items": items}
    refused = await ming.put("/task-class/update", outside, params={"task_class_id": made.data["id"]})

    assert (refused.status, refused.code) == (422, "42203"), refused.body
    assert {each["rule"] for each in refused.data["violations"]} == {"outside_class"}
    assert {each["index"] for each in refused.data["violations"]} == {-1}
    assert (await healthy(ming))["health"] > 39


@pytest.mark.parametrize("query", [{"from_week": 5, "to_week": 4}, {"to_week": 40}, {"from_week": 30}])
async def test_weeks_that_the_term_does_not_have_are_refused(app: App, query: dict[str, int]) -> None:
    ming = await app.someone()

    refused = await ming.get("/schedule/health", **query)

    assert (refused.status, refused.code) == (422, "40030")
