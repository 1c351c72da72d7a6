"""The assistant's first examples, as far as time goes; and what stands apart but means one time."""

from datetime import timedelta

import pytest

from smartflow.shared.timetext.join import joined
from smartflow.shared.timetext.parse import parse
from smartflow.shared.timetext.reading import RecurrenceReading
from smartflow.shared.timetext.resolve import resolve
from tests.unit.shared.timetext.brief import NOW, TERM, ZONE, readings


def times(text: str) -> list[list[str]]:
    """Read every time that a text means."""
    return [readings(meant.ir) for meant in joined(parse(text))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("周日之前要交实验报告，提醒我", [["by 11-28 24:00"]]),
        ("Remind me to call the dentist tomorrow at 9:30", [["11-24 09:30"]]),
        ("Submit the essay next Friday", [["12-04", "11-27"]]),
        ("单周周二第7-8节有物理实验，到第16周", [["WEEKLY;INTERVAL=2;BYDAY=TU @ 12-01 16:15-17:55 s7-8 until 12-27"]]),
        ("Gym every Tuesday and Thursday at 4pm", [["WEEKLY;BYDAY=TU,TH @ 11-24 16:00"]]),
    ],
)
def test_the_examples_of_the_assistant(text: str, meant: list[list[str]]) -> None:
    assert times(text) == meant


def test_odd_weeks_until_week_16_are_weeks_13_and_15() -> None:
    reading = resolve(joined(parse("单周周二第7-8节有物理实验，到第16周"))[0].ir, NOW, ZONE, TERM)[0]
    assert isinstance(reading, RecurrenceReading)
    assert reading.until is not None

    dates = [reading.on + timedelta(days=14 * turn) for turn in range(9)]

    assert [TERM.week_of(on) for on in dates if on <= reading.until] == [(13, 2), (15, 2)]
    assert reading.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20261227T155959Z"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Tomorrow call the dentist at 9:30", [["11-24 09:30"]]),
        ("At 9:30 call the dentist, tomorrow", [["11-24 09:30"]]),
        ("明天和老师开会，下午三点", [["11-24 15:00"]]),
        ("明天下午和老师开会，三点", [["11-24 15:00"]]),
        ("Dinner with Anna next Friday, we said at 6", [["12-04 18:00", "11-27 18:00"]]),
        ("周五开组会，三点到五点", [["11-27 15:00-17:00"]]),
        ("Finish it tomorrow, and mail it by 5pm", [["by 11-24 17:00"]]),
        ("Hand it in by Friday, the office closes at 4pm", [["by 11-27 16:00"]]),
        ("每周三有体育课，第5-6节，一直到第16周", [["WEEKLY;BYDAY=WE @ 11-25 14:00-15:40 s5-6 until 12-27"]]),
        ("每天背单词，12月12日前", [["DAILY @ 11-24 until 12-11"]]),
        ("每天晚上跑步，八点", [["DAILY @ 11-23 20:00"]]),
        ("周三去实验室，周五交报告", [["11-25"], ["11-27"]]),
        ("学习两个小时，明天", [["2 hours"], ["11-24"]]),
        ("明天交第3节的作业", [["11-24"], ["s3"]]),
    ],
)
def test_what_stands_apart_is_joined_where_it_completes(text: str, meant: list[list[str]]) -> None:
    assert times(text) == meant


@pytest.mark.parametrize(
    ("text", "term_less"),
    [
        ("第16周", ["fault no_term"]),
        ("明天第3-4节", ["fault no_term"]),
        ("单周周二", ["fault no_term"]),
        ("本学期", ["fault no_term"]),
        ("第13节", ["s13"]),
        ("下周三", ["12-02"]),
    ],
)
def test_without_a_term_only_what_needs_one_is_unknown(text: str, term_less: list[str]) -> None:
    assert readings(parse(text)[0].ir, term=None) == term_less


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2040年中秋", "fault unknown_holiday"),
        ("下学期", "fault no_term"),
        ("第5-3节", "fault bad_range"),
        ("from Dec 5 2026 to Dec 1 2026", "fault bad_range"),
        ("12月第五个周一", "fault no_such_date"),
        ("2099年1月1日第3节", "fault outside_term"),
        ("每周二到昨天", "fault never"),
    ],
)
def test_what_cannot_be_is_said(text: str, fault: str) -> None:
    assert readings(parse(text)[0].ir) == [fault]
