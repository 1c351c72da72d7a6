"""Chinese numerals below ten thousand."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from smartflow.shared.timetext.lexicon.zh import DIGITS, TENS

FIRST: Final = frozenset(DIGITS) | frozenset(TENS)
_RUN: Final = re.compile(f"[{''.join(DIGITS)}{''.join(TENS)}]{{1,9}}")
_UNITS: Final = re.compile(r"(?:([一二两三四五六七八九])百)?(零)?(?:([一二两三四五六七八九])?十|(廿|卅))?([一二两三四五六七八九])?")
_YEAR: Final = 4


class Numeral(NamedTuple):
    """A number as it is written: where it ends, its value, and its digits if it is nothing but digits."""

    end: int
    value: int
    digits: tuple[int, ...] = ()


def numerals(text: str, place: int) -> Iterator[Numeral]:
    """Give every number that begins at a place: 十, 十五; 二五 as its two digits."""
    run = _RUN.match(text, place)
    if run is None:
        return
    for end in range(place + 1, run.end() + 1):
        written = text[place:end]
        value = _value(written)
        if value is not None:
            yield Numeral(end, value)
    digits = _digits(text, place, run.end())
    if len(digits) > 1:
        end = place + len(digits)
        value = int("".join(map(str, digits))) if len(digits) == _YEAR else 0
        yield Numeral(end, value, digits)


def _digits(text: str, place: int, end: int) -> tuple[int, ...]:
    digits: list[int] = []
    for character in text[place:end]:
        if character not in DIGITS:
            # 二三十: the three belongs to the ten.
            return tuple(digits[:-1])
        digits.append(DIGITS[character])
    return tuple(digits)


def _value(written: str) -> int | None:
    if written in ("零", "〇"):
        return 0
    found = _UNITS.fullmatch(written.replace("〇", "零"))
    if found is None:
        return None
    hundreds, _, tens, score, ones = found.groups()
    ten = "十" in written
    value = DIGITS[hundreds] * 100 if hundreds else 0
    value += (DIGITS[tens] if tens else 1) * 10 if ten else TENS[score] if score else 0
    return value + (DIGITS[ones] if ones else 0)
