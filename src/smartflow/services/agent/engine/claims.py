"""Whether a text says that something was changed. A rule on words alone: no model judges a model."""

import re

_SENTENCE = re.compile(r"[^。!?！？\n.]+[。!?！？\n.]?")
_ZH = re.compile(
    r"(?:已经?|成功|帮[你您]|给[你您]|为[你您])[^,,;；]{0,16}?"
    r"(?:添加|加上|创建|新建|删除|删掉|完成|标记|更新|修改|移动|挪|安排|排好|撤销|保存|记下|记住|恢复|重新打开|设置|取消)|"
    r"(?:添加|加|创建|新建|删除|删|标记|更新|修改|移动|安排|撤销|保存|记|恢复|设置|取消)(?:好|下|住|掉)?了"
)
_ZH_NOT = re.compile(r"没有?|未|不会|不能|无法|并不|如果|要不要|是否|需要我|吗|之前|昨天|本来")
_EN = re.compile(
    r"\b(?:i(?:'ve| have)?|(?:has|have) been|(?:was|were|is|are) (?:now )?)\s*(?:just |now |already |successfully )*"
    r"(?:added|created|deleted|removed|completed|marked|updated|changed|moved|rescheduled|scheduled|planned|undone|"
    r"restored|saved|noted|remembered|reopened|set up|cancell?ed)\b|^\s*(?:done|all set)\b",
    re.IGNORECASE,
)
_EN_NOT = re.compile(
    r"\b(?:not|never|nothing|no|cannot|unable|if|once|when|would|could|should|earlier|previously|yesterday)\b|n't\b", re.IGNORECASE
)


def claims_a_change(text: str) -> bool:
    """Tell whether a sentence states a change as done; questions, conditions, denials and the past do not."""
    folded = text.replace("’", "'")
    return any(_states(sentence) for sentence in _SENTENCE.findall(folded))


def _states(sentence: str) -> bool:
    if sentence.rstrip().endswith(("?", "？")):
        return False
    if _ZH.search(sentence):
        return not _ZH_NOT.search(sentence)
    return bool(_EN.search(sentence)) and not _EN_NOT.search(sentence)
