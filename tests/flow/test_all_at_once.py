"""Everything that is wrong with a request is named at once, in words that say what would be right."""

from typing import Any

import pytest

from tests.flow.test_main_job import imported, planned, study_plan
from tests.kit.app import App
from tests.kit.people import Answer, Door

MONDAYS = {"start_week": 1, "end_week": 16, "day_of_week": 1, "start_section": 1, "end_section": 2}


def said(answer: Answer) -> dict[str, str]:
    """Each broken field with its message."""
    return {error["field"]: error["message"] for error in answer.data["errors"]}


async def test_what_each_change_of_a_set_lacks_is_named_whatever_else_is_wrong(app: App) -> None:
    ming = await app.someone()
    changes = [
        {"op": "add", "day_of_week": 1, "start_section": 1, "end_section": 2},
        {"op": "move", "source": None, "week": 1, "day_of_week": 1, "start_section": 1, "end_section": 2},
        {"op": "remove"},
        {"op": "report", "event_id": 1},
        {"op": "pin", "task_item_id": 1, "pinned": None},
    ]
    missing = {
        "changes[0].source": "required",
        "changes[0].week": "required",
        "changes[1].event_id": "required",
        "changes[2].event_id": "required",
        "changes[3].state": "required",
        "changes[4].pinned": "required",
    }

    lacking = await ming.post("/schedule/changes", {"changes": changes})
    worse = await ming.post("/schedule/changes", {"changes": [*changes, {"op": "hide"}, {"op": "pin", "event_id": "x", "pinned": 1}, 3]})

    assert (lacking.status, lacking.code, lacking.broken) == (422, "40004", missing)
    assert worse.status == 422
    assert worse.broken.items() >= {**missing, "changes[5].op": "enum", "changes[6].pinned": "type", "changes[7]": "type"}.items()


async def test_what_an_edit_of_a_plan_lacks_is_named_whole(app: App) -> None:
    ming = await app.someone()
    await imported(ming)
    plan = await planned(ming)
    place = {"week": 3, "day_of_week": 1, "start_section": 1, "end_section": 2}
    edit = {"revision": 1, "placements": [place, {**place, "task_item_id": 1}, place], "unplace": [{"type": "task_item"}, {}]}

    refused = await ming.put(f"/schedule/plans/{plan['plan_id']}", edit)
    worse = await ming.put(f"/schedule/plans/{plan['plan_id']}", {**edit, "revision": 0})

    missing = {f"{at}.source": "required" for at in ("placements[0]", "placements[2]", "unplace[0]", "unplace[1]")}
    assert (refused.status, refused.code, refused.broken) == (422, "40004", missing)
    assert worse.broken == {**missing, "revision": "min"}


async def test_a_study_plan_that_contradicts_itself_in_several_ways_is_told_of_all(app: App) -> None:
    ming = await app.someone()
    twins = [{"order": 1, "content": "Chapter 1"}, {"order": 1, "content": "Chapter 2"}]
    wrong = {**study_plan(), "name": "", "start_date": "2026-12-20", "end_date": "2026-09-21", "items": twins}

    refused = await ming.post("/task-class/add", wrong)
    only_dates = await ming.post("/task-class/add", {**study_plan(), "start_date": "2026-12-20", "end_date": "2026-09-21"})
    no_dates = await ming.post("/task-class/add", {**study_plan(), "start_date": None, "end_date": "soon"})

    assert (refused.status, refused.code) == (422, "42201")
    assert refused.broken == {"name": "length", "end_date": "order", "items[0].order": "unique", "items[1].order": "unique"}
    assert (only_dates.status, only_dates.code, only_dates.broken) == (422, "40045", {"end_date": "order"})
    assert only_dates.body["info"] == "The start date lies after the end date."
    assert (no_dates.status, no_dates.code, no_dates.broken) == (422, "42201", {"start_date": "required", "end_date": "format"})


async def test_a_date_that_no_calendar_has_is_named_beside_the_rest(app: App) -> None:
    ming = await app.someone()

    refused = await ming.post("/task-class/add", {**study_plan(), "name": "", "start_date": "0000-01-01", "end_date": "2026-02-30"})

    assert (refused.status, refused.broken) == (422, {"name": "length", "start_date": "format", "end_date": "format"})


async def test_a_study_plan_without_items_or_dates_lacks_both(app: App) -> None:
    ming = await app.someone()
    bare = {"name": "Probability", "mode": "auto", "config": {"total_slots": 1, "strategy": "steady"}}

    refused = await ming.post("/task-class/add", bare)
    dateless = await ming.post("/task-class/add", {**bare, "items": [{"order": 1, "content": "Chapter 1"}]})

    assert refused.broken == {"items": "required", "start_date": "required", "end_date": "required"}
    assert (dateless.status, dateless.code) == (422, "40044")
    assert dateless.broken == {"start_date": "required", "end_date": "required"}


async def test_account_data_are_judged_together(app: App) -> None:
    ming = await app.someone()

    registered = await Door(app.http).post("/user/register", {"username": "", "password": "short"})
    changed = await ming.patch("/user/me", {"language": "fr", "zone": "Mars/X"})
    zone_and_number = await ming.patch("/user/me", {"zone": "Mars/X", "phone_number": "1\n2"})

    assert (registered.status, registered.broken) == (422, {"username": "length", "password": "length"})
    assert (changed.status, changed.broken) == (422, {"language": "enum", "zone": "enum"})
    assert zone_and_number.broken == {"zone": "enum", "phone_number": "format"}


async def test_how_to_import_is_judged_together_with_what_to_import(app: App) -> None:
    ming = await app.someone()
    ninth = {"course_name": "Algebra", "arrangements": [{**MONDAYS, "day_of_week": 9}]}

    refused = await ming.post("/course/import", {"courses": [ninth], "mode": "overwrite", "guests": "eject", "dry_run": "yes"})
    no_courses = await ming.post("/course/import", {"mode": "overwrite"})
    no_file = await ming.ask("POST", "/course/import-file", files={"other": b"x"}, data={"mode": "overwrite"})

    assert refused.status == 422
    assert refused.broken == {"mode": "enum", "guests": "enum", "dry_run": "type", "courses[0].arrangements[0].day_of_week": "max"}
    assert no_courses.broken == {"mode": "enum", "courses": "required"}
    assert no_file.broken == {"mode": "enum", "file": "required"}
    assert (await ming.get("/course/list")).data == []


async def test_where_a_block_could_go_is_asked_with_all_that_it_takes(app: App) -> None:
    ming = await app.someone()

    assert (await ming.get("/schedule/starts")).broken == {"weeks": "required", "event_id": "required"}


async def test_day_overrides_are_judged_whole(app: App) -> None:
    ming = await app.someone()
    overrides = [{"date": "2026-10-01", "kind": "follows"}, {"date": "2026-10-01", "kind": "off"}, {"date": "2026-10-02", "kind": "on"}]

    refused = await ming.put("/schedule/term/day-overrides", {"overrides": overrides})

    missing = {"overrides[0].week": "required", "overrides[0].day_of_week": "required"}
    assert refused.broken == {**missing, "overrides[1].date": "unique", "overrides[2].kind": "enum"}


@pytest.mark.parametrize(
    ("limits", "broken"),
    [
        ({"from": "2026-10-02", "until": "2026-10-01"}, {"limits.until": "order"}),
        ({"hours": [{"start": "08:00", "end": "12:00"}, {"start": "14:00", "end": "14:00"}]}, {"limits.hours[1].end": "order"}),
        ({"hours": [{"start": "22:00", "end": "07:00"}], "days": [8]}, {"limits.hours[0].end": "order", "limits.days[0]": "max"}),
        ({"hours": [{"start": "8:00", "end": "07:00"}]}, {"limits.hours[0].start": "format"}),
    ],
)
async def test_limits_of_a_plan_that_end_before_they_begin_are_refused(app: App, limits: dict[str, Any], broken: dict[str, str]) -> None:
    ming = await app.someone()
    task = await ming.adds_task("Lab report")

    refused = await ming.post("/schedule/smart-planning-multi", {"task_ids": [task], "limits": limits})
    for_nothing = await ming.post("/schedule/smart-planning-multi", {"limits": limits})

    assert (refused.status, refused.broken) == (422, broken)
    assert for_nothing.broken == {**broken, "task_class_ids": "required"}


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (
            {"title": "", "priority_group": 5},
            {"title": "This must be at least 1 character long.", "priority_group": "This must be at most 4."},
        ),
        (
            {"title": "x" * 256, "priority_group": 0},
            {"title": "This must be at most 255 characters long.", "priority_group": "This must be at least 1."},
        ),
    ],
)
async def test_a_message_says_which_end_of_a_range_was_left(app: App, body: dict[str, Any], messages: dict[str, str]) -> None:
    ming = await app.someone()

    assert said(await ming.post("/task/create", body)) == messages


async def test_messages_name_characters_bytes_and_entries_in_both_languages(app: App) -> None:
    ming = await app.someone()
    zh = {"Accept-Language": "zh"}
    many = {"task_class_ids": [1] * 21}
    account = {"username": "名" * 16, "password": "short"}

    empty = await ming.post("/task/create", {"title": "", "priority_group": 2}, headers=zh)
    long = await ming.post("/task/create", {"title": "长" * 256, "priority_group": 5}, headers=zh)

    assert said(empty) == {"title": "至少要有 1 个字符。"}
    assert said(long) == {"title": "最多 255 个字符。", "priority_group": "不能大于 4。"}
    assert said(await ming.post("/schedule/smart-planning-multi", many)) == {"task_class_ids": "This must have at most 20 entries."}
    assert said(await ming.post("/schedule/smart-planning-multi", many, headers=zh)) == {"task_class_ids": "最多 20 项。"}
    assert said(await ming.post("/schedule/changes", {"changes": []})) == {"changes": "This must have at least 1 entry."}
    assert said(await Door(app.http).post("/user/register", account)) == {
        "username": "This must be at most 45 bytes long, in UTF-8.",
        "password": "This must be at least 8 characters long.",
    }
    assert said(await Door(app.http).post("/user/register", account, headers=zh)) == {
        "username": "最多 45 个字节（UTF-8）。",
        "password": "至少要有 8 个字符。",
    }
