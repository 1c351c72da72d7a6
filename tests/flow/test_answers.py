"""What answers carry beside their data: totals, limits in the words of their request, how full a bucket is."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from smartflow.gateway.settings import LimitsSettings
from tests.flow.test_timetable import SECTIONS, TERM
from tests.kit.app import App, Somebody, running
from tests.kit.people import Answer, Door

DAILY = [
    {"start_week": 1, "end_week": 18, "day_of_week": day, "start_section": first, "end_section": first + 1}
    for day in range(1, 8)
    for first in range(1, 12, 2)
]
FULL = len(DAILY) * 18


@pytest.fixture
async def ming(app: App) -> Somebody:
    """Somebody with a term."""
    ming = await app.someone()
    await ming.put("/schedule/term", {**TERM, "sections": SECTIONS})
    return ming


async def test_all_clashes_of_an_import_are_counted_and_the_first_five_hundred_shown(ming: Somebody) -> None:
    assert (await ming.post("/course/import", {"courses": [course("Algebra", DAILY)]})).status == 200

    many = await ming.post("/course/import", {"courses": [course("Biology", DAILY)]})
    few = await ming.post("/course/import", {"courses": [course("Biology", DAILY[:1])]})
    checked = await ming.post("/course/validate", course("Biology", DAILY[:1]))

    assert FULL > 500
    assert (many.status, len(many.data), many.body["paging"]) == (409, 500, {"has_more": True, "total": FULL})
    for answer in (few, checked):
        assert (answer.code, len(answer.data), answer.body["paging"]) == ("40029", 18, {"has_more": False, "total": 18})


async def test_a_refusal_that_lists_nothing_has_no_paging(ming: Somebody) -> None:
    assert "paging" not in (await ming.put("/task/complete", {"task_id": 2**40})).body


async def test_a_plan_shows_its_limits_as_they_were_asked_for(ming: Somebody) -> None:
    task = await ming.adds_task("Lab report")
    hours = [{"start": "08:00", "end": "12:00", "hard": True}, {"start": "19:00", "end": "22:30", "hard": False}]
    limits = {"days": [1, 3], "excluded_days": [7], "from": "2026-09-21", "until": "2026-10-04", "hours": hours}

    made = await ming.post("/schedule/smart-planning-multi", {"task_ids": [task], "limits": limits})

    assert made.status == 200, made.body
    plan = made.body["plan"]
    assert plan["limits"] == limits
    assert (await ming.get(f"/schedule/plans/{plan['plan_id']}")).data["limits"] == limits
    assert {block["day_of_week"] for block in plan["placements"]} <= {1, 3}


async def test_null_empties_where_a_course_meets_and_who_teaches_it(ming: Somebody) -> None:
    await ming.post("/course/import", {"courses": [{**course("Algebra", DAILY[:1]), "location": "B 12", "teacher": "Li"}]})
    course_id = (await ming.get("/course/list")).data[0]["id"]

    placeless = await ming.patch(f"/course/{course_id}", {"location": None})
    cleared = await ming.patch(f"/course/{course_id}", {"teacher": None})

    assert (placeless.status, placeless.data["location"], placeless.data["teacher"]) == (200, "", "Li")
    assert (cleared.status, cleared.data["location"], cleared.data["teacher"]) == (200, "", "")
    assert (await ming.patch(f"/course/{course_id}", {"course_name": None})).broken == {"course_name": "type"}
    assert (await ming.patch(f"/course/{course_id}", {})).code == "40063"


async def test_an_unknown_course_is_deleted_no_otherwise_than_changed(ming: Somebody) -> None:
    deleted = await ming.delete("/course/1099511627776")
    changed = await ming.patch("/course/1099511627776", {"location": "B 12"})

    for answer in (deleted, changed):
        assert (answer.status, answer.code, answer.data) == (404, "40409", None)


async def test_an_import_may_be_five_times_as_large_as_other_bodies(ming: Somebody) -> None:
    padding = " " * (4 * 1024 * 1024)
    large = {"courses": [course("Algebra", DAILY[:1])], "remark": padding}

    done = await ming.post("/course/import", large)
    larger = await ming.post("/course/import", {**large, "another": padding})
    other = await ming.post("/course/validate", {**course("Biology", DAILY[:1]), "remark": padding})

    assert (done.status, larger.status, other.status) == (200, 413, 413)


async def test_who_deletes_a_task_that_is_gone_is_told_so(ming: Somebody) -> None:
    task = await ming.adds_task("Lab report")
    await ming.delete("/task/delete", query={"task_id": task})

    again = await ming.delete("/task/delete", query={"task_id": task})
    zh = await ming.delete("/task/delete", query={"task_id": task}, headers={"Accept-Language": "zh"})

    assert (again.status, again.code, again.body["info"]) == (200, "10003", "The task was gone already.")
    assert zh.body["info"] == "任务早已删除。"


async def test_with_nothing_now_or_next_the_sentence_says_so(ming: Somebody) -> None:
    assert (await ming.get("/schedule/current")).body["info"] == "Nothing is under way, and nothing comes next today."


async def test_every_answer_that_took_a_token_says_how_many_are_left(tmp_path: Path) -> None:
    async with running(tmp_path, limits=LimitsSettings()) as app:
        ming = await app.someone()
        anybody = Door(app.http)

        reads = [await ming.get("/task/get") for _ in range(21)]
        stranger = await anybody.get("/task/get")
        nowhere = [await anybody.get("/nowhere"), await anybody.ask("PUT", "/task/get")]
        floods = [await anybody.get("/nowhere") for _ in range(20)]

    assert (reads[-1].status, left(reads[-1])) == (429, ("20", "0", "2"))
    assert (stranger.status, left(stranger)) == (401, ("100", "99", "1"))
    assert [(answer.status, left(answer)[0]) for answer in nowhere] == [(404, "20"), (405, "20")]
    assert int(left(nowhere[0])[1]) - int(left(nowhere[1])[1]) == 1
    assert (floods[-1].status, left(floods[-1])[:2]) == (429, ("20", "0"))


async def test_too_many_wrong_passwords_say_how_many_there_may_be(tmp_path: Path) -> None:
    async with running(tmp_path, limits=LimitsSettings()) as app:
        ming = await app.someone()
        answers = [await ming.put("/user/password", {"old_password": "wrong horse", "new_password": "right horse"}) for _ in range(20)]
        app.clock.advance(timedelta(seconds=10))
        refused = await ming.put("/user/password", {"old_password": "wrong horse", "new_password": "right horse"})

    assert {answer.status for answer in answers} == {403}
    assert (refused.status, left(refused)[:2], refused.headers["retry-after"]) == (429, ("20", "0"), "50")


def left(answer: Answer) -> tuple[str, ...]:
    """How much the bucket holds, what is left, and when it will be full."""
    return tuple(answer.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset"))


def course(name: str, arrangements: list[dict[str, int]]) -> dict[str, Any]:
    """A course that meets so."""
    return {"course_name": name, "arrangements": arrangements}
