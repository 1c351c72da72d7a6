"""Which format a file is in, by its content alone."""

import re
from collections.abc import Mapping

from msgspec import Struct

from smartflow.client.course import FormatName, ImportUnreadable
from smartflow.services.course.format.text import parse_json

_HTML = re.compile(r"<(!doctype|html|head|body|script|\?xml)", re.IGNORECASE)
_CSV = re.compile('"?课程名称')
_CSES = re.compile("^(subjects|schedules):", re.MULTILINE)
_WAKEUP_LINES = (dict, list, dict, list, list)
_FIRST_ROW: tuple[tuple[str, FormatName], ...] = (
    ("arrangements", "smartflow"),
    ("startSection", "shiguang"),
    ("isCustomTime", "shiguang"),
    ("sections", "aischedule"),
)


class Detected(Struct, frozen=True):
    """A format, and the value of a file that is one JSON value."""

    format: FormatName
    value: object = None


def detect(text: str) -> Detected:
    """Tell the format of a decoded file.

    Raises:
        ImportUnreadable: It is empty, a web page, nested too deeply or in no known format.
    """
    if not text:
        raise ImportUnreadable.by("empty")
    if _HTML.match(text):
        raise ImportUnreadable.by("html")
    found = _of_json(text) if text[0] in "{[" else _of_lines(text)
    if found is None:
        raise ImportUnreadable.by("format")
    return found


def _of_lines(text: str) -> Detected | None:
    if text[:15].upper() == "BEGIN:VCALENDAR":
        return Detected("ics")
    if _CSV.match(text):
        return Detected("wakeup_csv")
    return Detected("cses") if _CSES.search(text) else None


def _of_json(text: str) -> Detected | None:
    try:
        value = parse_json(text)
    except ValueError:
        return Detected("wakeup") if _has_lines(text) else _of_lines(text)
    kind = _kind(value)
    return kind and Detected(kind, value)


def _has_lines(text: str) -> bool:
    lines = text.split("\n", len(_WAKEUP_LINES))
    try:
        kinds = tuple(type(parse_json(line)) for line in lines[: len(_WAKEUP_LINES)])
    except ValueError:
        return False
    return kinds == _WAKEUP_LINES


def _kind(value: object) -> FormatName | None:
    outer = _members(value)
    inner = _members(outer.get("data"))
    if outer.get("format") == "smartflow":
        return "smartflow"
    if "kbList" in outer or "kbList" in inner:
        return "zf_json"
    if outer.keys() & {"courseInfos", "parserRes"} or any({"courses", "setting"} <= part.keys() for part in (outer, inner)):
        return "aischedule"
    if {"subjects", "schedules"} <= outer.keys():
        return "cses"
    return _kind_of_row(value if isinstance(value, list) else outer.get("courses"))


def _kind_of_row(rows: object) -> FormatName | None:
    first = _members(rows[0]) if isinstance(rows, list) and rows else {}
    for member, kind in _FIRST_ROW:
        if member in first:
            return kind
    return "zf_json" if {"kcmc", "zcd"} <= first.keys() else None


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
