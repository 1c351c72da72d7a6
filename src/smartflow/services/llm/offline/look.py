"""Looking: what is on, what is due, which tasks there are, what date a day is."""

import re
from typing import Any

from smartflow.services.llm.offline import moments, texts
from smartflow.services.llm.offline.capture import quadrant_in, readings
from smartflow.services.llm.offline.change import Request
from smartflow.services.llm.offline.results import Entries, Entry, Shown, Tasks
from smartflow.services.llm.offline.talk import Talk, Want, ask
from smartflow.shared.kernel.text import Language

MOST_LINES = 12
_NEXT = re.compile(r"\bnext\b|下一|接下来|下节|下面")
_COURSES = re.compile(r"课(?!程表|表|余)|\b(?:class(?:es)?|courses?|lectures?|lessons?)\b")
_DONE_ONES = re.compile(r"已完成|完成了|做完了|\b(?:completed|finished|done)\b")


def on(request: Request) -> Talk:
    """Tell what is on."""
    language, heard = request.language, request.fit.heard
    times = heard.times()
    when = times[0] if times else "next" if _NEXT.search(heard.blank) else ("今天" if language == "zh" else "today")
    found = yield from ask(Want("query_range", {"when": when}), Entries, language)
    courses = _COURSES.search(heard.blank) is not None
    entries = [entry for entry in found.entries if entry.kind == "course" or not courses]
    window = found.window.to(language) if found.window else texts.THIS_TIME.render(language)
    if not entries:
        return (texts.NO_COURSES if courses else texts.NOTHING_ON).render(language, window=window)
    head = (texts.ON_COURSES if courses else texts.ON).render(language, window=window)
    return _lines(head, [_entry(entry, language) for entry in entries], len(entries), language)


def due(request: Request) -> Talk:
    """Tell what is due."""
    return _tasks(request, deadline=True)


def tasks(request: Request) -> Talk:
    """Tell which tasks there are."""
    return _tasks(request, deadline=False)


def date_of(request: Request) -> Talk:
    """Tell which date time words mean."""
    when = request.fit.heard.times()[0]
    said = yield from readings(when, request.language)
    return texts.IS_DATE.render(request.language, when=when, said=(" / ").join(said))


def _tasks(request: Request, *, deadline: bool) -> Talk:
    language, heard = request.language, request.fit.heard
    arguments: dict[str, Any] = {"limit": MOST_LINES}
    if times := heard.times():
        arguments["due"] = moments.window(times[0])
    if (quadrant := quadrant_in(heard.clause.flat)) is not None:
        arguments["quadrant"] = quadrant
    if _DONE_ONES.search(heard.blank) and not deadline:
        arguments["completed"] = True
    found = yield from ask(Want("query_tasks", arguments), Tasks, language)
    window = found.window.to(language) if found.window else ""
    if not found.tasks:
        return texts.NOTHING_DUE.render(language, window=window) if window else texts.NO_TASKS.render(language)
    text = texts.TASKS_DUE if window else texts.TASKS
    return _lines(
        text.render(language, window=window, count=found.total), [_task(task, language) for task in found.tasks], found.total, language
    )


def _lines(head: str, lines: list[str], total: int, language: Language) -> str:
    shown = lines[:MOST_LINES]
    more = [texts.AND_MORE.render(language, count=total - len(shown))] if total > len(shown) else []
    return "\n".join([head, *shown, *more])


def _entry(entry: Entry, language: Language) -> str:
    place = f" @ {entry.location}" if entry.location else ""
    return f"- {entry.when.to(language)} {entry.title}{place}"


def _task(task: Shown, language: Language) -> str:
    when = texts.UNTIL.render(language, when=task.deadline.to(language)) if task.deadline else texts.NO_DATE.render(language)
    return f"- {task.title}（{when}）" if language == "zh" else f"- {task.title} ({when})"
