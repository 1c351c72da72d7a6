"""What rules cannot do: it is said at once, with the nearest thing they can."""

import re
from collections.abc import Sequence

from smartflow.services.llm.offline import cues, moments, texts
from smartflow.services.llm.offline.fitting import Fit
from smartflow.services.llm.offline.frames.frame import VERB_EN, VERB_ZH
from smartflow.services.llm.offline.reading import fold
from smartflow.shared.kernel.text import Text

_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "memory",
        re.compile(
            r"以后|我(?:比较|更)?(?:喜欢|习惯|偏好|讨厌|不喜欢)|记住|忘掉|忘了我|\bi (?:really )?(?:like|prefer|love|hate|"
            r"dislike)\b|\bremember that\b|forget (?:what|about|everything|that)|from now on|\bpreferences?\b|\balways\b"
        ),
    ),
    ("import", re.compile(r"导入|导进|导出|怎么导|上传|\bimport|\bexport|\bupload|my timetable:|\bcsv\b|\bics\b")),
    ("why", re.compile(r"为什么|为何|\bwhy\b")),
    ("report", re.compile(r"没(?:学|上|复习|去)(?:完|成)?|补课|生病|病了|\b(?:skipped|missed|i am ill|i'm ill|i am sick|i'm sick)\b")),
    (
        "move",
        re.compile(
            r"挪|移到|改到|改成|换到|换成|调到|调整|推迟|延后|提前|延期|对调|交换|\b(?:move|swap|reschedule|postpone|shift|push|"
            r"delay|rename|bring forward|change|edit)\b"
        ),
    ),
    ("class", re.compile(r"(?:复习|学习|备考)?计划|\b(?:task class|study plan)\b")),
    (
        "plan",
        re.compile(
            r"排(?:进|到|上|好|满|个|一下|满|完)?|规划|安排(?:一下|进|到|好)|\b(?:plan|schedule|arrange|place|make .{1,40} fit|fit)\b"
        ),
    ),
    ("free", re.compile(r"有空|没空|空闲|空档|的空|空的?时间|\b(?:free|available|availability)\b")),
    ("course", re.compile(r"单周|双周|每周|每(?:天|晚|早|个)|第[0-9一二三四五六七八九十]+周|\b(?:every|each|weekly|daily)\b")),
)
_OPEN = re.compile(
    r"大纲|作文|文章|论文|翻译|解释|总结|推荐|建议|怎么学|讲一?讲|讲解|写一[份篇个首段封]|出题|是什么|怎么样|为什么|如何|怎么|"
    r"\b(?:outline|essay about|poem|translate|explain|summari[sz]e|recommend|advice|suggest|story|draft|compose|brainstorm|"
    r"tell me about|what is|what's|who is|how (?:do|to|can|does)|why|write me|write an?)\b"
)
_HOW_TO = re.compile(
    r"(?:怎么|怎样|如何).{0,4}(?:删|添加|新建|记|撤|完成|标记|打开|用|查)|\bhow (?:do|can|to|should)(?: i| you)? (?:delete|"
    r"add|remove|undo|complete|mark|create|reopen|use)\b"
)
_PERSON = re.compile(
    r"^\W*(?:(?:please|can you|could you|would you|help me(?: to)?|i want you to|i'd like you to)\s+)+|^\W*(?:请你?|麻烦你?|"
    r"帮我|帮忙|给我|替我|能不能|你能)+"
)
_DOABLE = re.compile(
    rf"^\W*(?:{VERB_EN}\b|{VERB_ZH})|^\W*(?:i|we) (?:need|have|must|should|ought)\b|^\W*我?(?:们)?(?:还)?(?:要|得|需要|必须|应该)"
)


def topic(text: str) -> Text | None:
    """Give what to say to something that cannot be done yet."""
    flat = fold(text)
    for name, pattern in _TOPICS:
        if pattern.search(flat):
            return texts.CANNOT[name]
    return texts.CANNOT["course"] if moments.repeats(flat) else None


def repeats(fits: Sequence[Fit]) -> bool:
    """Tell whether something is to be kept that comes again and again."""
    return fits[0].intent == "capture" and any(moments.repeats(fit.heard.clause.flat) for fit in fits)


def is_open(text: str) -> bool:
    """Tell whether a message wants what only a model has: knowledge or prose."""
    return _OPEN.search(fold(text)) is not None


def is_how_to(text: str) -> bool:
    """Tell whether a message asks how something here is done."""
    return _HOW_TO.search(fold(text)) is not None


def is_doable(text: str) -> bool:
    """Tell whether a message reads like something to do."""
    return _DOABLE.search(fold(text)) is not None


def as_title(text: str) -> str:
    """Give what a message would be called as a task."""
    line = " ".join(text.split())
    found = _PERSON.search(fold(line))
    line = line[found.end() :] if found else line
    return cues.title(line, fold(line)).rstrip("?？")
