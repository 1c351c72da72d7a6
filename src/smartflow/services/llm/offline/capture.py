"""Keeping tasks: what is missing is asked, two readings of a time are a question."""

import re
from collections.abc import Generator, Sequence
from typing import Any

from smartflow.services.llm.offline import choices, moments, texts
from smartflow.services.llm.offline.fitting import Fit
from smartflow.services.llm.offline.reading import fold
from smartflow.services.llm.offline.results import Readings, Shown, Written
from smartflow.services.llm.offline.talk import MAX_TITLE, NotDone, Talk, Want, ask, opened, question
from smartflow.shared.kernel.text import Language, Text

MOST_TASKS = 5
LONGEST_SHOWN = 100
_QUADRANT = re.compile(
    r"[,，]?\s*(?:放到|放进|放在|在|到|归到)?第?([一二三四1-4])象限|[,]?\s*(?:in(?:to)?|to|as) quadrant ([1-4]|one|two|three|four)\b"
)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "one": 1, "two": 2, "three": 3, "four": 4}
_ORDERED = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_ANY_QUADRANT = re.compile(
    r"第?([一二三四1-4])象限|quadrant ([1-4]|one|two|three|four)\b|\b(first|second|third|fourth|1st|2nd|3rd|4th) quadrant"
)
Settled = Generator[tuple[Want, ...], tuple[dict[str, Any], ...], str]


def quadrant_in(flat: str) -> int | None:
    """Give the quadrant that a folded text names."""
    found = _ANY_QUADRANT.search(flat)
    if found is None:
        return None
    word = next(group for group in found.groups() if group)
    return _NUMBERS.get(word) or _ORDERED.get(word) or int(word)


def keep(fits: Sequence[Fit], language: Language) -> Talk:
    """Make the tasks that were asked for."""
    if len(fits) > MOST_TASKS * 4:
        raise NotDone(texts.TOO_LONG.render(language))
    head = fits[0].heard.times() if len(fits) > 1 and _leads(fits[0]) else ()
    wants = []
    for fit in fits:
        want = yield from _wanted(fit, fit.heard.times() or head, language)
        wants.append(want)
    results = yield tuple(wants)
    return _kept(results, language)


def offer(title: str, text: Text, language: Language) -> Talk:
    """Offer to keep something as a task."""
    if not title or len(title) > MAX_TITLE:
        return texts.UNKNOWN.render(language)
    said = yield from question(
        text.render(language, title=_short(title)), (texts.YES_KEEP.render(language), texts.NO_KEEP.render(language)), "keep", language
    )
    if not choices.agrees(said) and choices.taken(said, (texts.YES_KEEP.zh, texts.NO_KEEP.zh, texts.YES_KEEP.en)) not in {0, 2}:
        return texts.LEFT.render(language)
    results = yield (Want("create_task", {"title": title}),)
    return _kept(results, language)


def readings(when: str, language: Language) -> Generator[tuple[Want, ...], tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Read a time; gives how each reading is said."""
    read = yield from ask(Want("read_time", {"text": when}), Readings, language)
    if not read.readings:
        raise NotDone(texts.UNREADABLE.render(language, when=when))
    return tuple(reading.said.to(language)[:200] for reading in read.readings)


def _leads(fit: Fit) -> bool:
    return bool(fit.heard.spans) and not fit.heard.clause.flat[: fit.heard.spans[0].lead].strip()


def _wanted(fit: Fit, times: Sequence[str], language: Language) -> Generator[tuple[Want, ...], tuple[dict[str, Any], ...], Want]:
    found = _QUADRANT.search(fold(fit.name))
    title = (fit.name[: found.start()] + fit.name[found.end() :]).strip(" ,，") if found else fit.name
    if not title:
        title = yield from _titled(language)
    if len(title) > MAX_TITLE:
        raise NotDone(texts.TOO_LONG.render(language))
    arguments: dict[str, Any] = {"title": title}
    if times:
        arguments["when"] = yield from _settled(title, times, language)
    if found:
        arguments["quadrant"] = quadrant_in(found[0].strip())
    return Want("create_task", {name: value for name, value in arguments.items() if value is not None})


def _titled(language: Language) -> Settled:
    said = yield from question(texts.WHAT_TITLE.render(language), (), "title", language)
    if not said or choices.rejects(said):
        raise NotDone(texts.LEFT.render(language))
    return said


def _settled(title: str, times: Sequence[str], language: Language) -> Settled:
    """Settle which time is meant: one of several in the words, then one of several readings of it."""
    when = times[0]
    if len(times) > 1:
        when = yield from _one_of(texts.WHICH_TIME.render(language, title=_short(title)), times, language)
    if not moments.has_two_readings(when):
        return when
    said = yield from readings(when, language)
    if len(said) == 1:
        return when
    return (yield from _one_of(texts.WHICH_DATE.render(language, when=when), said, language))


def _one_of(text: str, options: Sequence[str], language: Language) -> Settled:
    offered = tuple(dict.fromkeys(options))[:6]
    for _ in range(2):
        said = yield from question(text, offered, "when", language)
        if choices.rejects(said):
            break
        place = choices.taken(said, offered)
        if place is not None:
            return offered[place]
        if len(spans := moments.spans(fold(said))) == 1 and not moments.has_two_readings(said):
            return moments.words(said, fold(said), spans[0])
    raise NotDone(texts.LEFT.render(language))


def _kept(results: Sequence[dict[str, Any]], language: Language) -> str:
    lines, done = [], 0
    for result in results:
        try:
            lines.append(_line(opened(result, Written, language).task, language))
            done += 1
        except NotDone as refusal:
            lines.append(refusal.text)
    if done:
        lines.append(texts.TAKE_BACK.render(language))
    return ("\n" if len(results) > 1 else "" if language == "zh" else " ").join(lines)


def _line(task: Shown, language: Language) -> str:
    when = texts.UNTIL.render(language, when=task.deadline.to(language)) if task.deadline else texts.NO_DATE.render(language)
    return texts.CREATED.render(language, title=task.title, when=when, quadrant=task.quadrant)


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_SHOWN else title[: LONGEST_SHOWN - 1] + "…"
