"""Small talk, and saying back exactly what was asked for."""

import re

from smartflow.services.llm.offline import texts
from smartflow.services.llm.offline.reading import fold
from smartflow.shared.kernel.text import Text

_ECHO = re.compile(
    r"^\s*(?:please\s+)?(?:reply|respond|answer|say|output|print|return|write|repeat)(?:\s+(?:back|me|to me|"
    r"with))*\s*(?:(?:exactly|only|just|precisely|verbatim)\s*(?:with|this|the words?|the text|the following)?)\s*:?\s+|"
    r"^\s*(?:please\s+)?(?:just|only)\s+(?:reply|respond|answer|say|output|print)(?:\s+with)?\s*:?\s+|"
    r"^\s*(?:请你?)?(?:只要?|仅|就|原样|准确地?|完全)(?:地)?(?:回复|回答|输出|说|返回|重复)\s*[::]?\s*|"
    r"^\s*(?:请你?)?(?:回复|输出|返回)(?:且|并)?(?:只|仅)(?:回复|输出|返回)\s*[::]?\s*"
)
_AFTER = re.compile(
    r"\s*(?:,\s*)?(?:and nothing else|nothing else|nothing more|不要(?:说|加|有|输出)?(?:其他|别的|任何其他)(?:的?(?:内容|"
    r"东西|文字|话))?|即可|就行|就好)\s*[.。!]?\s*$"
)
_QUOTES = (("“", "”"), ('"', '"'), ("「", "」"), ("'", "'"), ("`", "`"), ("‘", "’"), ("『", "』"))
_NICE = r"(?:there|smartflow|again|assistant|everyone|呀|啊|哈|助手)?"
_TALK: tuple[tuple[re.Pattern[str], Text], ...] = (
    (
        re.compile(
            rf"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|yo|howdy|你好|您好|嗨|哈喽|哈啰|嘿|在吗|在不在|"
            rf"早上好|早安|早|下午好|晚上好|晚安)\s*{_NICE}"
        ),
        texts.GREETING,
    ),
    (
        re.compile(
            r"(?:many |ok,? |great,? )?(?:thanks|thank you|thx|ty|cheers|much appreciated)(?: (?:a lot|so much|very much|again|"
            r"for .{1,40}|you))?|(?:好的?|嗯)?,?(?:非常|太|十分)?(?:谢谢|感谢|多谢|谢了|辛苦了)(?:你|您|啦|了|哈)?"
        ),
        texts.THANKS,
    ),
    (re.compile(r"(?:good ?bye|bye(?: bye)?|see you(?: later)?|再见|拜拜|回头见|good night)"), texts.BYE),
    (
        re.compile(
            r"(?:who|what) are you|what(?:'s| is) your name|are you (?:a bot|an ai|human|a robot|real)|introduce yourself|"
            r"what is smartflow|你(?:是|叫)(?:谁|什么|啥)(?:名字)?|(?:请)?(?:自我介绍|介绍一下你自己|介绍下你自己)(?:一下)?|"
            r"你是(?:机器人|人工智能|ai|真人)吗|smartflow是什么"
        ),
        texts.WHO,
    ),
    (
        re.compile(
            r"help(?: me)?|what can you do(?: for me)?|what do you do|how (?:do|can) i use (?:you|this)|how does this work|"
            r"what are you able to do|show me what you can do|commands|你(?:都)?(?:能|会|可以)(?:帮我)?(?:做|干)?(?:些)?(?:什么|啥|"
            r"哪些(?:事情?)?|嘛)|(?:帮助|怎么用|如何使用|使用说明|怎么使用(?:你)?|你有什么功能|有什么功能|功能)"
        ),
        texts.HELP,
    ),
)
_COURTESY = re.compile(
    r"(?:ok(?:ay)?|fine|great|nice|cool|good|got it|all right|alright|well done|perfect|好的?|行|嗯+|知道了|明白了?|收到|"
    r"太好了|不错|棒|可以)"
)


def echo(text: str) -> str | None:
    """Give the words that are to be said back exactly, if a message asks for that."""
    found = _ECHO.search(fold(text))
    if found is None:
        return None
    wanted = text[found.end() :].strip()
    after = _AFTER.search(fold(wanted))
    wanted = wanted[: after.start()].strip() if after else wanted
    for opens, closes in _QUOTES:
        if len(wanted) > 1 and wanted.startswith(opens) and wanted.endswith(closes):
            return wanted[1:-1]
    return wanted or None


def reply(text: str) -> Text | None:
    """Give what to say to small talk, if a message is nothing else."""
    flat = fold(text).strip(" \t\r\n,.!?。、~…")
    for pattern, said in _TALK:
        if pattern.fullmatch(flat):
            return said
    return texts.NOTED if flat and _COURTESY.fullmatch(flat) else None


def is_courtesy(text: str) -> bool:
    """Tell whether a clause only greets or thanks."""
    return reply(text) in {texts.GREETING, texts.THANKS, texts.BYE, texts.NOTED}
