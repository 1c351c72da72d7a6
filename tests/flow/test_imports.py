"""What an import shows before it is done, and which courses it finds again; through the front door."""

from typing import Any

import pytest
from dirty_equals import IsInt, IsPartialDict

from tests.flow.test_main_job import TERM
from tests.flow.test_make_up_days import FIL, changes, course, days, embeds, event, imports, items, place, standing
from tests.kit.app import App, Somebody

FIL_AT_LAST = {"event_id": IsInt, "name": "FIL", "type": "course", "week": 15, "incoming": {"course_name": "FIL", "arrangement": 0}}


@pytest.fixture
async def ming(app: App) -> Somebody:
    """Somebody with the filler course FIL on Saturday mornings of weeks 12 to 16."""
    ming = await app.someone()
    await imports(ming, FIL, format="smartflow", version=1, term=TERM["term"], adopt_term=True)
    return ming


async def test_a_rehearsed_import_names_no_row_that_is_not_there(ming: Somebody) -> None:
    (item,) = await items(ming, 1)
    guest = await embeds(ming, item, 13, 1, 2)
    wanted = [{**FIL, "course_name": "NEW"}]

    shown = await imports(ming, *wanted, mode="replace_term", dry_run=True)

    come = [each for each in shown["diff"] if each["op"] == "add"]
    gone = [each for each in shown["diff"] if each["op"] == "remove"]
    assert {(each["name"], each["source"]["id"], each["after"]["event_id"]) for each in come} == {("NEW", None, None)}
    assert {(each["name"], type(each["source"]["id"]), type(each["before"]["event_id"])) for each in gone} == {("FIL", int, int)}
    (moved,) = shown["guests_moved"]
    assert (moved["source"]["id"], moved["before"]["event_id"], moved["after"]["event_id"]) == (item, guest, guest)
    hosts = [moved[side]["place"]["embed_course_event_id"] for side in ("before", "after")]
    assert hosts == [gone[1]["before"]["event_id"], None]
    done = await imports(ming, *wanted, mode="replace_term")
    assert done["guests_moved"][0]["after"]["place"]["embed_course_event_id"] == await event(ming, 13, 6)


@pytest.mark.parametrize("adopts", [False, True])
async def test_a_rehearsed_import_names_no_term_that_is_not_there(app: App, *, adopts: bool) -> None:
    ming = await app.someone()
    file = {"format": "smartflow", "version": 1, "term": TERM["term"], "adopt_term": True} if adopts else {}

    shown = await imports(ming, course(14, 1, 5, 6), dry_run=True, **file)

    assert [(each["after"]["term_id"], each["after"]["place"]["week"]) for each in shown["diff"]] == [(None, 14)]
    assert (await ming.get("/schedule/term")).data["term_id"] is None


async def test_a_course_may_not_take_the_name_and_the_location_of_another(ming: Somebody) -> None:
    await imports(ming, course(14, 1, 5, 6))
    mine, other = (await ming.get("/course/list")).data

    renamed = await ming.patch(f"/course/{mine['id']}", {"course_name": "LAB", "location": "B 12"})
    elsewhere = await ming.patch(f"/course/{mine['id']}", {"course_name": "LAB"})
    moved = await ming.patch(f"/course/{mine['id']}", {"location": "B 12"})
    same = await ming.patch(f"/course/{other['id']}", {"course_name": "LAB", "location": "B 12", "teacher": "Li"})

    for refused in (renamed, moved):
        assert (refused.status, refused.code, refused.broken) == (422, "42201", {"course_name": "unique"})
    assert (elsewhere.status, same.status) == (200, 200)
    assert (await imports(ming, course(14, 1, 5, 6), mode="merge"))["unchanged"] == 1


async def test_a_course_may_be_called_like_one_that_was_deleted_or_is_of_another_term(ming: Somebody) -> None:
    await imports(ming, course(14, 1, 5, 6))
    mine, other = (await ming.get("/course/list")).data
    assert (await ming.delete(f"/course/{other['id']}")).status == 200
    spring = {**TERM["term"], "first_monday": "2027-02-22", "last_day": "2027-07-04"}
    later = (await ming.put("/schedule/term", spring)).data["term_id"]
    await imports(ming, course(3, 1, 5, 6), term_id=later)

    renamed = await ming.patch(f"/course/{mine['id']}", {"course_name": "LAB", "location": "B 12"})

    assert (renamed.status, renamed.data["course_name"]) == (200, "LAB")


async def test_a_meeting_that_was_moved_and_comes_in_again_meets_its_course(ming: Somebody) -> None:
    await changes(ming, {"op": "move", "event_id": await event(ming, 15, 6), **place(15, 7, 1, 4)})
    again = {**FIL, "arrangements": [{**FIL["arrangements"][0], "start_week": 15, "end_week": 15}]}

    refused = await ming.post("/course/import", {"courses": [again]})
    shown = await imports(ming, again, dry_run=True)

    assert (refused.status, refused.code) == (409, "40029")
    assert refused.data == shown["clashes"] == [IsPartialDict({**FIL_AT_LAST, "day_of_week": 7})]
    assert (refused.body["paging"]["total"], shown["clashes_total"]) == (1, 1)
    assert await standing(ming, 15, 7) == [("FIL", "live", 1, 4)]


async def test_a_meeting_that_is_suspended_and_comes_in_again_meets_its_course(ming: Somebody) -> None:
    await days(ming, {"date": "2026-12-19", "kind": "off"})  # W15D6

    refused = await ming.post("/course/import", {"courses": [FIL]})

    assert (refused.status, refused.code) == (409, "40029")
    met: list[Any] = refused.data
    assert sorted(each["week"] for each in met) == [12, 13, 14, 15, 16]
