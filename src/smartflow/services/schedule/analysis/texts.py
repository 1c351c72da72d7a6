"""The words for what analysis finds, in Chinese and English. A placeholder that counts arrives with its unit."""

from collections.abc import Mapping

from smartflow.shared.kernel.text import Text

ISSUES: Mapping[str, Text] = {
    "no_capacity": Text(zh="{name}有{blocks}无论怎么排都放不下。", en="{blocks} of {name} cannot fit, whatever is planned."),
    "late": Text(zh="{name}比截止晚{hours}结束。", en="{name} ends {hours} after its deadline."),
    "unplaced": Text(zh="{name}还有{blocks}没有排。", en="{blocks} of {name} have no place yet."),
    "short_of_time": Text(zh="{name}截止前缺{sections}。", en="{sections} are missing before the deadline of {name}."),
    "fragmented": Text(zh="{date}内容换了{switches}。", en="{date} has {switches} of subject."),
    "heavy_adjacent": Text(zh="{date}有费力的内容紧挨着。", en="On {date} heavy work follows heavy work without a rest."),
    "long_stretch": Text(zh="{date}同一内容连续{minutes}没有休息。", en="{date} has {minutes} of one subject without a rest."),
    "profile_gap": Text(zh="{name}还没有说明难度和费力程度。", en="How difficult and how intense {name} is has not been said."),
}
NOTHING_UNDONE = Text(zh="保持不变。", en="Leave everything as it is.")
OPTIONS: Mapping[str, Text] = {
    "place": Text(zh="把{name}排到{place}。", en="Put {name} on {place}."),
    "move": Text(zh="把{name}移到{place}。", en="Move {name} to {place}."),
    "swap": Text(zh="把{name}与{other}互换。", en="Exchange {name} and {other}."),
    "replan": Text(zh="重排{name}：移动{blocks}。", en="Plan {name} again: {blocks} go elsewhere."),
    "keep": NOTHING_UNDONE,
}
UNITS: Mapping[str, str] = {"blocks": "block", "hours": "hour", "sections": "section", "switches": "change", "minutes": "minute"}
