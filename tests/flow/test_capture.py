"""Quick capture through the front door, in both languages."""

from datetime import UTC, datetime

import pytest

from tests.kit.app import App, Somebody

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TERM = {"first_monday": "2026-09-07", "last_day": "2027-01-24", "zone": "Asia/Shanghai"}


@pytest.fixture
async def ming(app: App) -> Somebody:
    app.clock.set(MONDAY)
    return await app.someone()


async def test_a_sentence_in_chinese_is_read_and_nothing_is_made(app: App, ming: Somebody) -> None:
    read = await ming.post("/task/parse", {"text": "周日之前要交实验报告，提醒我"}, key=None, headers={"Accept-Language": "zh"})

    assert read.status == 200, read.body
    assert read.data == {
        "title": "交实验报告",
        "priority_group": 2,
        "deadline_at": "2026-11-29T00:00:00+08:00",
        "urgency_threshold_at": "2026-11-28T00:00:00+08:00",
        "readings": [{"start": "2026-11-29T00:00:00+08:00", "end": None, "kind": "deadline", "text": "11月28日周六结束前"}],
        "ambiguous": False,
    }
    assert await ming.tasks() == []


async def test_what_was_read_makes_the_task(app: App, ming: Somebody) -> None:
    read = (await ming.post("/task/parse", {"text": "Remind me to call the dentist tomorrow at 9:30"}, key=None)).data

    made = await ming.post("/task/create", {name: value for name, value in read.items() if name not in {"readings", "ambiguous"}})

    assert read["readings"][0]["text"] == "Tuesday, 24 November, 09:30"
    assert (made.data["title"], made.data["priority_group"], made.data["deadline"]) == ("call the dentist", 1, "2026-11-24 09:30:00")


async def test_two_readings_are_a_choice(app: App, ming: Somebody) -> None:
    read = await ming.post("/task/parse", {"text": "Submit the essay next Friday"}, key=None)

    assert read.data["ambiguous"] is True
    assert [(each["kind"], each["text"]) for each in read.data["readings"]] == [
        ("day", "Friday, 4 December"),
        ("day", "Friday, 27 November"),
    ]
    assert read.data["deadline_at"] == "2026-12-05T00:00:00+08:00"


async def test_weeks_and_sections_are_those_of_the_persons_term(app: App, ming: Somebody) -> None:
    sections = [{"section": 1, "start": "08:30", "end": "10:00"}, {"section": 2, "start": "10:20", "end": "11:50"}]
    assert (await ming.put("/schedule/term", {**TERM, "sections": sections})).status == 200

    read = await ming.post("/task/parse", {"text": "第14周周三第2节交报告"}, key=None, headers={"Accept-Language": "zh"})
    refused = await ming.post("/task/parse", {"text": "明天第3节交报告"}, key=None, headers={"Accept-Language": "zh"})

    assert [(each["start"], each["end"]) for each in read.data["readings"]] == [("2026-12-09T10:20:00+08:00", "2026-12-09T11:50:00+08:00")]
    assert read.data["readings"][0]["text"] == "12月9日周三 第2节（10:20–11:50）"
    assert (refused.status, refused.code, refused.broken) == (422, "42201", {"text": "no_such_section"})
    assert refused.data["errors"][0]["message"] == "作息表里没有这一节。"


async def test_the_persons_zone_counts(app: App, ming: Somebody) -> None:
    assert (await ming.patch("/user/me", {"zone": "America/New_York"})).status == 200
    app.clock.set(MONDAY)
    await ming.again()

    read = await ming.post("/task/parse", {"text": "Call home tomorrow at 9:30"}, key=None)

    assert read.data["deadline_at"] == "2026-11-23T09:30:00-05:00"


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
async def test_the_text_has_bounds(app: App, ming: Somebody, text: str) -> None:
    refused = await ming.post("/task/parse", {"text": text}, key=None)

    assert (refused.status, refused.broken) == (422, {"text": "length"})
