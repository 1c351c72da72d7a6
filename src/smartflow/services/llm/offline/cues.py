"""Cues that forbid acting, and words that carry nothing."""

import re

# "Don't forget to ..." asks for a task; "mark as not done" reopens one: neither negates.
_IDIOMS = re.compile(
    r"don't (?:let me )?forget(?: to| about)?|do not (?:let me )?forget(?: to)?|as not (?:yet )?(?:done|finished|complete)|no problem|"
    r"(?:千万)?(?:别|不要|不能|勿)(?:让我)?忘(?:了|记)?|要不要|能不能|可不可以|是不是|有没有|不好意思|差不多|(?:标|恢复|改|"
    r"设)[^,。]{0,3}[未没]完成|不错|不客气"
)
_NEGATION = re.compile(
    r"\b(?:don't|dont|do not|not|never|no longer|won't|wont|can't|cannot|shouldn't|mustn't|needn't|haven't|hasn't|didn't|"
    r"doesn't|isn't|aren't|no need|stop|without|instead of)\b|"
    r"[不别勿没未莫甭]|无需|停止"
)
_CONDITION = re.compile(
    r"如果|要是|假如|万一|的话|除非|\bif\b(?! (?:possible|you can|you could|necessary))|\b(?:unless|in case|as soon as|provided|assuming)\b"
)
_REPORT = re.compile(
    r"(?:他|她|他们|老师|同学|妈妈?|爸爸?|室友|导师|教授|有人|朋友|班长)(?!的)[^说让叫问]{0,4}(?:说|让|叫|问|要我)|"
    r"\b(?:said|says|told|asked|wants me|wanted)\b"
)
_POLITE = re.compile(
    r"^\W*(?:please |hey |so |and )*(?:can|could|would|will) you(?: please| kindly)?\b|"
    r"(?:能不能|可不可以|能否|可以|能|可否)(?:请你?|麻烦你?)?(?:帮我|帮忙|给我|提醒|替我|把|删|记|撤)|好吗|行吗|可以吗|"
    r"好不好|行不行|\bi'd like (?:you )?to\b"
)
_QUESTION = re.compile(
    r"\b(?:what|how|why|whether|should i|shall i|have i|do i|can i|may i|must i)\b|^\W*(?:so |and |but |or )*(?:which|who|"
    r"when|where|did|does|is|are|was|were|has|am)\b|"
    r"怎么|怎样|如何|为什么|为何|什么|哪|谁|吗|是不是|要不要|有没有|该不该|需不需要|多少|几号"
)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|might|may|almost|nearly|half|hope|hopefully|wish|thinking (?:about|of)|considering|would|could|will|should be|"
    r"going to|about to|probably|supposed to|partly|not quite|soon)\b|"
    r"也许|可能|大概|或许|好像|似乎|希望|差点|差不多|快要?(?=[写做完弄看交])|快[^递件餐][^,。]{0,3}了\W*$|即将|打算|考虑|"
    r"本来|一半|等我|等.{1,6}再|再说|应该"
)
_QUESTION_END = re.compile(r"(?:吗|么|没有|没)\W*$")
FILLER = re.compile(
    r"(?:please|pls|kindly|hey|hi|hello|thanks|thank you|just|now|also|then|ok|okay|so|and|well|"
    r"can you|could you|would you|will you|i'd like you to|i'd like to|i want to|i want you to|let's|go ahead and|show me|"
    r"tell me|oops)(?![a-z0-9])[\s,]*|"
    r"(?:请你?|麻烦你?|帮我|给我|替我|帮忙|你能不能|能不能|可不可以|能否|可以|能|然后|另外|还有|顺便|再|那|嗯|好的?|对了|哦|"
    r"我想|我要你)+|[呀啊呢哦吧啦哈]+(?=\W*$)"
)
_HEAD = re.compile(
    r"^(?:[\s,:;.、：\-—]+|(?:the|my|our|that|this|a|an|task|tasks|item|to-?do|called|named|of|about|to|from|on|for|please|"
    r"just|also|and|then|me)(?![a-z0-9'])\s*|"
    r"把|将|请|我的|我|那个|这个|那|这|任务|待办|一个|一条|个|的|叫|一下|下)+"
)
_TAIL = re.compile(
    r"(?:[\s,.!;:、。！\-—]+|(?<![a-z0-9])(?:task|tasks|item|to-?do|please|pls|thanks|thank you|now|again|already|too|"
    r"for me|one|from (?:my |the )?(?:list|tasks)|on|at|by|as|and)|"
    r"从我?的?(?:待办|任务|清单|列表)(?:清单|列表)?(?:里|中)?面?|那个任务|这个任务|那条|这条|的?任务|的?待办|那个|这个|给我|"
    r"一下|吧|了|的|哦|啊|呀|呢|谢谢|把|都|已经|我|也|终于|刚刚?|今?已)+$"
)
_TITLE_HEAD = re.compile(
    r"^(?:[\s,:;.、：\-—]+|(?:to|that|about|please|also|and|then|a task|task|i (?:need|have|must|should|want|ought)(?: to)?|"
    r"we (?:need|have) to)(?![a-z0-9'])\s*|"
    r"一下|一个?任务|任务|待办|或者?|or\b|我?(?:还?要|得|需要|必须|应该)(?!求)|记得|的时候|的|是|去?(?=$)|我(?=[要得]))+"
)
_TITLE_TAIL = re.compile(
    r"(?:[\s,.;:!、。！\-—]+|(?<![a-z0-9])(?:please|pls|thanks|thank you|for me|too|due|(?:in|on|to) (?:my|"
    r"the) (?:to-?do )?(?:list|tasks)|as a task)|"
    r"这件事情?|这个任务|好吗|行吗|可以吗|好不好|吗|吧|哦|啊|呀|谢谢|要|是|了(?=$)|的(?=$))+$"
)


def negated(flat: str) -> bool:
    """Tell whether a folded text denies anything."""
    return _NEGATION.search(_IDIOMS.sub(" ", flat)) is not None


def conditional(flat: str) -> bool:
    """Tell whether a folded text sets a condition."""
    return _CONDITION.search(flat) is not None


def hedged(flat: str) -> bool:
    """Tell whether a folded text leaves open whether something is so, or is wanted."""
    return _HEDGE.search(_POLITE.sub(" ", flat)) is not None


def reported(flat: str) -> bool:
    """Tell whether a folded text says what somebody else says or wants."""
    return _REPORT.search(flat) is not None


def polite(flat: str) -> bool:
    """Tell whether a folded text asks politely for something to be done."""
    return _POLITE.search(flat) is not None


def asking(flat: str, mark: bool) -> bool:  # noqa: FBT001 - the mark belongs to the text
    """Tell whether a folded text, with or without a question mark, is a question and not a polite request."""
    kindly = polite(flat)
    if _QUESTION.search(_POLITE.sub(" ", flat)) or (not kindly and _QUESTION_END.search(flat)):
        return True
    return mark and not kindly


def thing(text: str, flat: str) -> str:
    """Give what a thing is called in the words for it: without articles and what is said around names."""
    return _between(text, flat, _HEAD, _TAIL)


def title(text: str, flat: str) -> str:
    """Give the title in the words for a task: without "that I need to" and what is said around titles."""
    return _between(text, flat, _TITLE_HEAD, _TITLE_TAIL)


def _between(text: str, flat: str, head: re.Pattern[str], tail: re.Pattern[str]) -> str:
    start = found.end() if (found := head.search(flat)) else 0
    end = found.start() if (found := tail.search(flat[start:])) else len(flat) - start
    return text[start : start + end].strip(" \t\r\n\"'“”「」『』《》:：")
