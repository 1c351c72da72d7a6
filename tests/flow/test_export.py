"""Everything of a person as a zip: all of it, only theirs, nothing hidden, no secrets."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from dirty_equals import IsPartialDict
from sqlalchemy import select

from smartflow.cmd.schema import schema
from tests.flow.test_main_job import TERM, imported, planned
from tests.kit.app import App, Somebody
from tests.kit.belongings import MARK, everything
from tests.kit.people import PASSWORD, Door, Person

KINDS = {
    "about.json",
    "user.json",
    "sessions.json",
    "tasks.json",
    "terms.json",
    "day_overrides.json",
    "courses.json",
    "task_classes.json",
    "events.json",
    "plans.json",
    "changes.json",
    "memories.json",
    "conversations.json",
    "interactions.json",
    "model_calls.json",
}


async def exported(app: App, person: Person) -> dict[str, Any]:
    """Ask for the zip; gives what is in each of its files."""
    answer = await app.http.get("/api/v1/user/export", headers={"Authorization": f"Bearer {person.tokens['access_token']}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.testzip() is None
        return {name: json.loads(file.read(name)) for name in file.namelist()}


async def test_the_zip_holds_one_file_per_kind_of_thing_with_what_the_api_shows(app: App) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    holiday = {"term_id": my.term_id, "overrides": [{"date": "2026-10-01", "kind": "off"}]}
    assert (await ming.put("/schedule/term/day-overrides", holiday)).status == 200

    found = await exported(app, ming)

    assert set(found) == {*KINDS, "timetables/2026-09-07.json"}
    assert found["about.json"]["username"] == ming.name
    assert found["user.json"] == (await ming.get("/user/me")).data
    sessions = (await ming.get("/user/sessions")).data
    assert found["sessions.json"] == [{name: value for name, value in each.items() if name != "current"} for each in sessions]
    assert found["tasks.json"] == await ming.tasks()
    assert found["memories.json"] == (await ming.get("/memory/items")).data
    meta, timeline = [
        (await ming.get(f"/agent/conversation-{what}", conversation_id=my.conversation_id)).data for what in ("meta", "timeline")
    ]
    assert found["conversations.json"] == [IsPartialDict(conversation=meta, timeline=timeline, usage=IsPartialDict(calls=0))]
    assert [each["kind"] for each in timeline if each["kind"] in {"user_text", "confirm_request"}] == [
        "user_text",
        "user_text",
        "confirm_request",
    ]
    assert found["interactions.json"] == [
        IsPartialDict(meta["pending"] | {"conversation_id": my.conversation_id, "run_id": my.run_id, "status": "open"})
    ]
    assert found["terms.json"] == (await ming.get("/schedule/terms")).data
    assert found["day_overrides.json"] == [{"term_id": my.term_id, "overrides": (await ming.get("/schedule/term/day-overrides")).data}]
    assert found["courses.json"] == [{"term_id": my.term_id, "courses": (await ming.get("/course/list")).data}]
    assert found["task_classes.json"] == [(await ming.get("/task-class/get", task_class_id=my.task_class_id)).data]
    assert found["plans.json"] == [(await ming.get(f"/schedule/plans/{my.plan_id}")).data]
    assert found["changes.json"] == (await ming.get("/schedule/changes", limit=100)).data


async def test_every_block_of_every_week_is_there_under_its_name(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    plan = await planned(ming)
    assert (await ming.post(f"/schedule/plans/{plan['plan_id']}/apply", {"revision": 1})).status == 200

    found = (await exported(app, ming))["events.json"]

    shown: dict[int, str] = {}
    for week in range(1, 19):
        for event in (await ming.get("/schedule/week", week=week, include_empty=False)).data["events"]:
            shown[event["id"]] = event["name"]
            guest = event["embedded_task_info"]
            shown |= {guest["event_id"]: guest["name"]} if guest["id"] else {}
    assert {event["event_id"]: event["name"] for event in found} == shown
    assert [event["start_at"] for event in found] == sorted(event["start_at"] for event in found)
    assert sum(event["source"]["type"] == "task_item" for event in found) == 16


async def test_somebody_with_nothing_gets_a_zip_of_empty_lists(app: App) -> None:
    ming = await app.someone()

    found = await exported(app, ming)

    assert set(found) == KINDS
    empty = {name for name, content in found.items() if content == []}
    assert empty == KINDS - {"about.json", "user.json", "sessions.json"}


async def test_nothing_of_anybody_else_is_in_it(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    await everything(app, ming)
    await li.adds_task("Li's task")

    found = await exported(app, li)

    assert [task["title"] for task in found["tasks.json"]] == ["Li's task"]
    assert MARK not in str(found)
    assert ming.name not in str(found)


async def test_no_password_token_or_key_is_in_it(app: App) -> None:
    ming = await app.someone()
    await everything(app, ming)

    found = str(await exported(app, ming)).replace("content_hash", "")  # of words that stand beside it

    for secret in await secrets_of(app, ming):
        assert secret not in found
    for word in ("password", "argon2", "access_token", "refresh_token", "hash"):
        assert word not in found.lower()


async def test_what_was_deleted_is_not_in_it_until_it_is_restored(app: App) -> None:
    ming = await app.someone()
    my = await everything(app, ming)
    await app.settle()
    before = await exported(app, ming)
    assert before["plans.json"][0]["placements"]

    await ming.delete("/task/delete", query={"task_id": my.task_id})
    await ming.delete(f"/course/{my.course_id}")
    gone = await ming.delete("/task-class/delete-class", query={"task_class_id": my.task_class_id})
    await app.settle()
    after = await exported(app, ming)

    assert my.task_id not in [task["id"] for task in after["tasks.json"]]
    assert my.course_id not in [course["id"] for each in after["courses.json"] for course in each["courses"]]
    assert after["task_classes.json"] == []
    assert {event["source"]["type"] for event in after["events.json"]} == {"course"}
    assert after["plans.json"][0]["placements"] == []
    for word in (f"{MARK} course", f"{MARK} class", f"{MARK} chapter", f"'{MARK} task'"):
        assert word in str(before)
        assert word not in str(after)

    assert (await ming.post(f"/schedule/changes/{gone.data['change_id']}/undo")).status == 200
    assert (await exported(app, ming))["task_classes.json"] == before["task_classes.json"]


async def test_the_journal_is_there_to_its_first_entry(own_app: App) -> None:
    ming = await own_app.someone()
    my = await everything(own_app, ming)
    for number in range(120):
        pin = {"op": "pin", "event_id": my.event_id, "pinned": number % 2 == 0}
        assert (await ming.post("/schedule/changes", {"changes": [pin], "note": f"number {number}"})).status == 200

    found = (await exported(own_app, ming))["changes.json"]

    notes = [entry["note"] for entry in found if entry["note"]]
    assert notes == [f"number {number}" for number in reversed(range(120))]
    assert [entry["kind"] for entry in found[-2:]] == ["import", "term"]


async def test_the_timetable_in_it_can_be_imported_again(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    await imported(ming)
    found = await exported(app, ming)

    again = await li.post("/course/import", {**found["timetables/2026-09-07.json"], "adopt_term": True})

    assert again.status == 200, again.body
    assert bare((await li.get("/course/list")).data) == bare(found["courses.json"][0]["courses"])
    assert (await li.get("/schedule/term")).data["first_monday"] == TERM["term"]["first_monday"]


async def test_the_file_is_named_for_the_person_and_the_day_there(own_app: App) -> None:
    ming = await own_app.someone()
    own_app.clock.advance(timedelta(hours=14, minutes=30))  # past midnight in Shanghai
    await ming.again()

    answer = await named(own_app, ming)

    assert answer == f'attachment; filename="smartflow-{ming.name}-2026-09-15.zip"'


@pytest.mark.parametrize("name", ["小明", '"; rm -rf /', "../../etc"])
async def test_a_name_that_is_no_file_name_makes_none(app: App, name: str) -> None:
    door = Door(app.http)
    made = await door.post("/user/register", {"username": name, "password": PASSWORD})
    tokens = await door.post("/user/login", {"username": name, "password": PASSWORD})
    somebody = Person(app.http, name, made.data["id"], tokens.data)

    answer = await named(app, somebody)

    safe = {"小明": str(somebody.id), '"; rm -rf /': "rm--rf", "../../etc": "etc"}[name]
    assert answer == f'attachment; filename="smartflow-{safe}-2026-09-14.zip"'


async def test_a_refusal_is_enveloped_and_the_description_says_what_comes(app: App) -> None:
    refused = await Door(app.http).get("/user/export")
    described = (await Door(app.http).get("//openapi.json")).body["paths"]["/api/v1/user/export"]["get"]

    assert (refused.status, refused.code) == (401, "40009")
    assert set(described["responses"]["200"]["content"]) == {"application/zip"}
    assert set(described["responses"]["401"]["content"]) == {"application/json"}


async def named(app: App, person: Person) -> str:
    answer = await app.http.get("/api/v1/user/export", headers={"Authorization": f"Bearer {person.tokens['access_token']}"})
    return str(answer.headers["content-disposition"])


async def secrets_of(app: App, somebody: Somebody) -> set[str]:
    """Gather what must never be shown: what the person logs in with, and every digest that is kept of it."""
    users, refreshes = (schema().tables[f"userauth_{name}"] for name in ("users", "refreshes"))
    async with app.product.host.database.read() as reader:
        hashed = await reader.value(select(users.c.password).where(users.c.id == somebody.id))
        tokens = await reader.all(select(refreshes.c.id).where(refreshes.c.user_id == somebody.id))
    assert hashed
    assert tokens
    return {PASSWORD, somebody.tokens["access_token"], somebody.tokens["refresh_token"], hashed, *(str(row.id) for row in tokens)}


def bare(courses: list[Any]) -> list[Any]:
    return [{name: value for name, value in course.items() if name != "id"} for course in courses]
