"""Changing tasks that are there: complete, reopen, delete, take back."""

import re
from collections.abc import Generator
from typing import Any

from msgspec import Struct

from smartflow.services.llm.offline import choices, texts
from smartflow.services.llm.offline.capture import quadrant_in
from smartflow.services.llm.offline.fitting import Fit
from smartflow.services.llm.offline.reading import fold
from smartflow.services.llm.offline.results import Candidate, Deleted, Found, Shown, Tasks, Undone, Written
from smartflow.services.llm.offline.talk import REF, NotDone, Talk, Want, ask, question
from smartflow.shared.kernel.text import Language, Text

ENOUGH, AHEAD, MOST_CHOICES, MOST_SHOWN = 0.75, 0.15, 4, 20
_IT = re.compile(
    r"it|that|this|that one|this one|them|the (?:last|new|previous) (?:one|task)|它|那个|这个|刚才那个|刚刚那个|刚才的|刚才|"
    r"那|这|刚加的|刚才加的"
)
_ALL = re.compile(r"^(?:all|every|everything|both)\b|所有|全部|一切|每个")
_DONE_ONES = re.compile(r"已经?完成|完成的|\b(?:completed|finished|done)\b")


class Request(Struct, frozen=True):
    """What to change, in whose language, what "it" means, and what the last list showed."""

    fit: Fit
    language: Language
    focus: tuple[Shown, ...] = ()
    listed: tuple[Shown, ...] = ()


def complete(request: Request) -> Talk:
    """Complete a task."""
    ref = yield from _meant(request, completed=False)
    done = yield from ask(Want("complete_task", {"ref": ref}), Written, request.language)
    return _said(texts.COMPLETED_ALREADY if done.already else texts.COMPLETED, done, request.language)


def reopen(request: Request) -> Talk:
    """Open a task again."""
    ref = yield from _meant(request, completed=True)
    done = yield from ask(Want("reopen_task", {"ref": ref}), Written, request.language)
    return _said(texts.REOPENED_ALREADY if done.already else texts.REOPENED, done, request.language)


def delete(request: Request) -> Talk:
    """Delete a task; the tool asks for consent."""
    ref = yield from _meant(request, completed=None)
    gone = yield from ask(Want("delete_task", {"refs": [ref]}), Deleted, request.language)
    return deleted(gone, 0, request.language)


def delete_all(request: Request) -> Talk:
    """Delete a whole quadrant, or all tasks; the tool asks for consent."""
    flat = request.fit.heard.clause.flat
    arguments: dict[str, Any] = {"limit": MOST_SHOWN}
    if (quadrant := quadrant_in(flat)) is not None:
        arguments["quadrant"] = quadrant
    if _DONE_ONES.search(flat):
        arguments["completed"] = True
    if times := request.fit.heard.times():
        arguments["due"] = times[0]
    found = yield from ask(Want("query_tasks", arguments), Tasks, request.language)
    refs = [task.ref for task in found.tasks if REF.fullmatch(task.ref)][:MOST_SHOWN]
    if not refs:
        return texts.NONE_TO_DELETE.render(request.language)
    gone = yield from ask(Want("delete_task", {"refs": refs}), Deleted, request.language)
    return deleted(gone, found.total - len(refs), request.language)


def undo(request: Request) -> Talk:
    """Take back the last thing done."""
    undone = yield from ask(Want("undo", {"what": "last"}), Undone, request.language)
    return texts.UNDONE[undone.what].render(request.language, titles=_list(undone.titles, request.language))


def state(request: Request) -> Talk:
    """Say whether a task is done, and when it is due."""
    found, _ = yield from _find(request, None)
    if not found:
        return texts.NO_TASK.render(request.language, name=request.fit.name)
    best = [one for one in found if found[0].score - one.score < AHEAD][:MOST_CHOICES]
    return "\n".join(_state(one, request.language) for one in best)


def _state(one: Candidate, language: Language) -> str:
    said = (texts.STATE_DONE if one.completed else texts.STATE_OPEN).render(language)
    return texts.TASK_STATE.render(language, title=one.title, state=said, when=_when(one, language))


def _meant(request: Request, *, completed: bool | None) -> Generator[tuple[Want, ...], tuple[dict[str, Any], ...], str]:
    """Say which task is meant; what is not certain is asked."""
    name, exact = request.fit.name, True
    if _ALL.search(fold(name)):
        raise NotDone(texts.ONE_BY_ONE.render(request.language))
    found: tuple[Candidate, ...]
    place = choices.in_order(name, len(request.listed))
    if place is not None:
        found = (_candidate(request.listed[place]),)
    elif not name or _IT.fullmatch(fold(name)):
        found = tuple(map(_candidate, request.focus))
        if not found:
            raise NotDone(texts.NO_FOCUS.render(request.language))
    else:
        found, exact = yield from _find(request, completed)
    found = tuple(one for one in found if REF.fullmatch(one.ref))
    if not found:
        raise NotDone(texts.NO_TASK.render(request.language, name=name))
    if exact and found[0].score >= ENOUGH and (len(found) == 1 or found[0].score - found[1].score >= AHEAD):
        return found[0].ref
    return (yield from _chosen(found[:MOST_CHOICES], request.language))


def _candidate(task: Shown) -> Candidate:
    return Candidate(task.ref, task.title, 1.0, task.deadline)


def _find(
    request: Request,
    completed: bool | None,  # noqa: FBT001 - the field of the tool
) -> Generator[tuple[Want, ...], tuple[dict[str, Any], ...], tuple[tuple[Candidate, ...], bool]]:
    """Find by name and time; what is found at another time than was said is not exact."""
    times = request.fit.heard.times()
    arguments: dict[str, Any] = {"text": request.fit.name[:200], "kinds": ["task"]}
    if completed is not None:
        arguments["completed"] = completed
    if times:
        found = yield from ask(Want("find", arguments | {"when": times[0]}), Found, request.language)
        if found.candidates:
            return _ranked(found), True
    found = yield from ask(Want("find", arguments), Found, request.language)
    return _ranked(found), not times


def _ranked(found: Found) -> tuple[Candidate, ...]:
    return tuple(sorted(found.candidates, key=lambda one: -one.score))


def _chosen(found: tuple[Candidate, ...], language: Language) -> Generator[tuple[Want, ...], tuple[dict[str, Any], ...], str]:
    labels: list[str] = []
    for one in found:
        label = f"{one.title[:180]}（{_when(one, language)}）" if language == "zh" else f"{one.title[:180]} ({_when(one, language)})"
        labels.append(label[:240] if label not in labels else f"{label[:240]} #{len(labels) + 1}")
    none = texts.NONE_OF_THESE.render(language)
    for _ in range(2):
        said = yield from question(texts.WHICH.render(language), (*labels, none), "ref", language)
        if choices.rejects(said):
            break
        place = choices.taken(said, (*labels, none))
        if place is not None and place < len(found):
            return found[place].ref
        if place is not None:
            break
    raise NotDone(texts.LEFT.render(language))


def _when(one: Candidate, language: Language) -> str:
    return one.when.to(language) if one.when else texts.NO_DATE.render(language)


def _said(text: Text, done: Written, language: Language) -> str:
    said = text.render(language, title=done.task.title)
    return said if done.already else said + ("" if language == "zh" else " ") + texts.TAKE_BACK.render(language)


def deleted(gone: Deleted, left: int, language: Language) -> str:
    """Tell what is gone, and that it can come back."""
    if not gone.titles:
        return texts.NONE_TO_DELETE.render(language)
    said = [texts.DELETED.render(language, count=len(gone.titles), titles=_list(gone.titles, language))]
    if gone.blocks:
        said.append(texts.DELETED_BLOCKS.render(language, blocks=gone.blocks))
    if left > 0:
        said.append(texts.MORE_LEFT.render(language, count=left))
    said.append(texts.TAKE_BACK.render(language))
    return ("" if language == "zh" else " ").join(said)


def _list(titles: tuple[str, ...], language: Language) -> str:
    return "、".join(f"「{title}」" for title in titles) if language == "zh" else ", ".join(f'"{title}"' for title in titles)
