"""Whether a text says that something was changed. A rule on words alone: no model judges a model.

Only what the assistant itself would have done counts: how things stand ("the report is done", "the lecture was cancelled"), offers
("I can add it") and what the person did are no claims.
"""

import re

_SENTENCE = re.compile(r"[^。!?！？\n.]+[。!?！？\n.]?")
_CLAUSE = re.compile(r"[,，;；:：]")
# What an assistant does to things, and the wider list of what it does for somebody.
_ZH_DOES = (
    "添加|加上|建立|调高|调低|加入|加到|创建|新建|新增|建好|删除|删掉|标记|更新|修改|改到|改成|改为|改名|调整|移动|移到|移除|挪到|排入|"
    "撤销|保存|记下|记住|恢复|重新打开|设置|设定|设好|导入|生成|关闭"
)
_ZH_FOR = _ZH_DOES + "|加|删|挪|完成|安排|排好|排|取消"
_ZH = re.compile(
    rf"已经?(?:成功)?(?:帮|给|为|替|将|把)[^的]{{0,20}}?(?:{_ZH_FOR})|"
    rf"我[^的]{{0,24}}?(?:{_ZH_FOR})(?:(?!的).){{0,8}}?了|"
    rf"我(?:刚刚?|已经?)[^了]{{0,24}}?(?:{_ZH_FOR})|"
    rf"(?:帮|给|为|替)[你您].{{0,16}}?(?:{_ZH_FOR})[好下住掉完到]?了|"
    rf"已经?(?:成功)?(?:{_ZH_DOES})(?!.{{0,8}}的)|"
    rf"(?:{_ZH_FOR})(?:成功|完毕)|搞定|"
    r"(?:建|建立|加|弄|删|设|设定|设置|处理|改|记|安排)(?:好|掉|下|住|妥当)(?:了|[。!！.]?$)|"
    r"[改移挪][到成为].{1,8}了|"
    rf"^(?:成功)?(?:{_ZH_FOR})了"
)
_ZH_NOT = re.compile(r"没(?!问题)|未|不会|不能|无法|并不|如果|要不要|是否|吗|之前|昨天|上周|本来|确认后")
_ZH_NOT_HERE = re.compile(r"可以|(?<![功智])能|会(?!议)|想|需要|要我|打算|请|^[你您](?!的)")

_EN_DOES = "added|created|deleted|removed|updated|changed|renamed|undone|restored|saved|reopened|imported"
_EN_FOR = (
    _EN_DOES + "|completed|marked|moved|rescheduled|scheduled|planned|noted|remembered|"
    r"(?:set|put)(?! (?:together|out|goals))|cancell?ed|placed|swapped|unplaced"
)
_EN_HOW = r"(?:(?:just|now|already|also|successfully|gone ahead and|went ahead and) )*"
_EN_THINGS = r"(?:tasks?|reminders?|deadlines?|blocks?|changes?|events?|courses?|plans?|timetable|schedule|title|preference|entry|entries)"
_EN_YES = r"^\s*(?:(?:okay|ok|sure|got it|great|perfect|no problem|alright|yes|successfully)[\s,!—–-]+)*"
_EN = re.compile(
    rf"\b(?:i|we)(?:'ve| have)? {_EN_HOW}(?:{_EN_FOR})\b|"
    rf"(?:\b(?:has|have)|'s|'ve) {_EN_HOW}been {_EN_HOW}(?:{_EN_FOR})\b|"
    rf"\b(?:was|were|is|are) now (?:{_EN_FOR})\b|"
    rf"\b(?:your|the)(?: \w+){{0,3}}? {_EN_THINGS} (?:was|were|is|are) {_EN_HOW}(?:{_EN_DOES}|set)\b|"
    rf"{_EN_YES}(?:done|all set|noted|{_EN_DOES})\s*(?:[.!,;:—–]|$)|"
    rf"{_EN_YES}(?:{_EN_FOR}) (?:it|them|that|an?|the|your|one|two|three|four|five|\d+)\b|"
    rf"{_EN_YES}(?:new |your |the )?{_EN_THINGS} (?:{_EN_FOR})\b|"
    r"\bi(?:'ll| will) (?:remember|keep) (?:that|this|it)\b",
    re.IGNORECASE,
)
_EN_NOT = re.compile(
    r"\b(?:not|never|nothing|no(?! problem)|cannot|unable|if|once|when|would|could|should|earlier|previously|before|yesterday|since|"
    r"last (?:week|month|year|night|time|term)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|n't\b",
    re.IGNORECASE,
)
_EN_FRESH = re.compile(r"\b(?:i|we)(?:'ve| have)\b|\bbeen\b|\bnow\b|^\s*(?:done|okay|ok|sure|got it|reminder|new )", re.IGNORECASE)
_EN_DAY = re.compile(r"\bon (?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)


def claims_a_change(text: str) -> bool:
    """Tell whether a sentence states a change as done; questions, conditions, offers, denials and the past do not."""
    folded = text.replace("’", "'")
    return any(_states(sentence) for sentence in _SENTENCE.findall(folded))


def _states(sentence: str) -> bool:
    if sentence.rstrip().endswith(("?", "？")):
        return False
    if not _ZH_NOT.search(sentence) and any(_ZH.search(part) and not _ZH_NOT_HERE.search(part) for part in _clauses(sentence)):
        return True
    # A weekday tells when something was done, except where it has plainly been done just now: then it is what was done.
    told = _EN_DAY.sub("", sentence) if _EN_FRESH.search(sentence) else sentence
    return bool(_EN.search(told)) and not _EN_NOT.search(told)


def _clauses(sentence: str) -> list[str]:
    return [part.strip() for part in _CLAUSE.split(sentence)]
