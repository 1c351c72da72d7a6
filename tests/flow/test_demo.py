"""The demonstration account: a student in the middle of a term, made once and whole, on whatever day it is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from smartflow.cmd.compose import Clients
from smartflow.cmd.demo import DEMO, fill
from smartflow.shared.kernel.refusal import Unavailable
from tests.kit.app import App, running
from tests.kit.people import PASSWORD, Door, Person
from tests.kit.ports import MONDAY, ManualClock
from tests.kit.process import PATIENCE, up


async def demo(http: httpx2.AsyncClient) -> Person:
    """Log in as the demo."""
    tokens = await Door(http).post("/user/login", {"username": DEMO.username, "password": DEMO.password})
    assert tokens.status == 200, tokens.body
    return Person(http, DEMO.username, tokens.data["user_id"], tokens.data)


async def belongings(person: Person) -> dict[str, Any]:
    """Look at what the demo has."""
    classes = (await person.get("/task-class/list")).data["task_classes"]
    return {
        "tasks": await person.tasks(),
        "courses": (await person.get("/course/list")).data,
        "classes": [(each["item_count"], each["placed_count"]) for each in classes],
        "changes": [(entry["kind"], entry["added"]) for entry in (await person.get("/schedule/changes")).data],
    }


@pytest.mark.parametrize("day", range(7))
async def test_today_lies_in_the_middle_of_its_term_on_every_day_of_the_week(tmp_path: Path, day: int) -> None:
    async with running(tmp_path, clock=ManualClock(MONDAY + timedelta(days=day, hours=day))) as app:
        await fill(app.product.clients, app.clock.now())
        student = await demo(app.http)

        week = (await student.get("/schedule/week", include_empty=False)).data

        has = await belongings(student)
        assert (week["week"], week["weeks"]) == (9, 17)
        assert has["classes"] == [(16, 12)]
        assert [kind for kind, _ in has["changes"]] == ["plan", "change_set", "change_set", "import", "term"]
        assert any(event["embedded_task_info"]["id"] for event in week["events"])


async def test_it_has_courses_in_both_languages_and_tasks_in_all_four_quadrants(own_app: App) -> None:
    await fill(own_app.product.clients, own_app.clock.now())
    student = await demo(own_app.http)

    has = await belongings(student)
    done = (await student.get("/schedule/recent-completed")).data["events"]

    names = [course["course_name"] for course in has["courses"]]
    assert len(names) >= 8
    assert any(name.isascii() for name in names)
    assert any(not name.isascii() for name in names)
    assert any(course["is_allow_tasks"] for course in has["courses"])
    assert {task["priority_group"] for task in has["tasks"]} == {1, 2, 3, 4}
    assert any(task["is_completed"] for task in has["tasks"])
    assert [event["type"] for event in done] == ["task", "embedded_task"]


async def test_a_second_start_changes_nothing_on_the_same_day_or_later(own_app: App) -> None:
    for later in (timedelta(), timedelta(hours=1), timedelta(days=40)):
        own_app.clock.advance(later)
        await fill(own_app.product.clients, own_app.clock.now())
        if not later:
            first = await belongings(await demo(own_app.http))

    last = await belongings(await demo(own_app.http))

    assert {name: last[name] for name in ("courses", "classes", "changes")} == {
        name: first[name] for name in ("courses", "classes", "changes")
    }
    assert [task["id"] for task in last["tasks"]] == [task["id"] for task in first["tasks"]]


async def test_what_a_start_could_not_finish_the_next_one_does(own_app: App) -> None:
    async def busy(*_: object, **__: object) -> object:
        raise Unavailable

    with pytest.raises(Unavailable):
        await fill(without_planner(own_app.product.clients, busy), own_app.clock.now())
    assert (await belongings(await demo(own_app.http)))["classes"] == [(16, 2)]

    await fill(own_app.product.clients, own_app.clock.now())

    has = await belongings(await demo(own_app.http))
    assert has["classes"] == [(16, 12)]
    assert [kind for kind, _ in has["changes"]] == ["plan", "change_set", "change_set", "import", "term"]


async def test_what_the_student_took_out_stays_out(own_app: App) -> None:
    await fill(own_app.product.clients, own_app.clock.now())
    student = await demo(own_app.http)
    plan = (await student.get("/schedule/changes")).data[0]
    assert (await student.post(f"/schedule/changes/{plan['id']}/undo")).status == 200

    await fill(own_app.product.clients, own_app.clock.now())

    assert (await belongings(student))["classes"] == [(16, 2)]


async def test_somebody_elses_old_account_of_that_name_is_left_alone(own_app: App) -> None:
    door = Door(own_app.http)
    made = await door.post("/user/register", {"username": DEMO.username, "password": PASSWORD})
    assert made.status == 200, made.body
    own_app.clock.advance(timedelta(days=2))

    await fill(own_app.product.clients, own_app.clock.now())

    tokens = await door.post("/user/login", {"username": DEMO.username, "password": PASSWORD})
    assert await Person(own_app.http, DEMO.username, made.data["id"], tokens.data).tasks() == []


async def test_the_shell_starts_it_and_starts_it_again(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        async with up(tmp_path, "--demo") as started, httpx2.AsyncClient(base_url=started.url, timeout=PATIENCE) as http:
            seen.append(await belongings(await demo(http)))
            assert await started.stop() == 0
            assert "incomplete" not in started.said()

    assert seen[0]["classes"] == [(16, 12)]
    assert seen[0]["changes"] == seen[1]["changes"]


def without_planner(clients: Clients, make: Callable[..., Any]) -> Clients:
    """The same clients, but that nothing can be planned."""
    plans = clients.schedule.plan

    class Busy:
        def __getattr__(self, name: str) -> Any:
            return make if name == "make" else getattr(plans, name)

    return replace(clients, schedule=replace(clients.schedule, plan=Busy()))
