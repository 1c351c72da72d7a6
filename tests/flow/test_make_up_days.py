"""Days off and make-up days, and what becomes of meetings and guests on them; through the front door."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.flow.test_main_job import TERM
from tests.kit.app import App, Somebody

SATURDAYS = {"start_week": 12, "end_week": 16, "day_of_week": 6, "start_section": 1, "end_section": 4}
FIL = {"course_name": "FIL", "location": "Hall", "is_allow_tasks": True, "arrangements": [SATURDAYS]}
MADE_UP = {"date": "2026-12-12", "kind": "follows", "week": 13, "day_of_week": 6}  # W14D6 has the meetings of W13D6
DAY_OFF = {"date": "2026-12-05", "kind": "off"}  # W13D6
OF_W13D6 = (13, 6, 1, 4)


@pytest.fixture
async def ming(app: App) -> Somebody:
    """Somebody with the filler course FIL on Saturday mornings of weeks 12 to 16."""
    ming = await app.someone()
    await imports(ming, FIL, format="smartflow", version=1, term=TERM["term"], adopt_term=True)
    return ming


async def test_a_course_that_comes_in_does_not_meet_on_a_day_off(ming: Somebody) -> None:
    await days(ming, {"date": "2026-12-07", "kind": "off"})

    await imports(ming, course(14, 1, 5, 6))

    assert await standing(ming, 14, 1) == [("LAB", "suspended", 5, 6)]
    await days(ming)
    assert await standing(ming, 14, 1) == [("LAB", "live", 5, 6)]


async def test_a_course_that_comes_in_meets_on_the_day_that_follows_its_own(ming: Somebody) -> None:
    await days(ming, {"date": "2026-12-06", "kind": "follows", "week": 14, "day_of_week": 1})

    await imports(ming, course(14, 1, 5, 6), course(13, 7, 7, 8, "TALK"))

    assert await standing(ming, 13, 7) == [("LAB", "live", 5, 6), ("TALK", "suspended", 7, 8)]
    assert await standing(ming, 14, 1) == []


async def test_a_replaced_term_keeps_meetings_where_its_make_up_days_have_them(ming: Somebody) -> None:
    await days(ming, {"date": "2026-12-06", "kind": "follows", "week": 13, "day_of_week": 6}, DAY_OFF)

    replaced = await imports(ming, FIL, mode="replace_term")

    assert replaced == IsPartialDict({"added": 0, "removed": 0, "unchanged": 5})
    assert await standing(ming, 13, 6) == []
    assert await standing(ming, 13, 7) == [("FIL", "live", 1, 4)]


async def test_a_merge_finds_a_meeting_that_was_moved(ming: Somebody) -> None:
    await days(ming, {"date": "2026-12-06", "kind": "follows", "week": 13, "day_of_week": 6})
    meeting = await event(ming, 15, 6)
    await changes(ming, {"op": "move", "event_id": meeting, **place(15, 7, 1, 4)})

    merged = await imports(ming, FIL, mode="merge")

    assert merged == IsPartialDict({"added": 0, "removed": 0, "unchanged": 5, "change_id": None})
    assert await standing(ming, 15, 7) == [("FIL", "live", 1, 4)]


async def test_a_replaced_term_puts_a_moved_meeting_where_the_file_has_it(ming: Somebody) -> None:
    await changes(ming, {"op": "move", "event_id": await event(ming, 15, 6), **place(15, 7, 1, 4)})

    replaced = await imports(ming, FIL, mode="replace_term")

    assert replaced == IsPartialDict({"added": 1, "removed": 1, "unchanged": 4})
    assert await standing(ming, 15, 6) == [("FIL", "live", 1, 4)]


async def test_a_guest_that_may_not_move_along_is_taken_out_and_the_make_up_day_stands(ming: Somebody) -> None:
    first, second = await items(ming, 2)
    guest = await embeds(ming, first, OF_W13D6[0], 1, 2)
    await changes(ming, {"op": "add", "task_item_id": second, **place(13, 7, 1, 2)})

    shown = await ming.put("/schedule/term/day-overrides", {"overrides": [MADE_UP], "dry_run": True})
    done = await days(ming, MADE_UP)

    assert shown.status == 200, shown.body
    assert [each["severity"] for each in shown.data["violations"]] == []
    assert done["removed_event_ids"] == shown.data["removed_event_ids"] == [guest]
    assert {(each["op"], each["name"]) for each in done["diff"]} == {("report", "FIL"), ("move", "FIL"), ("remove", "Part 1")}
    assert await standing(ming, 14, 6) == [("FIL", "live", 1, 4), ("FIL", "suspended", 1, 4)]
    assert (await changes(ming, {"op": "add", "task_item_id": first, **place(13, 6, 1, 2)}))["violations"] == []


async def test_a_guest_that_may_moves_along_with_its_meeting(ming: Somebody) -> None:
    first, second = await items(ming, 2)
    guest, other = await embeds(ming, first, 13, 1, 2), await embeds(ming, second, 13, 3, 4)

    done = await days(ming, MADE_UP)

    assert done["removed_event_ids"] == []
    assert await guests(ming, 14, 6) == [guest, other]


async def test_guests_of_a_meeting_that_makes_room_give_way_or_go_into_what_comes(ming: Somebody) -> None:
    first, second = await items(ming, 2)
    coming, going = await embeds(ming, first, 13, 1, 2), await embeds(ming, second, 14, 1, 2)
    task = await ming.adds_task("Lab report", estimated_sections=2)
    staying = await adds(ming, {"op": "add", "source": {"type": "task_pool", "id": task}, **place(14, 6, 3, 4, await event(ming, 14, 6))})

    done = await days(ming, MADE_UP)

    assert done["removed_event_ids"] == [going]
    assert await guests(ming, 14, 6) == [coming, staying]


async def test_guests_of_a_day_off_go_back_into_their_meeting(ming: Somebody) -> None:
    first, second = await items(ming, 2)
    guest, other = await embeds(ming, first, 13, 1, 2), await embeds(ming, second, 13, 3, 4)

    await days(ming, DAY_OFF)
    assert await guests(ming, 13, 6) == []
    done = await days(ming)

    assert done["removed_event_ids"] == []
    assert await guests(ming, 13, 6) == [guest, other]
    assert await standing(ming, 13, 6) == [("FIL", "live", 1, 2), ("FIL", "live", 3, 4)]


async def test_a_block_that_may_not_be_a_guest_gives_way_to_the_meeting_that_returns(ming: Somebody) -> None:
    (item,) = await items(ming, 1, allow_filler_course=False)
    await days(ming, DAY_OFF)
    block = await adds(ming, {"op": "add", "task_item_id": item, **place(13, 6, 1, 2)})

    done = await days(ming)

    assert done["removed_event_ids"] == [block]
    assert await standing(ming, 13, 6) == [("FIL", "live", 1, 4)]


@pytest.mark.parametrize("filler", [True, False])
async def test_a_block_that_was_no_guest_is_not_pushed_away_by_a_make_up_day(ming: Somebody, *, filler: bool) -> None:
    await imports(ming, {**course(13, 7, 1, 2), "is_allow_tasks": filler})
    (item,) = await items(ming, 1)
    await adds(ming, {"op": "add", "task_item_id": item, **place(14, 7, 1, 2)})

    refused = await ming.put("/schedule/term/day-overrides", {"overrides": [{**MADE_UP, "date": "2026-12-13", "day_of_week": 7}]})

    assert (refused.status, refused.code) == (409, "40026")
    assert [clash["name"] for each in refused.data["violations"] for clash in each["clashes"]] == ["Part 1"]


async def test_a_term_that_begins_later_settles_guests_as_its_days_off_then_have_them(ming: Somebody) -> None:
    first, second = await items(ming, 2, allow_filler_course=False)
    (guest,) = await items(ming, 1)
    inside = await embeds(ming, guest, 12, 1, 2)
    await days(ming, DAY_OFF)
    for item, sections in ((first, (1, 2)), (second, (5, 6))):
        await adds(ming, {"op": "add", "task_item_id": item, **place(13, 6, *sections)})

    later = {**TERM["term"], "first_monday": "2026-09-14"}  # the day off is W12D6 then
    shown = await ming.put("/schedule/term", {**later, "dry_run": True})
    done = await ming.put("/schedule/term", later)

    assert (shown.status, done.status) == (200, 200), done.body
    assert await standing(ming, 12, 6) == [("FIL", "suspended", 1, 4), ("Part 1", "live", 1, 2)]
    assert await standing(ming, 13, 6) == [("FIL", "live", 1, 4), ("Part 2", "live", 5, 6)]
    assert inside in [each["id"] for each in await blocks(ming, 12, 6)]


async def test_a_meeting_that_undo_brings_back_does_not_meet_on_a_day_that_is_off_since(ming: Somebody) -> None:
    gone = await deleted(ming)
    await days(ming, DAY_OFF)

    undone = await undo(ming, gone)

    assert await standing(ming, 13, 6) == [("FIL", "suspended", 1, 4)]
    assert await standing(ming, 14, 6) == [("FIL", "live", 1, 4)]
    await undo(ming, undone["change_id"])
    assert await standing(ming, 13, 6) == []


async def test_a_meeting_that_undo_brings_back_meets_on_the_day_that_follows_its_own_since(ming: Somebody) -> None:
    gone = await deleted(ming)
    await days(ming, MADE_UP)

    await undo(ming, gone)

    assert await standing(ming, 13, 6) == []
    assert await standing(ming, 14, 6) == [("FIL", "live", 1, 4), ("FIL", "suspended", 1, 4)]
    await days(ming)
    assert [await standing(ming, week, 6) for week in (13, 14)] == [[("FIL", "live", 1, 4)]] * 2


async def test_a_meeting_that_undo_brings_back_meets_if_its_day_is_not_off_any_more(ming: Somebody) -> None:
    await days(ming, DAY_OFF)
    gone = await deleted(ming)
    await days(ming)

    await undo(ming, gone)

    assert await standing(ming, 13, 6) == [("FIL", "live", 1, 4)]


async def test_a_meeting_that_a_person_moved_comes_back_where_it_was(ming: Somebody) -> None:
    await changes(ming, {"op": "move", "event_id": await event(ming, 15, 6), **place(15, 7, 1, 4)})
    gone = await deleted(ming)
    await days(ming, DAY_OFF)

    await undo(ming, gone)

    assert (await standing(ming, 15, 6), await standing(ming, 15, 7)) == ([], [("FIL", "live", 1, 4)])


async def test_a_meeting_that_a_person_moved_onto_a_day_off_comes_back_there_unless_that_was_set_since(ming: Somebody) -> None:
    sunday = {"date": "2026-12-20", "kind": "off"}  # W15D7
    await days(ming, sunday)
    await changes(ming, {"op": "move", "event_id": await event(ming, 15, 6), **place(15, 7, 1, 4)})

    await undo(ming, await deleted(ming))
    at_once = await standing(ming, 15, 6), await standing(ming, 15, 7)
    gone = await deleted(ming)
    await days(ming, sunday, DAY_OFF)
    await undo(ming, gone)

    assert at_once == ([], [("FIL", "live", 1, 4)])
    assert (await standing(ming, 15, 6), await standing(ming, 15, 7)) == ([("FIL", "live", 1, 4)], [])


@pytest.mark.parametrize("fate", ["keep", "remove"])
async def test_a_guest_stands_alone_where_its_meeting_comes_back_suspended(ming: Somebody, fate: str) -> None:
    (item,) = await items(ming, 1)
    guest = await embeds(ming, item, 13, 1, 2)
    gone = await deleted(ming, guests=fate)
    await days(ming, DAY_OFF)

    undone = await undo(ming, gone)

    assert await standing(ming, 13, 6) == [("FIL", "suspended", 1, 4), ("Part 1", "live", 1, 2)]
    assert guest in [each["id"] for each in await blocks(ming, 13, 6)]
    await undo(ming, undone["change_id"])
    assert await standing(ming, 13, 6) == ([("Part 1", "live", 1, 2)] if fate == "keep" else [])


def course(week: int, day: int, first: int, last: int, name: str = "LAB") -> dict[str, Any]:
    once = {"start_week": week, "end_week": week, "day_of_week": day, "start_section": first, "end_section": last}
    return {"course_name": name, "location": "B 12", "arrangements": [once]}


def place(week: int, day: int, first: int, last: int, host: int | None = None) -> dict[str, Any]:
    return {"week": week, "day_of_week": day, "start_section": first, "end_section": last, "embed_course_event_id": host}


async def imports(ming: Somebody, *courses: dict[str, Any], **options: Any) -> Any:
    done = await ming.post("/course/import", {"courses": list(courses), **options})
    assert done.status == 200, done.body
    return done.data


async def days(ming: Somebody, *overrides: dict[str, Any]) -> Any:
    done = await ming.put("/schedule/term/day-overrides", {"overrides": list(overrides)})
    assert done.status == 200, done.body
    return done.data


async def deleted(ming: Somebody, **query: str) -> int:
    """Delete the one course; gives the change set."""
    (found,) = (await ming.get("/course/list")).data
    done = await ming.delete(f"/course/{found['id']}", query=query)
    assert done.status == 200, done.body
    return int(done.data["change_id"])


async def undo(ming: Somebody, change: int) -> Any:
    done = await ming.post(f"/schedule/changes/{change}/undo")
    assert done.status == 200, done.body
    return done.data


async def changes(ming: Somebody, *changes: dict[str, Any]) -> Any:
    done = await ming.post("/schedule/changes", {"changes": list(changes)})
    assert done.status == 200, done.body
    return done.data


async def adds(ming: Somebody, change: dict[str, Any]) -> int:
    return int((await changes(ming, change))["created_event_ids"][0])


async def embeds(ming: Somebody, item: int, week: int, first: int, last: int) -> int:
    return await adds(ming, {"op": "add", "task_item_id": item, **place(week, 6, first, last, await event(ming, week, 6))})


async def items(ming: Somebody, count: int, **config: Any) -> list[int]:
    """Make a class of so many items; gives their ids."""
    blocks = [{"order": number, "content": f"Part {number}"} for number in range(1, count + 1)]
    rules = {"total_slots": count, "strategy": "steady", **config}
    made = await ming.post("/task-class/add", {"name": "Reading", "mode": "manual", "config": rules, "items": blocks})
    assert made.status == 200, made.body
    return [int(each["id"]) for each in made.data["items"]]


async def blocks(ming: Somebody, week: int, day: int) -> list[Any]:
    shown = await ming.get("/schedule/week", week=week, include_empty="false")
    assert shown.status == 200, shown.body
    return [each for each in shown.data["events"] if each["day_of_week"] == day]


async def event(ming: Somebody, week: int, day: int) -> int:
    return int((await blocks(ming, week, day))[0]["id"])


async def guests(ming: Somebody, week: int, day: int) -> list[int]:
    found = [each["embedded_task_info"] for each in await blocks(ming, week, day)]
    return [each["event_id"] for each in found if each["id"]]


async def standing(ming: Somebody, week: int, day: int) -> list[tuple[str, str, int, int]]:
    shown = await blocks(ming, week, day)
    return sorted((each["name"], each["state"], each["start_section"], each["end_section"]) for each in shown)
