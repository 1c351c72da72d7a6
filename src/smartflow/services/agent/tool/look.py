"""Tools that only look: the person's things by their names, what is on, what a time means."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Literal

from smartflow.client.schedule.block import Block
from smartflow.client.schedule.place import SourceType
from smartflow.client.task import TaskFilter
from smartflow.services.agent.model import Result
from smartflow.services.agent.tool import texts, times
from smartflow.services.agent.tool.arguments import Find, QueryRange, ReadTime
from smartflow.services.agent.tool.results import Candidate, Entries, Entry, Found, Readings
from smartflow.services.agent.tool.show import done, refused, task_shown
from smartflow.services.agent.tool.tool import Instrument, Scene

_ENOUGH, _MOST = 0.45, 8
_EXACT, _INSIDE, _AROUND = 1.0, 0.9, 0.8
_LONGEST_WINDOW = timedelta(weeks=8)
_WEEK = timedelta(days=7)
_KINDS: dict[SourceType, Literal["course", "item", "task"]] = {
    "course": "course",
    "task_item": "item",
    "task_class": "item",
    "task_pool": "task",
}


async def find(scene: Scene, wanted: Find) -> Result:
    """Find tasks and courses by what they are called, best first."""
    found: list[Candidate] = []
    if not wanted.kinds or "task" in wanted.kinds:
        found += await _tasks(scene, wanted)
    if not wanted.kinds or "course" in wanted.kinds:
        for course in await scene.timetable.courses(scene.call):
            score = likeness(wanted.text, course.name)
            if score >= _ENOUGH:
                found.append(Candidate(f"course:{course.id}", "course", course.name, score))
    found.sort(key=lambda each: (-each.score, each.kind, len(each.ref), each.ref))
    best = tuple(found[:_MOST])
    return done(Found(best), texts.FOUND.render(scene.call.language, count=len(best)))


async def query_range(scene: Scene, wanted: QueryRange) -> Result:
    """Show what is on in a stretch of time, or what comes next."""
    if wanted.when.strip().lower() == "next":
        current = await scene.timetable.current(scene.call)
        blocks = () if current.block is None else (current.block,)
        entries = tuple(_entries(scene, blocks))
        return done(Entries(entries, None), texts.ENTRIES.render(scene.call.language, count=len(entries)))
    window = times.window(wanted.when, scene)
    if window is None:
        return refused("no_time", texts.NO_TIME, scene)
    entries = tuple(_entries(scene, await _blocks(scene, window.start, window.end)))
    return done(Entries(entries, window.said), texts.ENTRIES.render(scene.call.language, count=len(entries)))


async def read_time(scene: Scene, wanted: ReadTime) -> Result:
    """Read a time in the person's words."""
    found = times.readings(wanted.text, scene)
    if not found:
        return refused("no_time", texts.NO_TIME, scene)
    return done(Readings(found), texts.READ.render(scene.call.language, count=len(found)))


def likeness(asked: str, name: str) -> float:
    """Tell how well a name fits what was asked for, 0..1: the same, inside, around, or alike."""
    one, other = _folded(asked), _folded(name)
    if not one or not other:
        return 0.0
    if one == other:
        return _EXACT
    if one in other:
        return _INSIDE
    if other in one:
        return _AROUND
    return SequenceMatcher(None, one, other).ratio()


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


async def _tasks(scene: Scene, wanted: Find) -> list[Candidate]:
    window = None if wanted.when is None else times.window(wanted.when, scene)
    found = await scene.tasks.find(scene.call, TaskFilter(completed=wanted.completed))
    candidates = []
    for task in found.tasks:
        score = likeness(wanted.text, task.title)
        inside = window is None or (task.deadline_at is not None and window.start < task.deadline_at <= window.end)
        if score >= _ENOUGH and inside:
            shown = task_shown(task, scene)
            candidates.append(Candidate(shown.ref, "task", task.title, round(score, 3), shown.deadline, task.is_completed))
    return candidates


async def _blocks(scene: Scene, start: datetime, end: datetime) -> list[Block]:
    """Gather the blocks of the weeks that a stretch touches, at most eight of them."""
    view, found = scene.term, list[Block]()
    day = start
    seen: set[int] = set()
    while day < min(end, start + _LONGEST_WINDOW):
        on = view.term.today(day)
        week = (on - view.first_monday).days // 7 + 1
        if 1 <= week <= view.term.weeks and week not in seen:
            seen.add(week)
            found += (await scene.timetable.week(scene.call, week, empty=False)).blocks
        day += _WEEK if week not in seen else timedelta(days=1)
    return [block for block in found if block.starts_at < end and block.ends_at > start and block.state != "suspended"]


def _entries(scene: Scene, blocks: Sequence[Block]) -> Iterator[Entry]:
    for block in sorted(blocks, key=lambda each: each.starts_at):
        if block.source is None:
            continue
        when = times.said_span(block.starts_at, block.ends_at, scene.now, scene.call.zone)
        if block.guest is not None:
            source = block.guest.source
            yield Entry(source.ref, _KINDS[source.type], block.guest.name, block.location, block.starts_at, block.ends_at, when, block.name)
        else:
            source = block.source
            yield Entry(source.ref, _KINDS[source.type], block.name, block.location, block.starts_at, block.ends_at, when)


INSTRUMENTS = (
    Instrument("find", Find, "read", "none", find),
    Instrument("read_time", ReadTime, "read", "none", read_time),
    Instrument("query_range", QueryRange, "read", "none", query_range),
)
