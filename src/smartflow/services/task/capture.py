"""Quick capture: from a sentence to a task that could be made of it. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Final

from smartflow.client.task import SOON, Capture, Quadrant, TaskDraft, TimeKind, TimeRead
from smartflow.services.task import model, words
from smartflow.shared.calendar.term import Term
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import FieldError, InvalidInput
from smartflow.shared.timetext.ir import Deadline, Duration, Sections
from smartflow.shared.timetext.join import Meant, joined
from smartflow.shared.timetext.parse import parse
from smartflow.shared.timetext.reading import (
    DayReading,
    DeadlineReading,
    DurationReading,
    Fault,
    InstantReading,
    IntervalReading,
    Reading,
    RecurrenceReading,
    SectionsReading,
    end_of,
    start_of,
)
from smartflow.shared.timetext.resolve import resolve
from smartflow.shared.timetext.say import say

MOST_TITLE: Final = 255
_MARKS: Final = " \t\n,.;:!?-—，。；：、！？·"
_BRACKETS: Final = ("()", "（）", "[]", "【】", "「」")
_EMPTY: Final = re.compile(r" ?(?:\( *\)|（ *）|\[ *\]|【 *】|「 *」)")
_BEFORE: Final = re.compile(rf"(?:{'|'.join(words.BEFORE)})[{re.escape(_MARKS)}]*", re.IGNORECASE)
_AFTER: Final = re.compile(rf"[{re.escape(_MARKS)}]*(?:{'|'.join(words.AFTER)})[{re.escape(_MARKS)}]*$", re.IGNORECASE)
_CALM, _MINOR, _URGENT, _IMPORTANT = (re.compile(each, re.IGNORECASE) for each in (words.CALM, words.MINOR, words.URGENT, words.IMPORTANT))
_KINDS: Final[Mapping[type, TimeKind]] = {
    InstantReading: "instant",
    DayReading: "day",
    IntervalReading: "interval",
    DeadlineReading: "deadline",
    RecurrenceReading: "recurrence",
}
_HANGING: Final = re.compile(rf"(?:{words.HANGING})$", re.IGNORECASE)
_OWNER: Final = re.compile(r"['’]s?$")
# Of these it is not known when they are, which is no fault of who said it.
_UNKNOWN: Final = frozenset({"no_term", "unknown_holiday", "meaningless"})


def capture(call: Call, text: str, now: datetime, term: Term | None = None) -> Capture:
    """Read a sentence as a task: the time that it names, how urgent that makes it, and the words that are left.

    Raises:
        InvalidInput: It names a time that cannot be.
    """
    chosen = _chosen(text, call, now, term)
    readings = () if chosen is None else resolve(chosen.ir, now, call.zone, term)
    deadline = _deadline(readings[0]) if readings else None
    title = _title(text, chosen)
    draft = TaskDraft(title, _quadrant(text, deadline, now), deadline_at=deadline)
    shown = tuple(_shown(each, call, now) for each in readings)
    return Capture(title, draft.quadrant, deadline, model.first_urgency(draft), shown, ambiguous=len(shown) > 1)


def _chosen(text: str, call: Call, now: datetime, term: Term | None) -> Meant | None:
    """Choose the time that the task is for: the first deadline, else the first time."""
    found: list[Meant] = []
    for meant in joined(parse(text)):
        first = resolve(meant.ir, now, call.zone, term)[0]
        if isinstance(first, Fault) and first.code not in _UNKNOWN and not isinstance(meant.ir, Sections | Duration):
            raise InvalidInput([FieldError("text", first.code)])
        if not isinstance(first, Fault | DurationReading | SectionsReading):
            found.append(meant)
    return next((meant for meant in found if isinstance(meant.ir, Deadline)), found[0] if found else None)


def _deadline(reading: Reading) -> datetime | None:
    """Say until when: a day or a stretch until it ends, what repeats until it first begins; what is open has no such moment."""
    if isinstance(reading, RecurrenceReading) and (reading.clock or reading.sections):
        return reading.start
    end = end_of(reading)
    return end if isinstance(reading, IntervalReading) else end or start_of(reading)


def _shown(reading: Reading, call: Call, now: datetime) -> TimeRead:
    start, end = start_of(reading), end_of(reading)
    return TimeRead(_KINDS[type(reading)], start or now, end, say(reading, call.language, call.zone, now))


def _quadrant(text: str, deadline: datetime | None, now: datetime) -> Quadrant:
    soon = deadline is not None and deadline - now <= SOON
    if _CALM.search(text):
        return Quadrant.NEITHER
    if _MINOR.search(text):
        return Quadrant.URGENT if soon else Quadrant.NEITHER
    if soon or _URGENT.search(text):
        return Quadrant.IMPORTANT_URGENT
    return Quadrant.URGENT if deadline is None and not _IMPORTANT.search(text) else Quadrant.IMPORTANT


def _title(text: str, chosen: Meant | None) -> str:
    """Give the words that are left; if none are, all."""
    spans = () if chosen is None else chosen.spans
    # "Monday's presentation" is not one on Monday.
    holes = [(span.start, span.end) for span in spans if not _OWNER.search(text[span.start : span.end])]
    left = _cut(text, holes)
    if holes:
        left = _bare(_HANGING.sub("", left))
    before = ""
    while left != before:
        before = left
        left = _bare(_AFTER.sub("", _without_lead(left)))
    return (left or text.strip())[:MOST_TITLE].strip()


def _without_lead(text: str) -> str:
    found = _BEFORE.match(text)
    return text[found.end() :] if found else text


def _cut(text: str, holes: Iterable[tuple[int, int]]) -> str:
    """Take words out and close the gaps."""
    return _bare(reduce(_closed, _pieces(text, sorted(holes)), ""))


def _closed(left: str, right: str) -> str:
    left, right = (left.rstrip(), right.lstrip()) if left else (left, right)
    if right and right[0] in _MARKS:
        return left.rstrip(_MARKS) + right
    return left + (" " if left and right and left[-1].isascii() and right[0].isascii() else "") + right


def _pieces(text: str, holes: Sequence[tuple[int, int]]) -> Iterator[str]:
    place = 0
    for start, end in holes:
        yield text[place:start]
        place = end
    yield text[place:]


def _bare(text: str) -> str:
    """Take off marks, and brackets that hold nothing or have no other half."""
    bare = _EMPTY.sub("", text).strip().strip(_MARKS).strip()
    for opened, closed in _BRACKETS:
        if (bare.endswith(closed) and opened not in bare) or (bare.startswith(opened) and closed not in bare):
            bare = bare.strip(opened + closed)
    return bare
