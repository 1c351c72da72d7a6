"""What readers and writers warn about: one sentence per code, in both languages."""

from collections.abc import Iterable, Mapping
from typing import Final

from smartflow.client.course import Notice
from smartflow.shared.calendar.sections import ranges_of
from smartflow.shared.kernel.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "duplicate": Text(zh="有 {n} 行重复。", en="{n} rows added nothing."),
    "two_places": Text(
        zh="“{name}”第 {weeks} 周有两个地点，合写为“{place}”。",
        en='"{name}" has two places in weeks {weeks}, joined to "{place}".',
    ),
    "unplaced": Text(zh="“{name}”没有星期或节次，未导入。", en='"{name}" has no day or section and was left out.'),
    "outside_table": Text(
        zh="“{name}”{start}-{end} 不在任何一节内，未导入。", en='"{name}", {start}-{end}, touches no section and was left out.'
    ),
    "all_day": Text(zh="“{name}”是全天日程，未导入。", en='"{name}" lasts all day and was left out.'),
    "no_end": Text(zh="“{name}”没有结束时间，未导入。", en='"{name}" has no end and was left out.'),
    "beyond_term": Text(zh="“{name}”在学期之外的部分未导入。", en='"{name}": what is outside the term was left out.'),
    "own_time": Text(
        zh="“{name}”的自定义时间 {start}-{end} 按第 {sections} 节导入。",
        en='"{name}": its own time {start}-{end} became sections {sections}.',
    ),
    "rounded": Text(
        zh="“{name}”{start}-{end} 与节次时间不符，按第 {sections} 节导入。", en='"{name}": {start}-{end} became sections {sections}.'
    ),
    "start_not_monday": Text(
        zh="开学日期 {date} 不是周一，第 1 周从 {monday} 算起。", en="The term starts on {date}, no Monday: week 1 begins on {monday}."
    ),
    "sunday_first": Text(
        zh="文件以周日为每周第一天；周日的课改算前一周，日期不变。",
        en="Sunday opens the file's weeks: Sunday classes count to the week before, on the same dates.",
    ),
    "term_differs": Text(
        zh="文件的第 1 周从 {theirs} 开始，你的从 {yours} 开始；周次未改。",
        en="Week 1 begins on {theirs} in the file, on {yours} for you: the week numbers stay.",
    ),
    "table_unusable": Text(zh="文件的节次时间有误，未采用。", en="The file's section times cannot be used."),
    "weeks_disagree": Text(
        zh="“{name}”的周次两处不一致，按 {weeks} 周导入。", en='"{name}" gives its weeks twice, not alike: {weeks} was taken.'
    ),
    "whole_term": Text(zh="文件没有起止周，按整个学期导入。", en="The file has no first and last week: the whole term was taken."),
    "cycle_anchor": Text(zh="文件没有周期起点，从 {monday} 算起。", en="The file does not say when its cycle begins: {monday} was taken."),
    "cycle_ordinal": Text(
        zh="“{schedule}”的第 {n} 个工作日按星期 {n} 导入。", en='"{schedule}": working day {n} was read as day {n} of the week.'
    ),
    "unknown_subject": Text(zh="科目“{name}”未列出，没有地点和教师。", en='The subject "{name}" is not listed: no place, no teacher.'),
    "utc_only": Text(zh="文件只有 UTC 时间，按 {zone} 换算。", en="The file has UTC times only: read in {zone}."),
    "utc_drift": Text(
        zh="“{name}”按 UTC 重复，时钟调整后差一小时。", en='"{name}" repeats in UTC and moves by an hour when the clocks change.'
    ),
    "unknown_zone": Text(zh="时区“{tzid}”无法识别，按 {zone} 读取。", en='Unknown time zone "{tzid}": read in {zone}.'),
    "excel_date": Text(zh="“{name}”的周次“{text}”按 {weeks} 周读取。", en='"{name}": "{text}" was read as weeks {weeks}.'),
    "formula_text": Text(zh="“{text}”按文字保留。", en='"{text}" was kept as text.'),
    "weeks_over_30": Text(
        zh="“{name}”有第 30 周之后的课，对方可能读不出。", en='"{name}" meets after week 30, which the app may not read.'
    ),
    "parity_only": Text(zh="“{name}”只能按单双周写出。", en='"{name}" could be written by odd and even weeks only.'),
}


def warn(code: str, *, path: str | None = None, **facts: str | int) -> Notice:
    """Make a warning."""
    return Notice(code, TEXTS[code], path, facts)


def say_numbers(numbers: Iterable[int]) -> str:
    """Write a set of weeks or sections as `1-4, 6`."""
    return ", ".join(f"{first}-{last}" if last > first else f"{first}" for first, last in ranges_of(numbers))
