"""Which term is meant where something is placed, and weeks that it does not have."""

from typing import Any

import pytest

from tests.flow.test_main_job import study_plan
from tests.flow.test_timetable import SECTIONS, TERM
from tests.kit.app import App, Somebody

UNKNOWN = 2**40
PLACE = {"week": 2, "day_of_week": 3, "start_section": 1, "end_section": 2}
ARRANGEMENT = {"start_week": 1, "end_week": 2, "day_of_week": 3, "start_section": 1, "end_section": 2}
COURSE = {"course_name": "Algebra", "arrangements": [ARRANGEMENT]}


async def spring(ming: Somebody) -> int:
    """Make a current term, and one that comes later; gives the later."""
    await ming.put("/schedule/term", {**TERM, "sections": SECTIONS})
    later = await ming.put("/schedule/term", {"first_monday": "2027-02-22", "last_day": "2027-07-04", "sections": SECTIONS})
    assert later.status == 200, later.body
    return int(later.data["term_id"])


@pytest.mark.parametrize("where", ["query", "body"])
async def test_what_is_placed_is_placed_in_the_term_that_is_named(app: App, where: str) -> None:
    ming = await app.someone()
    later = await spring(ming)
    made = (await ming.post("/task-class/add", {**study_plan(2), "mode": "auto", "end_date": "2027-06-30"})).data
    first, second = (item["id"] for item in made["items"])
    batch = {"task_class_id": made["id"], "items": [{**PLACE, "day_of_week": 4, "task_item_id": second}]}
    task = {"op": "add", "source": {"type": "task_pool", "id": await ming.adds_task("Lab report")}, **PLACE, "day_of_week": 5}

    placed = [
        await asks(ming, "POST /task-class/insert-into-schedule", PLACE, (where, later), task_item_id=first),
        await asks(ming, "PUT /task-class/apply-batch-into-schedule", batch, (where, later)),
        await asks(ming, "POST /schedule/changes", {"changes": [task]}, (where, later)),
    ]

    assert [answer.status for answer in placed] == [200] * 3, [answer.body for answer in placed]
    assert [answer.data["diff"][0]["after"]["term_id"] for answer in placed] == [later] * 3
    assert [event["day_of_week"] for event in await week(ming, later)] == [3, 4, 5]


@pytest.mark.parametrize("where", ["query", "body"])
async def test_courses_come_into_the_term_that_is_named_and_are_held_against_it(app: App, where: str) -> None:
    ming = await app.someone()
    later = await spring(ming)

    done = await asks(ming, "POST /course/import", {"courses": [COURSE]}, (where, later))
    there = await asks(ming, "POST /course/validate", COURSE, (where, later))
    here = await ming.post("/course/validate", COURSE)

    assert done.status == 200, done.body
    assert [course["course_name"] for course in (await ming.get("/course/list", term_id=later)).data] == ["Algebra"]
    assert (there.status, there.code, here.status) == (409, "40029", 200)


@pytest.mark.parametrize("where", ["query", "body"])
async def test_plans_are_made_in_the_term_that_is_named(app: App, where: str) -> None:
    ming = await app.someone()
    later = await spring(ming)
    task = await ming.adds_task("Lab report")

    made = await asks(ming, "POST /schedule/smart-planning-multi", {"task_ids": [task]}, (where, later))

    assert made.status == 200, made.body
    assert made.body["plan"]["term_id"] == later


@pytest.mark.parametrize("where", ["query", "body"])
async def test_an_unknown_term_is_refused_by_every_route_that_places_something(app: App, where: str) -> None:
    ming = await app.someone()
    await spring(ming)
    made = (await ming.post("/task-class/add", study_plan(1))).data
    item = made["items"][0]["id"]
    batch = {"task_class_id": made["id"], "items": [{**PLACE, "task_item_id": item}]}

    answers = [
        await asks(ming, "POST /task-class/insert-into-schedule", PLACE, (where, UNKNOWN), task_item_id=item),
        await asks(ming, "PUT /task-class/apply-batch-into-schedule", batch, (where, UNKNOWN)),
        await asks(ming, "POST /schedule/changes", {"changes": [{"op": "add", "task_item_id": item, **PLACE}]}, (where, UNKNOWN)),
        await asks(ming, "POST /course/validate", COURSE, (where, UNKNOWN)),
        await asks(ming, "POST /course/import", {"courses": [COURSE]}, (where, UNKNOWN)),
        await asks(ming, "POST /schedule/smart-planning-multi", {"task_class_ids": [made["id"]]}, (where, UNKNOWN)),
    ]

    assert [(answer.status, answer.code) for answer in answers] == [(404, "40412")] * len(answers)


@pytest.mark.parametrize("week", [0, 19, 41, 2**31 - 1])
async def test_a_week_outside_the_term_is_refused_as_that(app: App, week: int) -> None:
    ming = await app.someone()
    await spring(ming)
    task = await ming.adds_task("Lab report")

    starts = await ming.get("/schedule/starts", source_type="task_pool", source_id=task, weeks=week)
    shown = await ming.get("/schedule/week", week=week or 41)
    health = await ming.get("/schedule/health", to_week=week or 41)

    assert {(each.status, each.code) for each in (starts, shown, health)} == {(422, "40030")}


async def test_a_week_that_no_calendar_counts_breaks_a_rule(app: App) -> None:
    ming = await app.someone()

    starts = await ming.get("/schedule/starts", event_id=1, weeks=f"1,{2**31}")
    shown = await ming.get("/schedule/week", week=2**31)

    assert (starts.code, starts.broken) == ("42201", {"weeks[1]": "max"})
    assert (shown.code, shown.broken) == ("42201", {"week": "max"})


async def asks(ming: Somebody, route: str, body: dict[str, Any], term: tuple[str, int], **query: Any) -> Any:
    """Ask with a term in the query or in the body."""
    (method, path), (where, term_id) = route.split(), term
    if where == "query":
        return await ming.ask(method, path, json=body, params={**query, "term_id": term_id})
    return await ming.ask(method, path, json={**body, "term_id": term_id}, params=query)


async def week(ming: Somebody, term: int) -> list[Any]:
    """List the blocks of the term's second week."""
    return list((await ming.get("/schedule/week", term_id=term, week=2, include_empty="false")).data["events"])
