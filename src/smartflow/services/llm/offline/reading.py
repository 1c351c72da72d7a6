"""Texts of people: folded without losing offsets, and the clauses that they are made of."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

_ABBREVIATIONS = r"(?<!\bprof)(?<!\bdr)(?<!\bmr)(?<!\bmrs)(?<!\bms)(?<!\bst)(?<!\bvs)(?<!\bno)(?<!\be\.g)(?<!\bi\.e)(?<!\ba\.m)(?<!\bp\.m)"
_OPENERS = r"(?:please |also |then )*(?:remind me|add |delete |remove |mark |undo|show |what |i finished|i've |don't |do not |create )"
_BREAK = re.compile(
    rf"(?<!\d),\s*|,\s*(?!\d)|[。!?;\n…]+\s*|{_ABBREVIATIONS}\.(?=\s|$)\s*|\s(?:and then|and also|and|then)\s+(?={_OPENERS})|"
    rf"(?=另外|然后|顺便)"
)


class Clause(Struct, frozen=True):
    """A part of a message: as written and folded, character by character; `asks`: a question mark ends it."""

    text: str
    flat: str
    asks: bool = False


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    flat = unicodedata.normalize("NFKC", char).casefold()
    flat = "'" if flat in {"\u2019", "\u2018"} else flat
    return flat if len(flat) == 1 else char


def fold(text: str) -> str:
    """Fold width and case of a text; its length stays."""
    return "".join(map(_folded, text))


def clauses(text: str) -> tuple[Clause, ...]:
    """Cut a message into clauses."""
    return tuple(_cut(text, fold(text)))


def _cut(text: str, flat: str) -> Iterator[Clause]:
    start = 0
    for found in _BREAK.finditer(flat):
        yield from _clause(text, flat, (start, found.start()), found[0])
        start = found.end()
    yield from _clause(text, flat, (start, len(flat)), "")


def _clause(text: str, flat: str, span: tuple[int, int], mark: str) -> Iterator[Clause]:
    start, end = span
    if any(map(str.isalnum, flat[start:end])):
        yield Clause(text[start:end], flat[start:end], asks="?" in mark)
