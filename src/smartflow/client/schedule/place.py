"""Where things stand, and what they stand for: the words that all rooms of the schedule share."""

from typing import Literal

from msgspec import Struct

from smartflow.shared.calendar.sections import Slot
from smartflow.shared.kernel.ids import ClassId, CourseId, EventId, ItemId, TaskId

SourceType = Literal["task_item", "task_pool", "course", "task_class"]
EventState = Literal["live", "done", "partly", "skipped", "suspended"]
Guests = Literal["keep", "remove"]

WORDS: dict[SourceType, str] = {"task_item": "item", "task_pool": "task", "course": "course", "task_class": "class"}


class Source(Struct, frozen=True, order=True):
    """What a block is of; a task class has no blocks of its own, but is hidden and restored like the others."""

    type: SourceType
    id: int

    @classmethod
    def item(cls, item_id: ItemId) -> "Source":
        """Name an item of a task class."""
        return cls("task_item", item_id)

    @classmethod
    def task(cls, task_id: TaskId) -> "Source":
        """Name a task of the task pool."""
        return cls("task_pool", task_id)

    @classmethod
    def course(cls, course_id: CourseId) -> "Source":
        """Name a course."""
        return cls("course", course_id)

    @classmethod
    def task_class(cls, class_id: ClassId) -> "Source":
        """Name a task class."""
        return cls("task_class", class_id)

    @property
    def is_work(self) -> bool:
        """Whether its blocks are placements (an item's or a task's), and not meetings."""
        return self.type in {"task_item", "task_pool"}

    @property
    def ref(self) -> str:
        """Its short name, such as `item:42`."""
        return f"{WORDS[self.type]}:{self.id}"


class Place(Struct, frozen=True):
    """A week, a day (1 = Monday), first and last section (both in), and the meeting that hosts it, if it is a guest."""

    week: int
    day: int
    first: int
    last: int
    host: EventId | None = None

    @property
    def slot(self) -> Slot:
        """The place without its host."""
        return Slot(self.week, self.day, self.first, self.last)

    @property
    def length(self) -> int:
        """How many sections it takes."""
        return self.last - self.first + 1

    @property
    def order(self) -> tuple[int, int, int, int, int]:
        """What places are sorted by: time, then host."""
        return self.week, self.day, self.first, self.last, self.host or 0


class Placement(Struct, frozen=True):
    """Where one item or task goes."""

    source: Source
    place: Place


class Nominal(Struct, frozen=True):
    """Where a meeting stands by the timetable, whatever a day override or a person made of it since."""

    week: int
    day: int
    first: int
