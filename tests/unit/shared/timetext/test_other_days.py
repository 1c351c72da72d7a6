"""The same words on other days, in other places."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smartflow.shared.timetext.parse import parse
from smartflow.shared.timetext.reading import InstantReading
from smartflow.shared.timetext.resolve import resolve
from tests.unit.shared.timetext.brief import ZONE, readings


def at(moment: str, zone: str = ZONE) -> datetime:
    """Name a moment on the wall of a zone."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "words", "read"),
    [
        ("2026-11-28 20:00", "周末", ["11-28..11-29"]),
        ("2026-11-28 20:00", "下周末", ["12-05..12-06"]),
        ("2026-11-28 20:00", "next Friday", ["12-04"]),
        ("2026-11-28 20:00", "next Sunday", ["12-06", "11-29"]),
        ("2026-11-28 20:00", "周六", ["12-05"]),
        ("2026-11-28 20:00", "周六晚上九点", ["11-28 21:00"]),
        ("2026-11-28 20:00", "今天晚上七点", ["11-28 19:00"]),
        ("2026-11-28 20:00", "八点", ["11-29 08:00"]),
        ("2026-11-28 20:00", "明天", ["11-29"]),
        ("2026-11-29 23:30", "下周一", ["11-30"]),
        ("2026-11-29 23:30", "今晚12点", ["11-30 00:00"]),
        ("2026-11-29 23:30", "at 11", ["11-30 11:00"]),
        ("2026-11-30 00:10", "今天", ["11-30"]),
        ("2026-11-30 00:10", "昨晚", ["11-29 18:00-24:00"]),
        ("2026-12-31 18:00", "明天", ["2027-01-01"]),
        ("2026-12-31 18:00", "1月", ["2027-01-01..2027-01-31"]),
        ("2026-12-31 18:00", "下个月31号", ["2027-01-31"]),
        ("2027-01-31 09:00", "下个月31号", ["fault no_such_date"]),
        ("2027-01-31 09:00", "一个月后", ["2027-02-28"]),
        ("2027-01-31 09:00", "31号", ["2027-01-31"]),
        ("2027-02-01 09:00", "31号", ["2027-03-31"]),
        ("2027-02-01 09:00", "第3周", ["2026-09-21..2026-09-27"]),
    ],
)
def test_words_mean_what_they_mean_that_day(now: str, words: str, read: list[str]) -> None:
    found = readings(parse(words)[0].ir, now=at(now))

    assert [each.removeprefix("2026-").replace("..2026-", "..") for each in found] == [
        each.removeprefix("2026-").replace("..2026-", "..") for each in read
    ]


@pytest.mark.parametrize(
    ("zone", "now", "words", "utc"),
    [
        ("America/New_York", "2026-10-31 12:00", "tomorrow at 1:30am", "2026-11-01T05:30"),  # of two such, the first
        ("America/New_York", "2027-03-13 12:00", "tomorrow at 2:30am", "2027-03-14T07:30"),  # there is none: later by the hour skipped
        ("America/New_York", "2027-03-13 12:00", "in 24 hours", "2027-03-14T17:00"),
        ("Asia/Kolkata", "2026-11-23 12:00", "tomorrow at noon", "2026-11-24T06:30"),
    ],
)
def test_clocks_are_those_of_the_zone(zone: str, now: str, words: str, utc: str) -> None:
    found = resolve(parse(words)[0].ir, at(now, zone), zone)

    assert found == (InstantReading(at(utc.replace("T", " "), "UTC")),)
