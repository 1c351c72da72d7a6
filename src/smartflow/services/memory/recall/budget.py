"""How much of what is remembered goes into a prompt: so many tokens for each type, counted roughly."""

import re
from collections.abc import Iterable, Mapping
from math import ceil
from types import MappingProxyType

from smartflow.client.memory import MemoryType, Recalled

BUDGETS: Mapping[MemoryType, int] = MappingProxyType({"constraint": 300, "commitment": 150, "preference": 250, "fact": 300})
"""Also the order in which the types are told."""
LONGEST_ITEM = 60
_DENSE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_LETTERS_PER_TOKEN = 4


def tokens_of(text: str) -> int:
    """Count the tokens of a text as most models would, and rather more: one for a dense character, else one for four letters."""
    dense = len(_DENSE.findall(text))
    return dense + ceil((len(text) - dense) / _LETTERS_PER_TOKEN)


def clipped(text: str, most: int = LONGEST_ITEM) -> str:
    """Cut a text off where it is longer than it may be, with an ellipsis."""
    if tokens_of(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens_of(text[:middle] + "…") <= most else (low, middle - 1)
    return text[:low].rstrip() + "…"


def within(ordered: Iterable[Recalled], limit: int) -> list[Recalled]:
    """Keep what has room: each type its own, in the order of the types, and so many items in all."""
    found = list(ordered)
    kept: list[Recalled] = []
    for kind, budget in BUDGETS.items():
        left = budget
        for each in found:
            if each.memory.type == kind and each.tokens <= left and len(kept) < limit:
                left -= each.tokens
                kept.append(each)
    return kept
