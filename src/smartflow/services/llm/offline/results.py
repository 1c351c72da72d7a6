"""What the brain reads of the tools' results: its own view of their JSON, and no more of it than the replies need."""

from typing import Literal

from msgspec import Struct

from smartflow.shared.kernel.text import Language


class Said(Struct, frozen=True):
    """A time as it is said, in both languages."""

    zh: str
    en: str

    def to(self, language: Language) -> str:
        """Say it in a language."""
        return self.zh if language == "zh" else self.en


class Reading(Struct, frozen=True):
    """One reading of time words."""

    said: Said


class Readings(Struct, frozen=True):
    """What `read_time` gives."""

    readings: tuple[Reading, ...]


class Candidate(Struct, frozen=True):
    """One thing that `find` found."""

    ref: str
    title: str
    score: float
    when: Said | None = None
    completed: bool = False


class Found(Struct, frozen=True):
    """What `find` gives."""

    candidates: tuple[Candidate, ...]


class Shown(Struct, frozen=True):
    """A task."""

    ref: str
    title: str
    quadrant: int
    completed: bool = False
    deadline: Said | None = None


class Written(Struct, frozen=True):
    """What creating, completing and reopening give."""

    task: Shown
    already: bool = False


class Named(Struct, frozen=True):
    """A thing, and what it is called."""

    ref: str
    title: str


class Listed(Struct, frozen=True):
    """What lists things: `query_tasks` and `find`."""

    tasks: tuple[Named, ...] = ()
    candidates: tuple[Named, ...] = ()


class Tasks(Struct, frozen=True):
    """What `query_tasks` gives."""

    tasks: tuple[Shown, ...]
    total: int
    window: Said | None = None


class Entry(Struct, frozen=True):
    """A block of the schedule."""

    kind: Literal["course", "item", "task"]
    title: str
    location: str
    when: Said


class Entries(Struct, frozen=True):
    """What `query_range` gives."""

    entries: tuple[Entry, ...]
    window: Said | None = None


class Deleted(Struct, frozen=True):
    """What `delete_task` gives."""

    titles: tuple[str, ...]
    blocks: int = 0


class Undone(Struct, frozen=True):
    """What `undo` gives."""

    what: Literal["created", "completed", "reopened", "deleted", "several", "nothing"]
    titles: tuple[str, ...] = ()


class Reply(Struct, frozen=True):
    """What `ask_user` gives."""

    reply: str


class Refused(Struct, frozen=True):
    """Why a tool refused."""

    code: str
    text: Said
