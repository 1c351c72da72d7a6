"""The intents, as data: the verbs and nouns of each in both languages, what it leaves open, and what forbids it.

In a pattern the group `x` is what the words leave open; what else they match counts as understood. Time words are
blanked before these patterns are tried, so a row sees the sentence without them.
"""

import re
from typing import Literal, TypeAlias

from msgspec import Struct

Intent: TypeAlias = Literal["capture", "complete", "reopen", "delete", "delete_all", "undo", "range", "due", "tasks", "state", "date"]
Forbids: TypeAlias = frozenset[Literal["negation", "condition", "report", "question"]]

ACTS: Forbids = frozenset({"negation", "condition", "report", "question"})
READS: Forbids = frozenset({"condition", "report"})
WRITING = frozenset({"capture", "complete", "reopen", "delete", "delete_all", "undo"})


class Frame(Struct, frozen=True):
    """A row: an intent, how it is said, what stays open (a thing's name, a title, or nothing), what forbids it."""

    intent: Intent
    says: re.Pattern[str]
    slot: Literal["thing", "title", ""] = ""
    forbids: Forbids = ACTS
    unless: re.Pattern[str] | None = None
    timed: bool | None = None
    explicit: bool = True


def row(intent: Intent, says: str, slot: Literal["thing", "title", ""] = "", **more: object) -> Frame:
    """Write a row."""
    unless = more.pop("unless", None)
    pattern = re.compile(str(unless)) if unless else None
    return Frame(intent, re.compile(says), slot, unless=pattern, **more)  # type: ignore[arg-type]


ASK = (
    r"^\W*(?:please |pls |hey |hi |ok |so |now |also |then |and |just |can you |could you |would you |will you |i want to |"
    r"i'd like to |i want you to |let's |go ahead and |帮我\s*|请\s*|麻烦\s*|oops |and )*"
)
ASK_ZH = r"^\W*(?:请你?|麻烦你?|帮我|给我|替我|帮忙|你|能不能|可不可以|可以|能|然后|另外|还有|顺便|再|那就?|好的?|我想|我要|现在|先)*"
TODO = r"(?:tasks?|to-?dos?|reminders?)"
REMINDS = r"remind|提醒|记得|别忘|记[一]?下|添加|\badd\b|记录|to-?do:"
VERB_EN = (
    r"(?:submit|hand in|turn in|send|email|e-mail|mail|call|phone|text|message|write|finish|complete|do|prepare|buy|get|pick up|"
    r"pay|book|reserve|renew|return|read|review|study|revise|practi[cs]e|clean|wash|fix|print|register|sign up|apply|meet|visit|"
    r"see|attend|go to|take|bring|cook|order|check|update|upload|download|install|cancel|make|draft|edit|proofread|"
    r"reply|respond|ask|talk to|organi[sz]e|pack|water|feed|collect|deliver|drop off|back up|start|work on|learn|contact|"
    r"file|fill (?:in|out)|join)"
)
VERB_ZH = (
    r"(?:提?交|买|写|做|取|拿|寄|还|看|读|复习|预习|打|给|发|完成|准备|参加|开|面试|约|预约|预订|报名|报|缴|付|洗|修|整理|"
    r"背|练|跑|订|查|问|找|联系|考|带|接|送|更新|续|办|去|回复|打印|填|申请|领|换|上交|见|搞定|解决|弄|学|跟|和|陪)"
)
DONE_ZH = (
    r"(?:(?:已经|都|终于|刚刚?)?(?:完成掉|交|做完|写完|弄完|搞定|完成|办完|办好|做好|写好|看完|读完|买|交上去|提交|寄出?|还|打完|"
    r"取|缴|付|发|复习完|背完|整理完|搞完|弄好|处理完|续|订好?)(?:好|完)?[了啦]|(?:已|已经)完成)"
)
