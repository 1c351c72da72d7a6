"""The arguments of every tool. Times are the person's own words: no model computes a date."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["task", "task_class", "item", "course", "event"]
Ref = Annotated[str, Meta(pattern=r"^(task|class|item|course|event):[0-9]{1,18}$", examples=["task:7"])]
Words = Annotated[str, Meta(min_length=1, max_length=200)]
Title = Annotated[str, Meta(min_length=1, max_length=255)]


class Find(Struct, frozen=True, forbid_unknown_fields=True):
    """Find the person's own things by what they are called; `when` narrows them to a time, in the person's words."""

    text: Words
    kinds: tuple[Kind, ...] = ()
    when: Words | None = None
    completed: bool | None = None


class ReadTime(Struct, frozen=True, forbid_unknown_fields=True):
    """Read a time in the person's words; gives readings with weekday, zone, week and sections."""

    text: Words


class QueryTasks(Struct, frozen=True, forbid_unknown_fields=True):
    """List tasks by quadrant, words, due time (in the person's words) and state."""

    quadrant: Annotated[int, Meta(ge=1, le=4)] | None = None
    keyword: Words | None = None
    due: Words | None = None
    completed: bool = False
    limit: Annotated[int, Meta(ge=1, le=20)] = 5


class QueryRange(Struct, frozen=True, forbid_unknown_fields=True):
    """Show what is on: courses and blocks of a day, a week or a stretch, in the person's words; "next" is what comes next."""

    when: Words


class CreateTask(Struct, frozen=True, forbid_unknown_fields=True):
    """Make a task; `when` is its deadline in the person's words; what is left out takes its default."""

    title: Title
    when: Words | None = None
    quadrant: Annotated[int, Meta(ge=1, le=4)] | None = None
    sections: Annotated[int, Meta(ge=1, le=4)] | None = None


class OneTask(Struct, frozen=True, forbid_unknown_fields=True):
    """Name one task: to complete it, or to reopen it."""

    ref: Ref


class DeleteTask(Struct, frozen=True, forbid_unknown_fields=True):
    """Delete tasks with their blocks; asks the person first."""

    refs: Annotated[tuple[Ref, ...], Meta(min_length=1, max_length=50)]


class Undo(Struct, frozen=True, forbid_unknown_fields=True):
    """Take back the last thing that the assistant did here."""

    what: Literal["last"] = "last"


class ReadMore(Struct, frozen=True, forbid_unknown_fields=True):
    """Read a part of an earlier result of this conversation that was cut, by its handle; the first part is 1."""

    handle: Annotated[str, Meta(pattern=r"^c[0-9]{1,9}$", examples=["c7"])]
    part: Annotated[int, Meta(ge=1, le=10_000)]


class AskUser(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask the person, with up to six choices; ends the answer. `slot` says which missing piece the reply fills."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    choices: Annotated[tuple[Title, ...], Meta(max_length=6)] = ()
    slot: Annotated[str, Meta(max_length=64)] = ""


TOOLS: dict[str, type[Struct]] = {
    "find": Find,
    "read_time": ReadTime,
    "query_tasks": QueryTasks,
    "query_range": QueryRange,
    "create_task": CreateTask,
    "complete_task": OneTask,
    "reopen_task": OneTask,
    "delete_task": DeleteTask,
    "undo": Undo,
    "read_more": ReadMore,
    "ask_user": AskUser,
}
