"""What tools give back (`Tool.result`, as JSON): facts only; sentences are made of them by who speaks."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from smartflow.services.agent.tool.arguments import Kind


class Said(Struct, frozen=True):
    """A time as it is said back, with its weekday, in both languages."""

    zh: str
    en: str


TimeKind = Literal["instant", "day", "interval", "deadline", "recurrence", "duration", "sections"]


class TimeRead(Struct, frozen=True):
    """One reading of a time: an instant or [start, end)."""

    kind: TimeKind
    start: datetime
    end: datetime | None
    said: Said


class Candidate(Struct, frozen=True):
    """One of the person's things; `when` is its time, said."""

    ref: str
    kind: Kind
    title: str
    score: float
    when: Said | None = None
    completed: bool = False


class Found(Struct, frozen=True):
    """What `find` found, best first."""

    candidates: tuple[Candidate, ...]


class Readings(Struct, frozen=True):
    """What `read_time` read, likelier first."""

    readings: tuple[TimeRead, ...]


class TaskShown(Struct, frozen=True):
    """A task as cards show it."""

    ref: str
    id: int
    title: str
    quadrant: int
    sections: int
    completed: bool
    deadline_at: datetime | None
    deadline: Said | None


class Tasks(Struct, frozen=True):
    """What `query_tasks` found; `window` says which time was asked for."""

    tasks: tuple[TaskShown, ...]
    total: int
    window: Said | None = None


class Entry(Struct, frozen=True):
    """A course meeting or a block in the schedule; a guest stands inside a host."""

    ref: str
    kind: Literal["course", "item", "task"]
    title: str
    location: str
    starts_at: datetime
    ends_at: datetime
    when: Said
    inside: str = ""


class Entries(Struct, frozen=True):
    """What `query_range` found, by time."""

    entries: tuple[Entry, ...]
    window: Said | None


class TaskDone(Struct, frozen=True):
    """What a writing tool did with one task; `already`: it was so before."""

    task: TaskShown
    already: bool = False


class Deleted(Struct, frozen=True):
    """What `delete_task` took away."""

    titles: tuple[str, ...]
    blocks: int


What = Literal["created", "completed", "reopened", "deleted", "several", "nothing"]


class Undone(Struct, frozen=True):
    """What `undo` took back: the titles of what came back or went again; several: not all the same; nothing: there was nothing to undo."""

    what: What
    titles: tuple[str, ...] = ()


class Part(Struct, frozen=True):
    """Which part of which earlier result `read_more` gave; the text itself is for the model alone."""

    handle: str
    part: int
    parts: int


class Refused(Struct, frozen=True):
    """A tool refused: why, by code and in both languages; `stale`: look it up again."""

    code: str
    text: Said


RESULTS: dict[str, type[Struct]] = {
    "find": Found,
    "read_time": Readings,
    "query_tasks": Tasks,
    "query_range": Entries,
    "create_task": TaskDone,
    "complete_task": TaskDone,
    "reopen_task": TaskDone,
    "delete_task": Deleted,
    "undo": Undone,
    "read_more": Part,
}
"""`Tool.result` is {"status": "done", "value": <one of these>}, {"status": "refused", "value": Refused}, or
{"status": "blocked", "value": {"reason": "refused_by_person"}} where the person said no."""
