"""Choices of a question, and which of them a reply takes."""

import re
from collections.abc import Sequence

from smartflow.services.llm.offline.reading import fold

_ORDINALS = (
    r"(?:the )?(?:first|1st|former)(?: one)?|(?:the )?1|第?[一1](?:个|条|项)?|前者|前面那个",
    r"(?:the )?(?:second|2nd)(?: one)?|(?:the )?2|第?[二2](?:个|条|项)?",
    r"(?:the )?(?:third|3rd)(?: one)?|(?:the )?3|第?[三3](?:个|条|项)?",
    r"(?:the )?(?:fourth|4th)(?: one)?|(?:the )?4|第?[四4](?:个|条|项)?",
)
_LAST = r"(?:the )?(?:last|latter)(?: one)?|最后(?:一?个)?|后者|后面那个"
_NO = re.compile(
    r"(?:no|nope|none|none of (?:these|them|those)|neither|never ?mind|cancel|forget it|stop|no thanks|no thank you|leave it|not now|"
    r"都不是|不是|不用了?|不要了?|算了|取消|没有|别|先不|不|不必了?|都不)(?:\s*,?\s*(?:thanks|谢谢|吧))?"
)
_YES = re.compile(
    r"(?:yes|yeah|yep|sure|ok(?:ay)?|please do|yes,? please|do it|keep it|好的?|可以|行|是的?|对|嗯好|记吧|要|记下来?吧?|记成任务|好啊)"
)


def bare(text: str) -> str:
    """Give a reply without case, width and marks around it."""
    return fold(text).strip(" \t\r\n,.!?。、~\"'“”「」")


def rejects(reply: str) -> bool:
    """Tell whether a reply takes nothing."""
    return _NO.fullmatch(bare(reply)) is not None


def agrees(reply: str) -> bool:
    """Tell whether a reply is a plain yes."""
    return _YES.fullmatch(bare(reply)) is not None


def taken(reply: str, choices: Sequence[str]) -> int | None:
    """Give the place of the choice that a reply takes, if it takes exactly one."""
    said, labels = bare(reply), [bare(choice) for choice in choices]
    if said in labels:
        return labels.index(said)
    place = in_order(said, len(choices))
    if place is not None:
        return place
    holding = [place for place, label in enumerate(labels) if said and (said in label or _parts(said) <= _parts(label))]
    return holding[0] if len(holding) == 1 else None


def _parts(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]", text)) - {"the", "one", "on", "那", "个", "的"} or frozenset({text})


def in_order(said: str, count: int) -> int | None:
    """Give the place in a list that words such as "the second one" name."""
    said = bare(said)
    if re.fullmatch(_LAST, said) and count:
        return count - 1
    place = next((place for place, pattern in enumerate(_ORDINALS) if re.fullmatch(pattern, said)), None)
    return place if place is not None and place < count else None
