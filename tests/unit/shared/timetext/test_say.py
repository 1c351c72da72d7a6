"""Readings said back."""

import pytest

from smartflow.shared.kernel.text import Language
from smartflow.shared.timetext import texts
from smartflow.shared.timetext.parse import parse
from smartflow.shared.timetext.resolve import resolve
from smartflow.shared.timetext.say import say
from tests.unit.shared.timetext.brief import NOW, TERM, ZONE


def said(words: str, language: Language, zone: str = ZONE) -> list[str]:
    """Read words and say them back."""
    return [say(each, language, zone, NOW) for each in resolve(parse(words)[0].ir, NOW, zone, TERM)]


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        ("周日之前", "11月28日周六结束前", "by the end of Saturday, 28 November"),
        ("by 5pm tomorrow", "11月24日周二 17:00前", "by Tuesday, 24 November, 17:00"),
        ("tomorrow at 9:30", "11月24日周二 09:30", "Tuesday, 24 November, 09:30"),
        ("12/5", "12月5日周六", "Saturday, 5 December"),
        ("1月10日", "2027年1月10日周日", "Sunday, 10 January 2027"),
        ("今晚", "11月23日周一 18:00–24:00", "Monday, 23 November, 18:00–24:00"),
        ("下周", "11月30日周一至12月6日周日", "Monday, 30 November to Sunday, 6 December"),
        ("三天内", "11月23日周一 10:00至11月26日周四 24:00", "Monday, 23 November, 10:00 to Thursday, 26 November, 24:00"),
        ("after Friday", "11月28日周六起", "from Saturday, 28 November on"),
        ("after 6pm", "11月23日周一 18:00起", "from Monday, 23 November, 18:00 on"),
        ("明天第3-4节", "11月24日周二 第3–4节（10:15–11:55）", "Tuesday, 24 November, sections 3–4 (10:15–11:55)"),
        ("第7节", "第7节", "section 7"),
        ("1小时30分钟", "1小时30分钟", "1 hour 30 minutes"),
        ("一年半", "1年6个月", "1 year 6 months"),
        ("每周二和周四下午四点", "每周二、周四 16:00，从11月24日周二起", "every Tuesday and Thursday, 16:00, from Tuesday, 24 November on"),
        ("每天晚上", "每天 18:00–24:00，从11月23日周一起", "every day, 18:00–24:00, from Monday, 23 November on"),
        ("每隔两天", "每3天，从11月24日周二起", "every 3 days, from Tuesday, 24 November on"),
        (
            "单周周二第7-8节",
            "单周周二 第7–8节，从12月1日周二起",
            "Tuesday of odd weeks, sections 7–8, from Tuesday, 1 December on",
        ),
        (
            "every Friday until 20 December",
            "每周五，11月27日周五至12月20日周日",
            "every Friday, Friday, 27 November to Sunday, 20 December",
        ),
        ("每月5号", "每月5日，从12月5日周六起", "every month on day 5, from Saturday, 5 December on"),
        ("每个月最后一个周五", "每月最后一个周五，从11月27日周五起", "every month on the last Friday, from Friday, 27 November on"),
        ("每年12月25日", "每年12月25日，从12月25日周五起", "every year on 25 December, from Friday, 25 December on"),
        ("每两周的周五", "每2周的周五，从11月27日周五起", "every 2 weeks on Friday, from Friday, 27 November on"),
        ("2月30日", "没有这一天。", "There is no such date."),
    ],
)
def test_a_reading_is_said_with_its_weekday(words: str, zh: str, en: str) -> None:
    assert said(words, "zh") == [zh]
    assert said(words, "en") == [en]


def test_it_is_said_on_the_wall_of_the_zone() -> None:
    there = resolve(parse("tomorrow at 9:30")[0].ir, NOW, ZONE)[0]

    assert say(there, "en", "America/New_York", NOW) == "Monday, 23 November, 20:30"


def test_placeholders_are_equal_in_both_languages() -> None:
    shown = [value for name, value in vars(texts).items() if name.isupper() and name not in {"AT", "EVERY", "EVERY_FEW"}]
    every = [text for value in shown for text in (value.values() if isinstance(value, dict) else [value])]
    flat = [text for each in every for text in (each if isinstance(each, tuple) else (each,))]

    assert flat
    for text in flat:
        assert len(set(text.placeholders())) == 1, text
