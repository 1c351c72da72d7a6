"""Terms and make-up days, through the front door."""

from typing import Any

import pytest
from dirty_equals import IsInt, IsList, IsPartialDict, IsStr

from tests.kit.app import App

ROWS = [{"section": 1, "start": "08:00", "end": "08:45"}, {"section": 2, "start": "08:55", "end": "09:40"}]
EVENING = {"section": 3, "start": "19:00", "end": "19:45"}
AUTUMN = {"first_monday": "2026-09-07", "last_day": "2027-01-10", "sections": ROWS}


async def test_before_a_term_is_set_the_default_one_is_shown(app: App) -> None:
    ming = await app.someone()

    shown = await ming.get("/schedule/term")

    assert shown.status == 200
    assert shown.data == {
        "term_id": None,
        "name": "",
        "first_monday": "2026-09-14",
        "last_day": "2027-01-31",
        "weeks": 20,
        "zone": "Asia/Shanghai",
        "sections": IsList(length=12),
        "breaks": [4, 8],
        "preferred_hours": [],
        "forbidden_hours": [],
        "daily_cap_minutes": None,
        "attention": None,
        "is_default": True,
        "schedule_version": 0,
    }
    assert shown.data["sections"][2] == {"section": 3, "start": "10:15", "end": "11:00"}
    assert (await ming.get("/schedule/terms")).data == [shown.data]


async def test_a_term_is_answered_whole_and_found_again(app: App) -> None:
    ming = await app.someone()
    night = {"days_of_week": [], "start": "22:00", "end": "07:00"}
    likes = {"forbidden_hours": [night], "daily_cap_minutes": 300, "attention": [3, 2, 1], "name": "  Autumn "}

    made = await ming.put("/schedule/term", {**AUTUMN, **likes, "sections": [*ROWS, EVENING], "zone": "Europe/Berlin"})

    assert made.status == 200
    assert made.data == {
        "term_id": IsInt,
        "name": "Autumn",
        "first_monday": "2026-09-07",
        "last_day": "2027-01-10",
        "weeks": 18,
        "zone": "Europe/Berlin",
        "sections": [*ROWS, EVENING],
        "breaks": [2],
        "preferred_hours": [],
        "forbidden_hours": [night],
        "daily_cap_minutes": 300,
        "attention": [3, 2, 1],
        "is_default": False,
        "schedule_version": 1,
    }
    assert (await ming.get("/schedule/term")).data == made.data
    assert (await ming.get("/schedule/term", term_id=made.data["term_id"])).data == made.data


async def test_one_key_sets_a_term_once(app: App) -> None:
    ming = await app.someone()

    first, second = [await ming.put("/schedule/term", AUTUMN, key="once") for _ in range(2)]

    assert first.body["data"] == second.body["data"]
    assert second.headers["idempotency-replayed"] == "true"
    assert (await ming.get("/schedule/week")).data["schedule_version"] == 1


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        ({"first_monday": "2026-09-08"}, {"first_monday": "format"}),
        ({"first_monday": "yesterday"}, {"first_monday": "format"}),
        ({"last_day": "2027-12-31"}, {"last_day": "max"}),
        ({"last_day": "2026-09-06"}, {"last_day": "order"}),
        ({"zone": "Atlantis"}, {"zone": "unknown"}),
        ({"sections": []}, {"sections": "min"}),
        ({"sections": [ROWS[1], ROWS[0]]}, {"sections[0].section": "order", "sections[1].section": "order", "sections[1].start": "order"}),
        ({"sections": [{**ROWS[0], "end": "8:45"}]}, {"sections[0].end": "format"}),
        ({"sections": [{**ROWS[0], "end": "08:00"}]}, {"sections[0].end": "order"}),
        ({"breaks": [3]}, {"breaks[0]": "max"}),
        ({"name": "x" * 65}, {"name": "length"}),
        ({"attention": [1, 4]}, {"attention[1]": "max"}),
        (
            {"preferred_hours": [{"start": "08:00", "end": "08:00", "days_of_week": [8]}]},
            IsPartialDict({"preferred_hours[0].end": "order"}),
        ),
    ],
)
async def test_a_term_that_breaks_rules_is_refused_by_their_names(app: App, wrong: dict[str, Any], broken: dict[str, str]) -> None:
    ming = await app.someone()

    refused = await ming.put("/schedule/term", {**AUTUMN, **wrong})

    assert (refused.status, refused.code) == (422, "42201")
    assert refused.broken == broken


async def test_a_range_may_not_meet_two_terms(app: App) -> None:
    ming = await app.someone()
    await ming.put("/schedule/term", AUTUMN)
    await ming.put("/schedule/term", {**AUTUMN, "first_monday": "2027-02-22", "last_day": "2027-07-04"})

    refused = await ming.put("/schedule/term", {**AUTUMN, "last_day": "2027-03-01"})

    assert (refused.status, refused.broken) == (422, {"first_monday": "overlap"})
    assert [each["first_monday"] for each in (await ming.get("/schedule/terms")).data] == ["2026-09-07", "2027-02-22"]


async def test_another_persons_term_is_unknown(app: App) -> None:
    ming, other = await app.someone(), await app.someone()
    theirs = (await other.put("/schedule/term", AUTUMN)).data["term_id"]

    answers = [
        await ming.get("/schedule/term", term_id=theirs),
        await ming.get("/schedule/week", term_id=theirs),
        await ming.get("/schedule/term/day-overrides", term_id=theirs),
        await ming.put("/schedule/term", {**AUTUMN, "term_id": theirs}),
        await ming.put("/schedule/term/day-overrides", {"overrides": [], "term_id": theirs}),
    ]

    assert {(each.status, each.code) for each in answers} == {(404, "40412")}


async def test_a_dry_run_changes_nothing(app: App) -> None:
    ming = await app.someone()

    shown = await ming.put("/schedule/term", {**AUTUMN, "dry_run": True}, key="one")

    assert (shown.status, shown.data["term_id"], shown.data["weeks"]) == (200, None, 18)
    assert (await ming.get("/schedule/term")).data["is_default"]
    assert (await ming.put("/schedule/term", AUTUMN, key="one")).data["term_id"]


async def test_day_overrides_are_set_as_a_whole_list(app: App) -> None:
    ming = await app.someone()
    await ming.put("/schedule/term", AUTUMN)
    wanted = [{"date": "2026-10-10", "kind": "follows", "week": 4, "day_of_week": 4}, {"date": "2026-10-01", "kind": "off"}]

    done = await ming.put("/schedule/term/day-overrides", {"overrides": wanted})

    assert done.status == 200, done.body
    assert done.data == IsPartialDict({"change_id": IsInt, "dry_run": False, "base_version": 1, "schedule_version": 2, "diff": []})
    assert (await ming.get("/schedule/term/day-overrides")).data == [
        {"date": "2026-10-01", "kind": "off", "week": None, "day_of_week": None},
        {"date": "2026-10-10", "kind": "follows", "week": 4, "day_of_week": 4},
    ]


async def test_day_overrides_that_make_no_sense_are_refused(app: App) -> None:
    ming = await app.someone()
    await ming.put("/schedule/term", AUTUMN)

    half = await ming.put("/schedule/term/day-overrides", {"overrides": [{"date": "2026-10-01", "kind": "follows", "week": 4}]})
    twice = await ming.put("/schedule/term/day-overrides", {"overrides": [{"date": "2026-10-01", "kind": "off"}] * 2})
    outside = await ming.put("/schedule/term/day-overrides", {"overrides": [{"date": "2027-10-01", "kind": "off"}]})

    assert (half.status, half.code, half.broken) == (422, "40004", {"overrides[0].day_of_week": "required"})
    assert (twice.status, twice.code, twice.broken) == (422, "42201", {"overrides[1].date": "unique"})
    assert (outside.status, outside.code) == (422, "40023")
    assert outside.body["info"] == IsStr(min_length=1)


async def test_a_term_that_moved_nothing_is_shown_as_never_undone_and_refused_as_that(app: App) -> None:
    ming = await app.someone()
    await ming.put("/schedule/term", AUTUMN)
    await ming.put("/schedule/term", {**AUTUMN, "name": "Autumn"})
    listed = (await ming.get("/schedule/changes")).data

    answers = [await ming.post(f"/schedule/changes/{each['id']}/undo", {"dry_run": dry}) for each in listed for dry in (True, False)]

    assert [(each["kind"], each["undoable"], each["moved"]) for each in listed] == [("term", False, 0)] * 2
    assert {(each.status, each.code) for each in answers} == {(409, "40902")}
    never = {"diff": None, "cause": "not_undoable", "change_id": None, "clashes": []}
    assert [each.data["conflicts"] for each in answers] == [[never]] * 4
