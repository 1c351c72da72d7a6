"""From bytes to text and JSON, strictly; and texts as the normal form has them."""

import json
import re
import unicodedata
from typing import NoReturn

from smartflow.client.course import MAX_FILE_BYTES, ImportUnreadable

MAX_DEPTH = 64
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Possessive, so that a quote that is never closed is passed over once, not once per quote behind it.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_VANISHING = re.compile("[\ufeff\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_NOTHING = frozenset({"未排地点", "未安排", "未定", "待定", "暂无", "无", "-", "tba", "tbd"})


def decode(file: bytes) -> str:
    """Decode a file: a UTF-16 mark decides, else UTF-8, else GB18030; without mark and leading white space.

    Raises:
        ImportUnreadable: It is too large, or none of these.
    """
    if len(file) > MAX_FILE_BYTES:
        raise ImportUnreadable.by("max", limit=MAX_FILE_BYTES)
    for encoding in ("utf-16",) if file.startswith(_UTF16_MARKS) else ("utf-8", "gb18030"):
        try:
            return file.decode(encoding).lstrip("\ufeff \t\r\n\v\f")
        except UnicodeDecodeError:
            continue
    raise ImportUnreadable.by("encoding")


def parse_json(text: str) -> object:
    """Parse exactly one JSON value, without NaN and Infinity.

    Raises:
        ImportUnreadable: It is nested too deeply.
        ValueError: It is not JSON.
    """
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        mark = token[0]
        depth += (mark in "[{") - (mark in "]}")
        if depth > MAX_DEPTH:
            raise ImportUnreadable.by("depth", limit=MAX_DEPTH)
    return json.loads(text, parse_constant=_refuse)


def one_line(text: str) -> str:
    """Make a text one line: control characters and white space become single spaces, bidi marks go, NFC."""
    visible = _CONTROL.sub(" ", _VANISHING.sub("", text))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def or_nothing(text: str) -> str:
    """Give "" for the words that say that there is no place or teacher."""
    return "" if text.casefold() in _NOTHING else text


def storable(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair in it."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
