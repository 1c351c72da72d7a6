"""Text as the grammar reads it: NFKC, lower case, one form of each character, and where each came from."""

from typing import Final, NamedTuple
from unicodedata import normalize

from smartflow.shared.timetext.lexicon import zh

_SAME: Final = {**zh.VARIANTS, "’": "'", "‘": "'", "–": "-", "—": "-", "~": "-", "〜": "-", "−": "-", "‐": "-", "‑": "-"}
_FIRST_HAN, _LAST_HAN = "\u4e00", "\u9fff"


class Normal(NamedTuple):
    """The text that is read; its character i comes from character `at[i]` of the original."""

    text: str
    at: range | list[int]

    def start(self, place: int) -> int:
        """Say where in the original a stretch begins that begins here."""
        return self.at[place]

    def end(self, place: int) -> int:
        """Say where in the original a stretch ends that ends before this place."""
        return self.at[place - 1] + 1


def normal(text: str) -> Normal:
    """Fold a text."""
    if text.isascii():
        return Normal(text.lower().replace("~", "-"), range(len(text)))
    folded: list[str] = []
    at: list[int] = []
    for place, character in enumerate(text):
        same = _folded(character)
        folded.append(same)
        at += [place] * len(same)
    return Normal("".join(folded), at)


def _folded(character: str) -> str:
    if _FIRST_HAN <= character <= _LAST_HAN:
        return _SAME.get(character, character)
    return "".join(_SAME.get(each, each) for each in normalize("NFKC", character).lower())
