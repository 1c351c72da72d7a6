"""Where time words stand in a text. What they mean is for the tools, which take them as the person said them."""

import re

from msgspec import Struct

_N = "(?:[0-9]{1,4}|[零一二两三四五六七八九十廿]{1,7})"
_WEEK_ZH = "(?:周|星期|礼拜)"
_PART_ZH = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|午后|傍晚|晚上|夜里|半夜|今晚|明晚|后晚|今早|明早)"
_UNITS_ZH = (
    f"大后天|(?:今|明|后|昨|前)天|今日|明日|{_PART_ZH}|"
    f"(?:这个?|本|(?<!一)下下个?|(?<!一)下个?|(?<!一)上个?|每个?|单|双)?{_WEEK_ZH}(?:[一二三四五六天末]|日(?![程记常])|[1-7](?![0-9]))|"
    f"(?:这一?个?|本|(?<!一)下下个?|(?<!一)下一?个?|(?<!一)上一?个?)(?:周|星期|礼拜|月|学期)[底初末]?|单周|双周|月底|月初|年底|周末|"
    f"{_N}月{_N}[日号]?|{_N}号|第{_N}周|第?{_N}(?:[-~到至]第?{_N})?节(?!课)|"
    "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}:[0-9]{2}|"
    f"(?:[0-9]{{1,2}}|[二两三四五六七八九十]{{1,3}}|十[一二]|(?<=[上下晚早午晨])一)点(?:半|钟|{_N}分|[一三]刻|{_N})?|一点(?:半|钟)|"
    f"(?:{_N}|半)(?:个半?)?(?:天|周|星期|小时|钟头|分钟|月)(?:之?内|以内|[之以]?后|[之以]?前)|"
    "每(?:天|晚|早|周|个?月)|元旦|春节|国庆节?|中秋节?|清明节?|端午节?|五一|寒假|暑假"
)
_ZH = (
    rf"(?:从|截止到?|截至)?(?:{_UNITS_ZH})(?:\s*[的到至~-]?\s*(?:{_UNITS_ZH}))*(?:\s*(?:结束)?(?:之前|以前|前|为止|之内|以内|"
    rf"内|截止|到期|之后|以后))?"
)
_DAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tues?|thurs?|thu|fri|mon|wed)"
_DAY_SHORT = "(?<=on )(?:sat|sun)|(?<=by )(?:sat|sun)|(?<=next )(?:sat|sun)|(?<=this )(?:sat|sun)"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_COUNT = "(?:[0-9]{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|half an|a few)"
_CLOCK = (
    r"[0-9]{1,2}(?::[0-9]{2})?\s?(?:am|pm|a\.m\.?|p\.m\.?)|[0-9]{1,2}:[0-9]{2}|[0-9]{1,2} o'clock|noon|midnight|"
    r"(?<=at )[0-9]{1,2}(?![0-9:])"
)
_UNITS_EN = (
    f"the day after tomorrow|day after tomorrow|later today|today|tonight|tomorrow|tmrw?|yesterday|"
    rf"(?:this|next|last|coming|the coming|every|each) (?:{_DAY}s?|sat|sun|week(?:end|day)?|month|year|term|semester|morning|"
    rf"afternoon|evening|night|day)|"
    f"the weekend|the rest of the week|(?:the )?end of (?:the |this |next )?(?:day|week|month|term)|(?:the )?(?:early|"
    f"late) (?:morning|afternoon|evening)|"
    f"{_DAY}s?|{_DAY_SHORT}|"
    rf"(?:the )?[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? [0-9]{{4}})?|{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?(?:,? [0-9]{{4}})?|"
    r"the [0-9]{1,2}(?:st|nd|rd|th)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?|"
    rf"{_CLOCK}|(?:in )?the (?:morning|afternoon|evening)|(?:morning|afternoon|evening)|at night|daily|weekly|"
    rf"(?:in|within) {_COUNT} (?:minutes?|hours?|days?|weeks?|months?)(?: time)?|in week [0-9]{{1,2}}|week [0-9]{{1,2}}|"
    rf"sections? [0-9]{{1,2}}(?:\s?-\s?[0-9]{{1,2}})?"
)
_JOINT = r"(?:\s*,?\s+(?:(?:at|in|on|to|through|until|till|and|or|of|from|before|after)\s+)?|\s?-\s?)"
_LEAD = r"(?:no later than|due by|due on|due before|due at|due|by|before|until|till|after|from|on|at|for|in|during|since|between)"
_EN = rf"(?<![a-z0-9])(?:(?P<lead>{_LEAD})\s+)?(?P<core>(?:{_UNITS_EN})(?:{_JOINT}(?:{_UNITS_EN}))*)(?:'s)?(?![a-z0-9])"
_TIME = re.compile(f"{_EN}|[在于]?(?P<zh>{_ZH})")
_SILENT = ("on", "for", "during", "at", "在", "于")
_OWNS = re.compile("['\u2019]s$", re.IGNORECASE)
_REPEATS = re.compile(
    r"每(?:天|晚|早|周|个?月|个)|单周|双周|\b(?:every|each|daily|weekly)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b"
)
_NEXT_DAY = re.compile(rf"\bnext (?:{_DAY}|sat|sun)\b")
_DUE = re.compile(r"^(?:due (?:by|on|before|at)|due|by)\s+|(?:截止|到期)$|^截[止至]到?", re.IGNORECASE)


class Span(Struct, frozen=True):
    """Time words in a text: from `lead` (the preposition) or `start` to `end`."""

    lead: int
    start: int
    end: int


def spans(flat: str) -> tuple[Span, ...]:
    """Find the time words of a folded text."""
    return tuple(_span(found) for found in _TIME.finditer(flat))


def words(text: str, flat: str, span: Span) -> str:
    """Give the person's words for a time: with "by" and "before", without "on" and "for"."""
    silent = flat[span.lead : span.start].strip() in _SILENT and not text[span.start : span.end].isdecimal()
    return _OWNS.sub("", text[span.start if silent else span.lead : span.end]).strip()[:200]


def window(text: str) -> str:
    """Give the stretch that time words name when they ask what is due in it."""
    return _DUE.sub("", text).strip() or text


def repeats(flat: str) -> bool:
    """Tell whether a folded text names a time that comes again and again."""
    return _REPEATS.search(flat) is not None


def has_two_readings(when: str) -> bool:
    """Tell whether these words are known to be read in two ways."""
    return _NEXT_DAY.search(when.casefold()) is not None


def _span(found: re.Match[str]) -> Span:
    if found["zh"] is not None:
        return Span(found.start(), found.start("zh"), found.end())
    return Span(found.start(), found.start("core"), found.end())
