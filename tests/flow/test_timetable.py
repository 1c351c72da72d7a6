"""What stands where, and taking it off, through the front door."""

from datetime import UTC, datetime
from typing import Any

import pytest
from dirty_equals import IsInt, IsPartialDict

from tests.kit.app import App, Somebody

TERM = {"first_monday": "2026-09-07", "last_day": "2027-01-10"}
STARTS = ["08:00", "08:55", "10:15", "11:10", "14:00", "14:55", "16:15", "17:10", "19:00", "19:55", "20:50", "21:45"]
ENDS = ["08:45", "09:40", "11:00", "11:55", "14:45", "15:40", "17:00", "17:55", "19:45", "20:40", "21:35", "22:30"]
SECTIONS = [{"section": n, "start": start, "end": end} for n, (start, end) in enumerate(zip(STARTS, ENDS, strict=True), 1)]
MONDAY = {"start_week": 2, "end_week": 3, "day_of_week": 1, "start_section": 1, "end_section": 4}


@pytest.fixture
async def ming(app: App) -> Somebody:
    """Somebody with a filler course on Monday morning of weeks 2 and 3."""
    ming = await app.someone()
    await ming.put("/schedule/term", {**TERM, "sections": SECTIONS})
    course = {"course_name": "Algebra", "location": "B 12", "is_allow_tasks": True, "arrangements": [MONDAY]}
    imported = await ming.post("/course/import", {"courses": [course]})
    assert imported.status == 200, imported.body
    return ming


async def test_a_week_shows_a_host_in_the_parts_that_its_guest_makes(ming: Somebody) -> None:
    host = (await monday(ming))[0]["id"]
    task = await ming.adds_task("Lab report")
    guest = await places(ming, task, 3, 4, host)

    first, second = await monday(ming)

    assert first == {
        "id": host,
        "order": 1,
        "day_of_week": 1,
        "date": "2026-09-14",
        "name": "Algebra",
        "start_time": "08:00",
        "end_time": "09:40",
        "location": "B 12",
        "type": "course",
        "span": 2,
        "start_section": 1,
        "end_section": 2,
        "status": "normal",
        "can_be_embedded": True,
        "embedded_task_info": {"id": 0, "name": "", "type": ""},
        "source": {"type": "course", "id": IsInt},
        "task_class_id": None,
        "state": "live",
        "done_sections": 0,
        "pinned": False,
    }
    assert (second["id"], second["order"], second["span"], second["can_be_embedded"]) == (host, 2, 2, False)
    assert second["embedded_task_info"] == {
        "id": task,
        "name": "Lab report",
        "type": "task",
        "source": {"type": "task_pool", "id": task},
        "event_id": guest,
        "state": "live",
        "done_sections": 0,
        "pinned": False,
    }


async def test_a_week_has_its_dates_and_its_empty_stretches(ming: Somebody) -> None:
    week = (await ming.get("/schedule/week")).data

    shown = {name: week[name] for name in week if name not in {"term_id", "events"}}
    assert shown == {"week": 2, "start_date": "2026-09-14", "end_date": "2026-09-20", "weeks": 18, "schedule_version": 2}
    monday = [
        (each["id"] != 0, each["type"], each["start_section"], each["end_section"]) for each in week["events"] if each["day_of_week"] == 1
    ]
    assert monday == [(True, "course", 1, 4), (False, "empty", 5, 8), (False, "empty", 9, 12)]
    assert (await ming.get("/schedule/week", week=19)).code == "40030"
    assert (await ming.get("/schedule/week", week=-1)).broken == {"week": "min"}
    assert (await ming.get("/schedule/week", week=18)).data["end_date"] == "2027-01-10"


async def test_today_is_the_day_of_the_persons_term(ming: Somebody) -> None:
    today = (await ming.get("/schedule/today")).data

    assert [(day["week"], day["day_of_week"], day["date"], len(day["events"])) for day in today] == [(2, 1, "2026-09-14", 1)]


async def test_current_is_what_is_under_way_or_comes_next(ming: Somebody) -> None:
    current = await ming.get("/schedule/current")

    assert current.code == "10000"
    assert current.data == {
        "id": IsInt,
        "name": "Algebra",
        "location": "B 12",
        "type": "course",
        "time_status": "ongoing",
        "start_time": "2026-09-14T08:00:00+08:00",
        "end_time": "2026-09-14T11:55:00+08:00",
    }


async def test_with_nothing_now_or_next_the_answer_says_so(app: App) -> None:
    answer = await (await app.someone()).get("/schedule/current")

    assert (answer.status, answer.code, answer.body["data"]) == (200, "10002", None)
    assert (await (await app.someone()).get("/schedule/recent-completed")).data == {"has_more": False, "events": []}


async def test_what_was_done_is_listed(ming: Somebody) -> None:
    event = await places(ming, await ming.adds_task("Lab report"), 5, 5)
    await ming.post("/schedule/changes", {"changes": [{"op": "report", "event_id": event, "state": "done"}]})

    listed = (await ming.get("/schedule/recent-completed")).data

    assert listed == {
        "has_more": False,
        "events": [{"id": event, "name": "Lab report", "type": "task", "completed_time": "2026-09-14 10:00:00"}],
    }


async def test_a_block_is_deleted_with_or_without_its_guest(ming: Somebody) -> None:
    host = (await monday(ming))[0]["id"]
    guest = await places(ming, await ming.adds_task("Lab report"), 1, 2, host)

    done = await ming.ask("DELETE", "/schedule/delete", json=[{"id": host, "delete_course": True}])

    assert done.status == 200, done.body
    assert done.data == IsPartialDict({"change_id": IsInt, "dry_run": False, "removed_event_ids": [host], "created_event_ids": []})
    assert [(each["op"], each["name"]) for each in done.data["diff"]] == [("remove", "Algebra"), ("move", "Lab report")]
    assert [(each["id"], each["type"]) for each in await monday(ming)] == [(guest, "task")]


async def test_a_guest_is_taken_out_and_its_host_stays(ming: Somebody) -> None:
    host = (await monday(ming))[0]["id"]
    guest = await places(ming, await ming.adds_task("Lab report"), 1, 2, host)

    done = await ming.ask("DELETE", "/schedule/undo-task-item", params={"event_id": host})

    assert (done.status, done.data["removed_event_ids"]) == (200, [guest])
    assert [each["id"] for each in await monday(ming)] == [host]
    again = await ming.ask("DELETE", "/schedule/undo-task-item", params={"event_id": host})
    assert (again.status, again.code) == (409, "40035")


async def test_deletions_that_make_no_sense_are_refused(app: App, ming: Somebody) -> None:
    host = (await monday(ming))[0]["id"]
    other = await app.someone()

    unknown = await ming.ask("DELETE", "/schedule/delete", json=[{"id": 2**40, "delete_course": True}])
    foreign = await other.ask("DELETE", "/schedule/delete", json=[{"id": host, "delete_course": True}])
    no_guest = await ming.ask("DELETE", "/schedule/delete", json=[{"id": host, "delete_embedded_task": True}])
    empty = await ming.ask("DELETE", "/schedule/delete", json=[])
    no_id = await ming.ask("DELETE", "/schedule/delete", json=[{"delete_course": True}])

    assert (unknown.status, unknown.code) == (foreign.status, foreign.code) == (404, "40031")
    assert (no_guest.status, no_guest.code) == (409, "40032")
    assert (empty.status, list(empty.broken.values())) == (422, ["length"])
    assert (no_id.status, no_id.broken) == (422, {"[0].id": "required"})


async def test_a_term_that_would_drop_blocks_names_them(ming: Somebody) -> None:
    refused = await ming.put("/schedule/term", {**TERM, "first_monday": "2026-09-07", "last_day": "2026-09-20", "sections": SECTIONS})

    assert (refused.status, refused.code) == (409, "40907")
    assert refused.data["events"] == [
        {
            "event_id": IsInt,
            "name": "Algebra",
            "source": {"type": "course", "id": IsInt},
            "place": {"week": 3, "day_of_week": 1, "start_section": 1, "end_section": 4, "embed_course_event_id": None},
            "start_at": "2026-09-21T08:00:00+08:00",
            "end_at": "2026-09-21T11:55:00+08:00",
        }
    ]


async def test_hot_reads_take_few_statements(app: App, ming: Somebody) -> None:
    await ming.get("/schedule/week")

    async with app.statements(at_most=5):
        await ming.get("/schedule/week")
    async with app.statements(at_most=5):
        await ming.get("/schedule/today")


async def test_everything_works_outside_any_term(app: App, ming: Somebody) -> None:
    now = app.clock.now()
    app.clock.set(datetime(2027, 2, 1, tzinfo=UTC))
    try:
        await ming.again()
        answers = [await ming.get(f"/schedule/{name}") for name in ("today", "week", "current", "recent-completed", "term", "terms")]
    finally:
        app.clock.set(now)

    assert {answer.status for answer in answers} == {200}
    assert answers[0].data == []
    assert answers[1].data["week"] == 18


async def monday(ming: Somebody) -> list[Any]:
    week = await ming.get("/schedule/week", week=2, include_empty="false")
    assert week.status == 200, week.body
    return [each for each in week.data["events"] if each["day_of_week"] == 1]


async def places(ming: Somebody, task: int, first: int, last: int, host: int | None = None) -> int:
    place = {"week": 2, "day_of_week": 1, "start_section": first, "end_section": last, "embed_course_event_id": host}
    done = await ming.post("/schedule/changes", {"changes": [{"op": "add", "source": {"type": "task_pool", "id": task}, **place}]})
    assert done.status == 200, done.body
    return int(done.data["created_event_ids"][0])


async def test_a_guest_stays_in_its_host_whatever_is_said_of_either_until_it_is_skipped(ming: Somebody) -> None:
    host = (await monday(ming))[0]["id"]
    guest = await places(ming, await ming.adds_task("Lab report"), 1, 2, host)
    said: list[dict[str, Any]] = [
        {"op": "pin", "event_id": host, "pinned": True},
        {"op": "report", "event_id": host, "state": "done"},
        {"op": "report", "event_id": guest, "state": "done"},
    ]

    for change in said:
        assert (await ming.post("/schedule/changes", {"changes": [change]})).status == 200
        first, second = await monday(ming)
        assert (first["id"], first["embedded_task_info"]["event_id"], second["id"]) == (host, guest, host)
    skipped = {"changes": [{"op": "report", "event_id": guest, "state": "skipped"}]}
    assert (await ming.post("/schedule/changes", skipped)).status == 200
    assert [(each["id"], each["span"], each["status"]) for each in await monday(ming)] == [
        (guest, 2, "interrupted"),
        (host, 4, "normal"),
    ]

    last = (await ming.get("/schedule/changes")).data[0]["id"]
    assert (await ming.post(f"/schedule/changes/{last}/undo", {})).status == 200
    assert (await monday(ming))[0]["embedded_task_info"]["state"] == "done"


async def test_what_the_term_has_no_room_for_any_more_is_not_undone_and_says_so(ming: Somebody) -> None:
    place = {"week": 18, "day_of_week": 1, "start_section": 1, "end_section": 2}
    source = {"type": "task_pool", "id": await ming.adds_task("Lab report")}
    event = (await ming.post("/schedule/changes", {"changes": [{"op": "add", "source": source, **place}]})).data["created_event_ids"][0]
    removed = (await ming.post("/schedule/changes", {"changes": [{"op": "remove", "event_id": event}]})).data["change_id"]
    await ming.put("/schedule/term", {**TERM, "last_day": "2026-12-31", "sections": SECTIONS})

    refused = await ming.post(f"/schedule/changes/{removed}/undo", {})

    assert (refused.status, refused.code) == (409, "40902")
    assert [each["cause"] for each in refused.data["conflicts"]] == ["not_undoable"]
    assert (await ming.get(f"/schedule/changes/{removed}")).data["diff"][0]["before"]["start_at"] == "2027-01-04T08:00:00+08:00"
