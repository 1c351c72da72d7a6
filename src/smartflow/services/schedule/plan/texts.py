"""The words for what planning says in codes and numbers, in Chinese and English; `tell` puts them into sentences.

A placeholder is a fact. Those that count something (`COUNTED`) arrive with their unit: `{off}` is "3 days", 「3天」.
"""

from collections.abc import Mapping

from smartflow.shared.kernel.text import Text

UNITS: Mapping[str, Text] = {
    "day": Text(zh="天", en="day"),
    "hour": Text(zh="小时", en="hour"),
    "minute": Text(zh="分钟", en="minute"),
    "section": Text(zh="节", en="section"),
    "pair": Text(zh="个大节", en="pair"),
    "block": Text(zh="块", en="block"),
    "point": Text(zh="分", en="point"),
    "change": Text(zh="次", en="change"),
    "item": Text(zh="块", en="item"),
}
COUNTED: Mapping[str, str] = {
    "off": "day",
    "days": "day",
    "hours": "hour",
    "minutes": "minute",
    "sections": "section",
    "lone": "section",
    "passed": "pair",
    "changes": "change",
    "same_day": "item",
    "points": "point",
    "blocks": "block",
}

# One term says different things, by its facts; `tell.variant` chooses.
REASONS: Mapping[str, Mapping[str, Text]] = {
    "lateness": {
        "on_time": Text(zh="在截止前完成", en="it is done before its deadline"),
        "late": Text(zh="比截止晚{hours}", en="it ends {hours} after its deadline"),
    },
    "cushion": {
        "enough": Text(zh="之后离截止还有余地", en="it leaves room before the deadline"),
        "thin": Text(zh="之后离截止只剩{sections}可用", en="only {sections} can be used between it and the deadline"),
    },
    "daily_load": {"any": Text(zh="当天共排{minutes}", en="that day comes to {minutes}")},
    "attention": {
        "high": Text(zh="精力充沛", en="your attention is high then"),
        "enough": Text(zh="精力够用", en="your attention is enough for it then"),
        "short": Text(zh="精力不足", en="your attention is lower then than it needs"),
        "off_hours": Text(zh="不在偏好的时段", en="it is outside your preferred hours"),
    },
    "spacing": {
        "target": Text(zh="正是均匀分布的目标日", en="it is the target day of an even spread"),
        "off": Text(zh="离均匀分布的目标日{off}", en="it is {off} off the target of an even spread"),
        "same_day": Text(zh="同日还有{same_day}", en="{same_day} of its class beside it that day"),
        "first": Text(zh="是最早可用的时段", en="it is the earliest time there is"),
        "passed": Text(zh="之前放过了{passed}", en="{passed} before it could be used"),
    },
    "fragmentation": {
        "changes": Text(zh="与相邻的块换了内容{changes}", en="{changes} of subject right beside it"),
        "lone": Text(zh="留下了单独的{lone}", en="it leaves {lone} alone"),
    },
    "heavy": {"any": Text(zh="紧挨着另一块费力的内容", en="other heavy work is right beside it")},
    "long_stretch": {"any": Text(zh="连续太久没有休息", en="it makes a long stretch without a rest")},
    "embed": {"any": Text(zh="嵌入课中{sections}", en="it takes {sections} of a filler course")},
    "earliness": {
        "first": Text(zh="没有推迟", en="it does not wait"),
        "later": Text(zh="比最早可开始的时间晚{days}", en="it begins {days} after it could"),
    },
    "stability": {
        "kept": Text(zh="保持原位", en="it stays where it was"),
        "moved": Text(zh="离开了原来的位置", en="it leaves the place it had"),
    },
    "unplaced": {"any": Text(zh="没有排进去", en="it is left out")},
}

# What forbids a place, as the second half of "Mon 3-4 would save 6 points, but ...".
BARS: Mapping[str, Text] = {
    "occupied": Text(zh="那时有{name}", en="{name} is there"),
    "meets": Text(zh="那时有{name}", en="{name} meets there"),
    "busy": Text(zh="外部日历那时有事", en="an outside calendar is busy then"),
    "host_taken": Text(zh="那节课里已嵌入{name}", en="{name} is embedded in that meeting"),
    "filler_not_allowed": Text(zh="不允许嵌入课中", en="it may not be embedded in a course"),
    "excluded_day": Text(zh="那一天已被排除", en="that day is excluded"),
    "excluded_slot": Text(zh="那个大节已被排除", en="that pair is excluded"),
    "forbidden_hours": Text(zh="那段时间不排", en="those hours are to stay free"),
    "limit": Text(zh="超出了这次请求的范围", en="this request leaves it out"),
    "item_order": Text(zh="会打乱与{name}的顺序", en="it would come out of order with {name}"),
    "outside_class": Text(zh="不在计划的起止日期内", en="it is outside the dates of its plan"),
    "after_deadline": Text(zh="已过截止时间", en="it is after the deadline"),
    "in_the_past": Text(zh="时间已过", en="it is in the past"),
}

# Why a block is left out: the shortage, and how much of the window each constraint takes.
CAUSES: Mapping[str, Text] = {
    "shortage": Text(zh="需要{demand}，只有{capacity}可用", en="{demand} needed, {capacity} to be had"),
    "course": Text(zh="课程占了{demand}", en="courses hold {demand}"),
    "placement": Text(zh="已排的块占了{demand}", en="blocks that stay hold {demand}"),
    "busy": Text(zh="外部日历占了{demand}", en="outside calendars hold {demand}"),
    "host_taken": Text(zh="已有嵌入的课占了{demand}", en="filler courses with a guest hold {demand}"),
    "filler_not_allowed": Text(zh="不允许嵌入的课占了{demand}", en="filler courses that may not be used hold {demand}"),
    "excluded_day": Text(zh="排除的日子占了{demand}", en="excluded days take {demand}"),
    "excluded_slot": Text(zh="排除的大节占了{demand}", en="excluded pairs take {demand}"),
    "forbidden_hours": Text(zh="不排的时段占了{demand}", en="hours that stay free take {demand}"),
    "limit": Text(zh="这次请求的范围排除了{demand}", en="the limits of this request take {demand}"),
    "item_order": Text(zh="已排项目的顺序排除了{demand}", en="the order of items that stay takes {demand}"),
    "lone": Text(zh="{demand}里只空一节", en="{demand} with one free section only"),
    "crosses_break": Text(zh="{demand}跨过了休息", en="{demand} across a break"),
    "max_moves": Text(zh="要移动的块超过了允许的数目", en="more blocks would have to move than may"),
    "predecessor": Text(zh="前面的项目没有排进去", en="an item before it is left out"),
    "not_found": Text(zh="没有找到位置，也没有证明排不下", en="no place was found, though none is proven to be missing"),
}

RELAXATIONS: Mapping[str, Text] = {
    "extend_window": Text(zh="把{target}的截止延后{amount}", en="give {target} {amount} more"),
    "allow_filler": Text(zh="允许把{target}嵌入课中", en="let {target} be embedded in filler courses"),
    "drop_excluded_day": Text(zh="{target}不再排除{amount}", en="let {target} use {amount}"),
    "drop_excluded_slot": Text(zh="{target}不再排除第{amount}大节", en="let {target} use pair {amount} of the day"),
    "drop_limit": Text(zh="去掉{target}", en="drop {target}"),
    "shorten_item": Text(zh="把{target}缩短到{amount}", en="shorten {target} to {amount}"),
    "drop_item": Text(zh="{target}少排{amount}", en="leave {amount} of {target} out"),
}
LIMITS: Mapping[str, Text] = {
    "weekdays": Text(zh="星期的限制", en="the limit to some weekdays"),
    "excluded_weekdays": Text(zh="排除的星期", en="the excluded weekdays"),
    "first_day": Text(zh="开始日期的限制", en="the first date"),
    "last_day": Text(zh="结束日期的限制", en="the last date"),
    "hours": Text(zh="时段的限制", en="the limit to some hours"),
    "rule": Text(zh="记住的规则“{name}”", en='the remembered rule "{name}"'),
}
OWNERS: Mapping[str, Text] = {
    "class": Text(zh="这个计划", en="the study plan"),
    "item": Text(zh="这个项目", en="the item"),
    "task": Text(zh="这个任务", en="the task"),
    "event": Text(zh="一节课", en="a course"),
    "busy": Text(zh="外部日程", en="an outside appointment"),
}
WEEKDAYS = Text(zh="周一 周二 周三 周四 周五 周六 周日", en="Mon Tue Wed Thu Fri Sat Sun")
WEEK = Text(zh="第{week}周", en="week {week} ")
PLACE = Text(zh="{weekday}第{sections}节", en="{weekday} {sections}")

HEADLINE = Text(zh="{place}：{reasons}。", en="{place}: {reasons}.")
AND = Text(zh="，且", en=", and ")
COMMA = Text(zh="，", en=", ")
THEN = Text(zh="", en=" ")
WORSE = Text(zh="次优为{place}，多{points}{why}。", en="Next best {place}, {points} worse{why}.")
LATER = Text(zh="次优为{place}，迟到代价多{points}{why}。", en="Next best {place}, {points} of lateness worse{why}.")
EQUAL = Text(zh="{place}同样好。", en="{place} is just as good.")
WHY = Text(zh="：{reason}", en=": {reason}")
INSIDE = Text(zh="（嵌入{name}）", en=" (inside {name})")
EXCHANGED = Text(zh="（与{name}互换）", en=" (in exchange with {name})")
NO_OTHER = Text(zh="没有别的位置。", en="There is no other place.")
BARRED = Text(zh="{place}可省{points}，但{bar}。", en="{place} would save {points}, but {bar}.")
SPARE = Text(zh="截止前除所有工作外还余{sections}。", en="{sections} are left before the deadline beyond all work due by then.")
LACKING = Text(zh="截止前缺{sections}，必有拖延。", en="{sections} are missing before the deadline: something will be late.")

ALL_PLACED = Text(zh="{blocks}全部排好。", en="All placed: {blocks}.")
SOME_PLACED = Text(zh="排好了{placed}/{total}块。", en="{placed} of {total} blocks placed.")
NONE_PLACED = Text(zh="没有排进任何块。", en="No block could be placed.")
NOTHING_TO_PLACE = Text(zh="没有要排的内容。", en="There is nothing to place.")
OPTIMAL = Text(zh="已证明没有更好的排法。", en="No better plan exists; that is proven.")
WITHIN = Text(zh="最多还能好{percent}%。", en="At most {percent} % better is possible.")
