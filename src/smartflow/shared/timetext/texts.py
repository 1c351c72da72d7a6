"""How times are said."""

from typing import Final

from smartflow.shared.kernel.text import Text

WEEKDAYS: Final = (
    Text(zh="周一", en="Monday"),
    Text(zh="周二", en="Tuesday"),
    Text(zh="周三", en="Wednesday"),
    Text(zh="周四", en="Thursday"),
    Text(zh="周五", en="Friday"),
    Text(zh="周六", en="Saturday"),
    Text(zh="周日", en="Sunday"),
)
MONTHS: Final = (
    Text(zh="1月", en="January"),
    Text(zh="2月", en="February"),
    Text(zh="3月", en="March"),
    Text(zh="4月", en="April"),
    Text(zh="5月", en="May"),
    Text(zh="6月", en="June"),
    Text(zh="7月", en="July"),
    Text(zh="8月", en="August"),
    Text(zh="9月", en="September"),
    Text(zh="10月", en="October"),
    Text(zh="11月", en="November"),
    Text(zh="12月", en="December"),
)
DATE: Final = Text(zh="{month}{day}日{weekday}", en="{weekday}, {day} {month}")
DATE_OF_YEAR: Final = Text(zh="{year}年{month}{day}日{weekday}", en="{weekday}, {day} {month} {year}")
MOMENT: Final = Text(zh="{date} {clock}", en="{date}, {clock}")
HOURS: Final = Text(zh="{date} {start}–{end}", en="{date}, {start}–{end}")
DAYS: Final = Text(zh="{start}至{end}", en="{start} to {end}")
OPEN: Final = Text(zh="{start}起", en="from {start} on")
SECTIONS: Final = Text(zh="第{first}–{last}节", en="sections {first}–{last}")
SECTION: Final = Text(zh="第{first}节", en="section {first}")
SLOT: Final = Text(zh="{date} {sections}（{start}–{end}）", en="{date}, {sections} ({start}–{end})")
DUE: Final = Text(zh="{moment}前", en="by {moment}")
DUE_DAY: Final = Text(zh="{date}结束前", en="by the end of {date}")

AND: Final = Text(zh="、", en=" and ")
EVERY: Final = {
    "day": Text(zh="每天", en="every day"),
    "week": Text(zh="每{days}", en="every {days}"),
    "month": Text(zh="每月{days}", en="every month on {days}"),
    "year": Text(zh="每年{days}", en="every year on {days}"),
}
EVERY_FEW: Final = {
    "day": Text(zh="每{every}天", en="every {every} days"),
    "week": Text(zh="每{every}周的{days}", en="every {every} weeks on {days}"),
    "month": Text(zh="每{every}个月{days}", en="every {every} months on {days}"),
    "year": Text(zh="每{every}年{days}", en="every {every} years on {days}"),
}
PARITY: Final = {"odd": Text(zh="单周{days}", en="{days} of odd weeks"), "even": Text(zh="双周{days}", en="{days} of even weeks")}
DAY_OF_MONTH: Final = Text(zh="{day}日", en="day {day}")
LAST_DAY: Final = Text(zh="最后一天", en="the last day")
DAY_OF_YEAR: Final = Text(zh="{month}{day}日", en="{day} {month}")
NTH: Final = Text(zh="第{nth}个{day}", en="{day} no. {nth}")
LAST: Final = Text(zh="最后一个{day}", en="the last {day}")
AT: Final = Text(zh="{rule} {time}", en="{rule}, {time}")
SINCE: Final = Text(zh="{rule}，从{date}起", en="{rule}, from {date} on")
UNTIL: Final = Text(zh="{rule}，{since}至{until}", en="{rule}, {since} to {until}")

LENGTHS: Final = {
    "years": (Text(zh="{count}年", en="{count} year"), Text(zh="{count}年", en="{count} years")),
    "months": (Text(zh="{count}个月", en="{count} month"), Text(zh="{count}个月", en="{count} months")),
    "days": (Text(zh="{count}天", en="{count} day"), Text(zh="{count}天", en="{count} days")),
    "hours": (Text(zh="{count}小时", en="{count} hour"), Text(zh="{count}小时", en="{count} hours")),
    "minutes": (Text(zh="{count}分钟", en="{count} minute"), Text(zh="{count}分钟", en="{count} minutes")),
    "seconds": (Text(zh="{count}秒", en="{count} second"), Text(zh="{count}秒", en="{count} seconds")),
    "sections": (Text(zh="{count}节", en="{count} section"), Text(zh="{count}节", en="{count} sections")),
}
BETWEEN_LENGTHS: Final = Text(zh="", en=" ")

FAULTS: Final = {
    "no_such_date": Text(zh="没有这一天。", en="There is no such date."),
    "no_such_clock": Text(zh="没有这个钟点。", en="There is no such time of day."),
    "no_such_section": Text(zh="作息表里没有这一节。", en="There is no such section."),
    "no_such_part": Text(zh="这个钟点不在那个时段。", en="That time is not in that part of the day."),
    "weekday_differs": Text(zh="这一天不是那个星期几。", en="That date is another weekday."),
    "unknown_holiday": Text(zh="不知道这个节日在哪一天。", en="It is not known when that holiday is."),
    "no_term": Text(zh="还没有学期。", en="There is no such term."),
    "outside_term": Text(zh="学期里没有这一天。", en="The term has no such day."),
    "bad_range": Text(zh="结束早于开始。", en="It ends before it begins."),
    "never": Text(zh="一次也不会有。", en="It never takes place."),
    "out_of_range": Text(zh="这个时间太远了。", en="That is too far away."),
    "meaningless": Text(zh="这不是一个时间。", en="That is no time."),
}
