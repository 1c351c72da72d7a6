"""Tasks in four quadrants, through the front door."""

from datetime import timedelta
from functools import partial

import pytest

from smartflow.client.task import Quadrant, TaskCompleted, TaskUrgencyPromoted
from tests.kit.app import App
from tests.kit.people import twice

IN_A_WEEK = "2026-09-21T10:00:00+08:00"


async def test_a_task_completed_twice_at_once_is_completed_once(app: App) -> None:
    ming = await app.someone()
    task_id = await ming.adds_task("Lab report", quadrant=2)

    first, second = await twice(partial(ming.put, "/task/complete", {"task_id": task_id}, key="one-click"))

    assert first.status == second.status == 200
    assert first.data == second.data
    assert await app.told(TaskCompleted, ming) == [TaskCompleted(ming.id, task_id, version=2)]
    assert {answer.headers.get("idempotency-replayed") for answer in (first, second)} == {None, "true"}


async def test_a_new_task_is_answered_whole_and_found(app: App) -> None:
    ming = await app.someone()

    made = await ming.post("/task/create", {"title": "  Lab report ", "priority_group": 2, "deadline_at": IN_A_WEEK})

    assert made.status == 200
    assert made.data == {
        "id": made.data["id"],
        "user_id": ming.id,
        "title": "Lab report",
        "priority_group": 2,
        "estimated_sections": 1,
        "status": "incomplete",
        "is_completed": False,
        "deadline": "2026-09-21 10:00:00",
        "deadline_at": "2026-09-21T10:00:00+08:00",
        "urgency_threshold_at": "2026-09-20T10:00:00+08:00",
        "created_at": "2026-09-14T10:00:00+08:00",
        "updated_at": "2026-09-14T10:00:00+08:00",
        "completed_at": None,
    }
    assert await ming.tasks() == [made.data]


async def test_a_deadline_at_midnight_is_shown_as_the_end_of_the_day_before(app: App) -> None:
    ming = await app.someone()

    made = await ming.post("/task/create", {"title": "Report", "priority_group": 1, "deadline_at": "2026-09-20T00:00:00+08:00"})

    assert made.data["deadline"] == "2026-09-19 23:59:59"


async def test_a_task_turns_urgent_by_itself_and_is_told_once(own_app: App) -> None:
    ming = await own_app.someone()
    important = await ming.adds_task("Report", quadrant=2, deadline_at=IN_A_WEEK)
    small = await ming.adds_task("Library", quadrant=4, deadline_at=IN_A_WEEK)
    done = await ming.adds_task("Done", quadrant=2, deadline_at=IN_A_WEEK)
    await ming.put("/task/complete", {"task_id": done})

    own_app.clock.advance(timedelta(days=6))
    await ming.again()
    before_the_sweep = {task["id"]: task["priority_group"] for task in await ming.tasks()}
    for _ in range(2):
        await own_app.run_loop("task.urgency")

    assert before_the_sweep == {important: 1, small: 3, done: 2}
    assert {task["id"]: task["priority_group"] for task in await ming.tasks()} == before_the_sweep
    assert [task["id"] for task in await ming.tasks(quadrant=1)] == [important]
    told = await own_app.told(TaskUrgencyPromoted, ming)
    assert [(event.task_ids, event.was, event.became) for event in told] == [
        ((important,), Quadrant.IMPORTANT, Quadrant.IMPORTANT_URGENT),
        ((small,), Quadrant.NEITHER, Quadrant.URGENT),
    ]


async def test_a_task_reopened_before_its_urgency_instant_still_turns_urgent(own_app: App) -> None:
    ming = await own_app.someone()
    task = await ming.adds_task("Report", quadrant=2, deadline_at=IN_A_WEEK)
    await ming.put("/task/complete", {"task_id": task})
    await ming.put("/task/undo-complete", {"task_id": task})

    own_app.clock.advance(timedelta(days=6))
    await ming.again()

    assert (await ming.tasks())[0]["priority_group"] == 1


async def test_a_moved_deadline_takes_the_urgency_instant_along(app: App) -> None:
    ming = await app.someone()
    task = await ming.adds_task("Report", deadline_at=IN_A_WEEK)

    moved = await ming.put("/task/update", {"task_id": task, "deadline_at": "2026-09-23T10:00:00+08:00"})
    cleared = await ming.put("/task/update", {"task_id": task, "deadline_at": None})

    assert moved.data["urgency_threshold_at"] == "2026-09-22T10:00:00+08:00"
    assert (cleared.data["deadline_at"], cleared.data["urgency_threshold_at"], cleared.data["deadline"]) == (None, None, "")


async def test_a_calm_quadrant_chosen_after_the_urgency_instant_stays_calm(own_app: App) -> None:
    ming = await own_app.someone()
    task = await ming.adds_task("Report", deadline_at=IN_A_WEEK)
    own_app.clock.advance(timedelta(days=6, hours=12))
    await ming.again()

    calm = await ming.put("/task/update", {"task_id": task, "priority_group": 2})

    assert (calm.data["priority_group"], calm.data["urgency_threshold_at"]) == (2, None)


async def test_completing_and_reopening_say_what_they_did(app: App) -> None:
    ming = await app.someone()
    task = await ming.adds_task("Report")
    click = {"task_id": task}

    answers = [await ming.put(f"/task/{verb}", click) for verb in ("complete", "complete", "undo-complete", "undo-complete")]

    assert [answer.status for answer in answers] == [200, 200, 200, 409]
    assert [answer.code for answer in answers] == ["10000", "10000", "10000", "40052"]
    assert answers[0].data == {"task_id": task, "is_completed": True, "already_completed": False, "status": "completed"}
    assert answers[1].data["already_completed"] is True
    assert answers[2].data == {"task_id": task, "is_completed": False, "status": "uncompleted"}


async def test_a_deleted_task_is_out_of_sight_everywhere(app: App) -> None:
    ming = await app.someone()
    task = await ming.adds_task("Report")

    gone = await ming.delete("/task/delete", query={"task_id": task})
    again = await ming.delete("/task/delete", {"task_id": task})

    assert (gone.status, gone.code, gone.data["task_id"]) == (200, "10000", task)
    assert (again.status, again.code) == (200, "10003")
    assert await ming.tasks() == []
    assert (await ming.put("/task/complete", {"task_id": task})).code == "40050"
    assert (await ming.post("/task/batch-status", {"ids": [task]})).data == {"items": []}


async def test_tasks_are_found_by_quadrant_word_state_deadline_and_page(app: App) -> None:
    ming = await app.someone()
    report = await ming.adds_task("Lab report 100%", quadrant=2, deadline_at=IN_A_WEEK)
    card = await ming.adds_task("Library card", quadrant=4)
    await ming.put("/task/complete", {"task_id": card})

    async def found(**query: object) -> list[int]:
        return [task["id"] for task in await ming.tasks(**query)]

    assert await found() == [report, card]
    assert await found(quadrant=2) == [report]
    assert await found(keyword="LAB REPORT") == [report]
    assert await found(keyword="100%") == [report]
    assert await found(keyword="0%1") == []
    assert await found(completed=True) == [card]
    assert await found(deadline_before=IN_A_WEEK) == [report]
    assert await found(deadline_after=IN_A_WEEK) == []
    page = await ming.get("/task/get", page=2, page_size=1)
    assert [task["id"] for task in page.data] == [card]
    assert page.body["paging"] == {"page": 2, "page_size": 1, "total": 2, "has_more": False}


async def test_states_of_many_tasks_are_asked_at_once(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    mine, done, foreign = await ming.adds_task("A"), await ming.adds_task("B"), await li.adds_task("C")
    await ming.put("/task/complete", {"task_id": done})

    answer = await ming.post("/task/batch-status", {"ids": [done, mine, foreign, 0, -3, mine, 10**9]})

    assert answer.data == {"items": [{"id": mine, "is_completed": False}, {"id": done, "is_completed": True}]}


@pytest.mark.parametrize(
    ("body", "status", "code", "broken"),
    [
        ({}, 422, "40004", {"title": "required", "priority_group": "required"}),
        ({"title": "x" * 256, "priority_group": 2}, 422, "40006", {"title": "length"}),
        ({"title": "  ", "priority_group": 2}, 422, "42201", {"title": "length"}),
        ({"title": "x", "priority_group": 5}, 422, "40018", {"priority_group": "max"}),
        ({"title": "x", "priority_group": "2"}, 400, "40005", {"priority_group": "type"}),
        ({"title": "x", "priority_group": 2, "estimated_sections": 5}, 422, "42201", {"estimated_sections": "max"}),
        ({"title": "x", "priority_group": 2, "deadline_at": "2026-09-21T10:00:00"}, 422, "42201", {"deadline_at": "offset"}),
        ({"title": "x", "priority_group": 2, "deadline_at": "soon"}, 422, "42201", {"deadline_at": "format"}),
        (
            {"title": "x", "priority_group": 2, "deadline_at": IN_A_WEEK, "urgency_threshold_at": "2026-09-22T10:00:00+08:00"},
            422,
            "42201",
            {"urgency_threshold_at": "max"},
        ),
        (
            {"title": 5, "priority_group": 9, "estimated_sections": "x"},
            422,
            "42201",
            {"title": "type", "priority_group": "max", "estimated_sections": "type"},
        ),
    ],
)
async def test_bad_input_names_every_field_and_rule_and_changes_nothing(
    app: App, body: dict[str, object], status: int, code: str, broken: dict[str, str]
) -> None:
    ming = await app.someone()

    answer = await ming.post("/task/create", body)

    assert (answer.status, answer.code, answer.broken) == (status, code, broken)
    assert await ming.tasks() == []


async def test_an_update_with_nothing_to_update_is_refused(app: App) -> None:
    ming = await app.someone()
    task = await ming.adds_task("Report")

    assert (await ming.put("/task/update", {"task_id": task})).code == "40063"


async def test_another_persons_task_does_not_exist(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    task = await ming.adds_task("Report")

    refused = [
        await li.put("/task/update", {"task_id": task, "title": "Mine"}),
        await li.put("/task/complete", {"task_id": task}),
        await li.put("/task/undo-complete", {"task_id": task}),
    ]

    assert [answer.code for answer in refused] == ["40050"] * 3
    assert (await li.delete("/task/delete", query={"task_id": task})).code == "10003"
    assert [found["title"] for found in await ming.tasks()] == ["Report"]


async def test_writes_want_a_key_of_the_right_form(app: App) -> None:
    ming = await app.someone()
    body = {"title": "x", "priority_group": 2}

    answers = [await ming.post("/task/create", body, key=key) for key in (None, "", "k" * 129, "two words")]

    assert [(answer.status, answer.code) for answer in answers] == [(400, "40037")] * 4


async def test_a_key_used_for_another_request_is_refused(app: App) -> None:
    ming = await app.someone()

    first = await ming.post("/task/create", {"title": "x", "priority_group": 2}, key="k")
    same = await ming.post("/task/create", {"priority_group": 2, "title": "x"}, key="k")
    other = await ming.post("/task/create", {"title": "y", "priority_group": 2}, key="k")

    assert first.data == same.data
    assert (other.status, other.code) == (422, "42202")
    assert len(await ming.tasks()) == 1


async def test_hot_routes_keep_to_their_budget_of_statements(app: App) -> None:
    ming = await app.someone()
    task = await ming.adds_task("Report")

    async with app.statements(at_most=5):
        await ming.post("/task/create", {"title": "x", "priority_group": 2})
    async with app.statements(at_most=1):
        await ming.tasks()
    async with app.statements(at_most=6):
        await ming.put("/task/complete", {"task_id": task})
