"""What the person's words mean while a confirmation is open. Doubt is never a yes."""

import re
from typing import Literal, TypeAlias

from smartflow.services.llm.offline import cues, smalltalk, texts
from smartflow.services.llm.offline.frames.frame import WRITING
from smartflow.services.llm.offline.reading import fold
from smartflow.services.llm.offline.understanding import understand

Consent: TypeAlias = Literal["approve", "reject", "amend", "aside", "unclear"]
LONGEST = 2000
_YES = (
    r"(?:yes|yeah|yep|yup|y|sure|sure thing|ok|okay|k|fine|fine by me|fine with me|great|good|perfect|right|correct|agreed|"
    r"approved?|confirm(?:ed)?|"
    r"absolutely|of course|definitely|certainly|please do|please|do it|do that|go ahead|go for it|go on|let's do it|"
    r"let's go|sounds good|looks good|"
    r"looks great|that's fine|that's right|that works|works for me|no problem|all good|all right|alright|make it so|apply|"
    r"apply it|proceed|(?:and |just )?delete (?:it|them|all)|all of (?:it|them)|i agree|"
    r"no (?:worries|problems?)|thanks|thank you|"
    r"那?就这样吧?|就这么(?:办|定|做)吧?|好的?|好吧|好啊|好呀|好嘞|行吧?|行啊|可以的?|可以啊|对的?|对啊|是的?|是啊|没问题|没错|"
    r"确认|确定|同意|批准|当然(?:可以|好)?|要的|没意见|执行吧?|应用吧?|"
    r"继续吧?|开始吧|来吧|(?:都|全)?(?:删(?:了|掉|除)?吧?)|排吧|写吧|改吧|就这个|妥|成|多?谢谢?你?|麻烦了|ok的|o的|嗯嗯|👍|✅|👌)"
)
_PLAIN_YES = re.compile(rf"(?:嗯+[\s,]*)?(?:{_YES}[\s,.!。、~]*)+")
_ONLY_THANKS = re.compile(r"(?:(?:thanks|thank you|多?谢谢?你?|麻烦了|please|no worries)[\s,.!。、~]*)+")
_NO = re.compile(
    r"(?:no|nope|nah|never ?mind|cancel(?: it| that| this)?|stop|don't|do not|don't do (?:it|that)|no thanks|no thank you|"
    r"forget (?:it|about it)|leave it(?: as it is)?|"
    r"reject(?:ed)?|abort|not now|please don't|rather not|i changed my mind|discard(?: it)?|keep (?:it|them)|"
    r"不|不要了?|不用了?|不了|不行|不可以|不同意|算了吧?|取消吧?|取消了?|别|别了|别删了?|不删了?|不排了?|先不(?:了|要|用|删|"
    r"排)?|先别(?:删|动|排)?|拒绝|否|放弃|不是|不对|还是算了|还是不要了?|不必了?|停)"
)
_PLAIN_NO = re.compile(rf"(?:{_NO.pattern}[\s,.!。、~]*(?:thanks|谢谢|please)?[\s,.!。、~]*)+")
_STARTS_NO = re.compile(r"^\W*(?:no|nope|don't|do not|不要|不行|别|取消|算了|不用)[\s,.。!]+")
_AMENDS = re.compile(
    r"\b(?:but|except|instead|rather|only if|without|not on|nothing on|(?:only|just) (?:delete|remove|the|this|that)|"
    r"make it|change|move|swap|leave out|skip|keep|also|"
    r"other than|apart from|earlier|later|one more|fewer|put)\b|"
    r"但|不过|只是|除了|别删|不要删|其[他余它]|改成|改到|改为|换成|换到|挪|别排|不要排|不排|别放|少|多(?!谢)|早一?点|晚一?点|提前|推迟|另外|再加|去掉|"
    r"只要|只删|只排|留下|保留"
)
_DOUBT = re.compile(
    r"\b(?:maybe|perhaps|i guess|i think|i suppose|not sure|hmm+|probably|possibly|let me think|wait|hold on|dunno|don't know|whatever)\b|"
    r"也许|可能|大概|应该|不确定|不知道|想想|考虑|再说|等等|等一下|随便|不好说|吧\W*\?|看情况"
)
_PARTICLES = re.compile(r"[吗么呢]?[\s?,.!。~]*$")
_ASKS = re.compile(r"\b(?:what|when|where|which|who|why|how|do i|am i|is there|are there)\b|什么|哪|谁|为什么|怎么|几|吗|呢\W*$")

_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_DELETES = re.compile(r"\bdelete|删")
_HARMLESS = re.compile("没什么|[这那]几")
_GOES = re.compile(r"\b(?:go ahead|do it|go for it)\b")
_KEEPS = re.compile(r"\bkeep (?:it|them)\b")
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_ACKNOWLEDGES = re.compile(
    r"(?:(?:ok|okay|k|fine|great|good|perfect|right|correct|sure|all right|alright|all good|sounds good|looks good|looks great|"
    r"no (?:worries|problems?)|thanks|thank you|好[的吧啊呀嘞]?|行[吧啊]?|可以啊?|嗯+|没问题|没错|"
    r"多?谢谢?你?|麻烦了|ok的|o的|👌|👍)[\s,.!。、~]*)+"
)


def reading(text: str, asked: str = "", *, aside: bool = False) -> Consent:
    """Read the words of a person to whom a confirmation is open, and what it asks; `aside`: something else was answered since."""
    flat = _TONES.sub("", fold(text))[:LONGEST].strip()
    whole = flat.strip(" \t\r\n,.!。、~…")
    asks = "?" in flat
    if not whole or len(text) > LONGEST:
        return "unclear"
    if not asks and _PLAIN_NO.fullmatch(whole):
        return "unclear" if _KEEPS.search(whole) and not _deletes(asked) else "reject"
    if not asks and _PLAIN_YES.fullmatch(whole) and not _ONLY_THANKS.fullmatch(whole):
        # Who has just heard something else may only acknowledge that.
        return "unclear" if (aside and _ACKNOWLEDGES.fullmatch(whole)) or not _is_about(whole, asked) else "approve"
    return _longer(text, flat, asks=asks)


def may_be_a_yes(text: str, asked: str = "") -> bool:
    """Tell whether words can be taken for a yes: they do not doubt, ask or deny, and want nothing else."""
    flat = _HARMLESS.sub("", fold(text))
    doubts = any(each.search(flat) for each in (_DOUBT, _ASKS, _AMENDS, _STARTS_NO)) or cues.negated(flat)
    return "?" not in flat and not doubts and _is_about(flat, asked)


def _is_about(flat: str, asked: str) -> bool:
    """Whether a yes that names what is to be done names what was asked."""
    return not asked or not _DELETES.search(flat) or _deletes(asked)


def _deletes(asked: str) -> bool:
    return not asked or _DELETES.search(_QUOTED.sub("", fold(asked))) is not None


def _longer(text: str, flat: str, *, asks: bool) -> Consent:
    if _PLAIN_YES.fullmatch(_PARTICLES.sub("", flat)):
        return "unclear"
    meant = understand(text)
    looks = meant.sure and not any(fit.intent in WRITING for fit in meant.acts)
    if looks or smalltalk.reply(text) not in {None, texts.NOTED, texts.THANKS}:
        return "aside"
    if _DOUBT.search(flat):
        return "unclear"
    if asks or _ASKS.search(_HARMLESS.sub("", flat)):
        return "aside" if not _AMENDS.search(flat) else "unclear"
    if _AMENDS.search(flat):
        return "amend"
    starts = re.match(r"^\W*(?:no|nope)\b(?! (?:worries|problem|objection))", flat)
    says_no = (_STARTS_NO.search(flat) and cues.negated(flat)) or starts
    return "reject" if says_no and not _GOES.search(flat) else "unclear"
