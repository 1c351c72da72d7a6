"""The words of one language or both, found by how they begin."""

from collections import defaultdict
from functools import cache
from typing import Final, NamedTuple

from smartflow.shared.kernel.text import Language
from smartflow.shared.timetext.lexicon import en, zh

_LEAD: Final = 2
_MOST_DAYS: Final = 31


class Word(NamedTuple):
    """A word: its characters, whether it is of letters (and so must stand alone), and what it may be."""

    text: str
    letters: bool
    roles: tuple[tuple[str, object], ...]


Words = dict[str, tuple[Word, ...]]


@cache
def words(language: Language | None) -> Words:
    """Give the words of a language (none: of both) by their first two characters."""
    roles: dict[str, dict[tuple[str, object], None]] = defaultdict(dict)
    if language != "en":
        _add(roles, zh.WORDS)
    if language != "zh":
        _add(roles, en.WORDS)
        _add(roles, {"n": _numbers(), "ordinal": _ordinals()})
    found: dict[str, list[Word]] = defaultdict(list)
    for text in sorted(roles):
        found[text[:_LEAD]].append(Word(text, text[-1].isascii() and text[-1].isalpha(), tuple(roles[text])))
    return {lead: tuple(each) for lead, each in found.items()}


def _add(roles: dict[str, dict[tuple[str, object], None]], table: dict[str, dict[str, object]]) -> None:
    for category, entries in table.items():
        for texts, value in entries.items():
            for text in texts.split("|"):
                roles[text][category, value] = None


def _numbers() -> dict[str, object]:
    plain: dict[str, object] = {word: value for value, word in enumerate((*en.ONES, *en.TEENS), start=1)}
    for word, value in en.TENS.items():
        plain[word] = value
        for one, digit in enumerate(en.ONES[:9], start=1):
            plain[f"{word}-{digit}"] = plain[f"{word} {digit}"] = value + one
    return plain


def _ordinals() -> dict[str, object]:
    names: dict[str, object] = {word: value for value, word in enumerate(en.FIRSTS, start=1)}
    names |= {f"{teen}th": value for value, teen in enumerate(en.TEENS, start=13)}
    for tens, value in (("twenty", 20), ("thirty", 30)):
        for one, first in enumerate(en.FIRSTS[:9], start=1):
            if value + one <= _MOST_DAYS:
                names[f"{tens}-{first}"] = names[f"{tens} {first}"] = value + one
    return names | en.ROUND
