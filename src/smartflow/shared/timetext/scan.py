"""From text to the lattice of words and numbers in it: what begins at each place, however long."""

import re
from functools import cache
from typing import Final

from smartflow.shared.kernel.text import Language
from smartflow.shared.timetext.lexicon import en, zh
from smartflow.shared.timetext.lexicon.words import Words, words
from smartflow.shared.timetext.numerals import FIRST, numerals

Token = tuple[int, str, object]
"""Where it ends, its category, its value."""
Lattice = list[list[Token]]

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d./-])(?:t(?=\d))?")
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d\d))?(?![\d/%])")
_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\d:])|(\d{1,2})\.([0-5]\d)(?= ?[ap]\.?m)")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?!\.?\d)")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)(?![a-z])")
# A number of pages or people is no number of the clock.
_COUNTED: Final = re.compile(rf" ?(?:{zh.COUNTED}|{en.COUNTED})")
# What may follow a number that is an hour without saying so.
_ALONE: Final = re.compile(rf"[ ]*(?:$|[-,.;!?)\n。、]|(?:{en.AFTER_HOUR})\b)")
# Not inside a word or a number; but 1h30 and 2026-12-01T09:00.
_NUMBER_BEGINS: Final = re.compile(r"(?:.?[^a-z0-9._$#]|^|\d[ht])\d$", re.DOTALL)
_NO_NOUN: Final = re.compile(rf"{_ALONE.pattern}|[ ]*(?:{en.AFTER_DATE}|[^\x00-\x7f])")
_LEAST_YEAR, _MOST_YEAR, _DIGITS_OF_YEAR = 1900, 2999, 4
_LONGEST_NUMBER: Final = 8
_JOINS: Final = frozenset({"from", "to", "until"})
_CENTURY, _MONTHS, _DAYS = 2000, 12, 31


def scan(text: str, language: Language | None = None) -> Lattice:
    """Find everything that the grammar knows, by where it begins."""
    lattice: Lattice = [[] for _ in text]
    known = words(language)
    for place, character in enumerate(text):
        if character.isdigit():
            if _NUMBER_BEGINS.match(text, max(place - 2, 0), place + 1):
                _digits(text, place, lattice[place])
        elif not (character.isascii() and character.isalpha() and place > 0 and text[place - 1].isascii() and text[place - 1].isalpha()):
            if character in FIRST:
                _numerals(text, place, lattice[place])
            _words(text, place, known, lattice[place])
    return _without_ranges(text, lattice) if any(category == "mover" for tokens in lattice for _, category, _ in tokens) else lattice


def _without_ranges(text: str, lattice: Lattice) -> Lattice:
    """After "move" the word "to" joins nothing: what stands around it are two times."""
    moving = False
    for place, tokens in enumerate(lattice):
        moving = (moving or any(category == "mover" for _, category, _ in tokens)) and text[place] not in ".;!?"
        if moving:
            tokens[:] = [token for token in tokens if token[1] not in _JOINS or not text[place].isalpha()]
    return lattice


def _words(text: str, place: int, known: Words, found: list[Token]) -> None:
    for word in (
        (*known.get(text[place], ()), *known.get(text[place : place + 2], ())) if place + 1 < len(text) else known.get(text[place], ())
    ):
        end = place + len(word.text)
        if not text.startswith(word.text, place):
            continue
        if word.letters and text[end : end + 1].isalpha() and text[end].isascii():
            continue
        found += [(end, category, value) for category, value in word.roles]
        if word.roles[0][0] == "n":
            found.append((end, "minute", word.roles[0][1]))
            if _ALONE.match(text, end):
                found.append((end, "lone_n", word.roles[0][1]))


def _numerals(text: str, place: int, found: list[Token]) -> None:
    for end, value, digits in numerals(text, place):
        counted = _COUNTED.match(text, end)
        if counted:
            found.append((counted.end(), "counted", value))
            continue
        if digits:
            found.append((end, "digits", digits))
            if len(digits) == _DIGITS_OF_YEAR and _LEAST_YEAR <= value <= _MOST_YEAR:
                found.append((end, "year", value))
            continue
        found.append((end, "n", value))
        if value > 9 or text[place] in "零〇":  # noqa: PLR2004 - written with more than one digit
            found.append((end, "minute", value))


def _digits(text: str, place: int, found: list[Token]) -> None:
    _dates(text, place, found)
    clock = _CLOCK.match(text, place)
    if clock:
        hour, minute, second, dotted_hour, dotted_minute = clock.groups()
        written = hour or dotted_hour
        found.append((clock.end(), "wall", (int(written), int(minute or dotted_minute), int(second or 0), written[0] == "0")))
    ordinal = _ORDINAL.match(text, place)
    if ordinal:
        found.append((ordinal.end(), "ordinal", int(ordinal[1])))
        if _NO_NOUN.match(text, ordinal.end()):
            found.append((ordinal.end(), "ordinal_number", int(ordinal[1])))
    number = _NUMBER.match(text, place)
    if number:
        counted = _COUNTED.match(text, number.end())
        if counted:
            found.append((counted.end(), "counted", number[0]))
        else:
            _number(text, number, found)


def _number(text: str, number: re.Match[str], found: list[Token]) -> None:
    end, written = number.end(), number[0]
    if len(written) > _LONGEST_NUMBER:
        return
    if "." in written:
        found.append((end, "decimal", written))
        return
    if len(written) > _DIGITS_OF_YEAR:
        return
    value = int(written)
    found.append((end, "n", value))
    if len(written) == 2:  # noqa: PLR2004 - as minutes are written
        found.append((end, "minute", value))
    if len(written) == _DIGITS_OF_YEAR and _LEAST_YEAR <= value <= _MOST_YEAR:
        found.append((end, "year", value))
    if _ALONE.match(text, end):
        found.append((end, "lone_n", value))


def _dates(text: str, place: int, found: list[Token]) -> None:
    iso = _ISO.match(text, place)
    if iso:
        found.append((iso.end(), "full_date", tuple(map(int, iso.groups()))))
    slashed = _SLASHED.match(text, place)
    if slashed:
        first, second = int(slashed[1]), int(slashed[2])
        year = _year(slashed[3])
        if first <= _MONTHS and second <= _DAYS:
            found.append((slashed.end(), "full_date", (year, first, second)))
        elif second <= _MONTHS and first <= _DAYS:
            # Nothing but a day can be more than twelve.
            found.append((slashed.end(), "full_date", (year, second, first)))


@cache
def _year(written: str | None) -> int | None:
    if written is None:
        return None
    return int(written) if len(written) == _DIGITS_OF_YEAR else _CENTURY + int(written)
