"""Quick capture: what becomes of a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartflow.client.task import Capture, Quadrant
from smartflow.services.task.capture import capture
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import InvalidInput
from tests.unit.shared.timetext.brief import NOW, TERM, ending

CALL = Call(owner=OwnerId(1), request_id="test", language="en")


def read(text: str) -> Capture:
    """Capture a sentence on the fixture's Monday."""
    return capture(CALL, text, NOW, TERM)


@pytest.mark.parametrize(
    ("text", "title", "quadrant", "due"),
    [
        ("周日之前要交实验报告，提醒我", "交实验报告", 2, "11-28 24:00"),
        ("Remind me to call the dentist tomorrow at 9:30", "call the dentist", 1, "11-24 09:30"),
        ("Submit the essay next Friday", "Submit the essay", 2, "12-04 24:00"),
        ("Tomorrow remind me to buy milk and eggs", "buy milk and eggs", 1, "11-24 24:00"),
        ("Tomorrow call the dentist at 9:30 about the tooth", "call the dentist about the tooth", 1, "11-24 09:30"),
        ("明天下午三点提醒我去医院", "去医院", 1, "11-24 15:00"),
        ("记得周五交班费！", "交班费", 2, "11-27 24:00"),
        ("请明天下午提醒我一下带伞", "带伞", 1, "11-24 18:00"),
        ("帮我新建一个任务：写周报，周五下午5点前", "写周报", 2, "11-27 17:00"),
        ("和小明吃饭 周六晚上7点", "和小明吃饭", 2, "11-28 19:00"),
        ("Prepare Friday's slides by Wednesday", "Prepare Friday's slides", 2, "11-25 24:00"),
        ("I need to finish chapter 3 within two days", "finish chapter 3", 2, "11-25 24:00"),
        ("Pay the rent (by the 5th), then relax", "Pay the rent, then relax", 2, "12-05 24:00"),
        ("要求文档周五前发给大家", "要求文档发给大家", 2, "11-26 24:00"),
        ("Gym every Tuesday at 4pm", "Gym", 1, "11-24 16:00"),
        ("每天背单词", "背单词", 1, "11-24 24:00"),
        ("明天交第3节的作业", "交第3节的作业", 1, "11-24 24:00"),
        ("下周一开始跑步", "跑步", 3, None),
        ("明天下午有个讲座，三点半开始", "有个讲座", 1, "11-24 15:30"),
        ("大后天是我妈生日", "我妈生日", 2, "11-26 24:00"),
        ("下学期第三周之前完成选题", "下学期第三周之前完成选题", 3, None),
        ("Email the landlord on the first of next month", "Email the landlord", 2, "12-01 24:00"),
        ("Prepare slides for Monday's presentation", "Prepare slides for Monday's presentation", 2, "11-30 24:00"),
        ("The report is due at midnight", "The report", 1, "11-23 24:00"),
        ("Meet at the library at 5 on the second floor", "Meet at the library on the second floor", 1, "11-23 17:00"),
        ("Team meeting moved to Thursday at 10:30", "Team meeting moved", 2, "11-26 10:30"),
        ("明天", "明天", 1, "11-24 24:00"),
        ("Call mom", "Call mom", 3, None),
        ("第13节的作业", "第13节的作业", 3, None),
        ("下学期选课", "下学期选课", 3, None),
        ("紧急：回复王老师", "紧急：回复王老师", 1, None),
        ("urgent: reply to Prof. Li", "urgent: reply to Prof. Li", 1, None),
        ("重要：准备答辩", "重要：准备答辩", 2, None),
        ("买牛奶，不急", "买牛奶，不急", 4, None),
        ("buy batteries whenever, by Friday", "buy batteries whenever", 4, "11-27 24:00"),
        ("不重要的小事明天做", "不重要的小事做", 3, "11-24 24:00"),
    ],
)
def test_a_sentence_becomes_a_task(text: str, title: str, quadrant: int, due: str | None) -> None:
    found = read(text)

    assert (found.title, found.quadrant) == (title, Quadrant(quadrant))
    assert (None if found.deadline_at is None else ending(found.deadline_at)) == due
    calm = found.quadrant in (Quadrant.IMPORTANT, Quadrant.NEITHER) and found.deadline_at is not None
    assert (found.urgent_from is not None) == calm


def test_two_readings_are_ambiguous_and_the_first_counts() -> None:
    found = read("Submit the essay next Friday")

    assert found.ambiguous
    assert [(each.kind, each.text) for each in found.readings] == [("day", "Friday, 4 December"), ("day", "Friday, 27 November")]
    assert found.deadline_at == found.readings[0].end


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2月30日交作业", "no_such_date"),
        ("Call mom at 25:00", "no_such_clock"),
        ("12月5日周五聚餐", "weekday_differs"),
        ("第25周考试", "outside_term"),
        ("明天第13节有课", "no_such_section"),
    ],
)
def test_a_time_that_cannot_be_is_refused(text: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)

    assert [(error.field, error.rule) for error in refused.value.errors] == [("text", rule)]


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=200)
def test_any_sentence_has_a_title_that_fits(text: str) -> None:
    if not text.strip():
        return
    try:
        found = read(text)
    except InvalidInput:
        return

    assert 1 <= len(found.title) <= 255
    assert len(found.readings) > 1 or not found.ambiguous
