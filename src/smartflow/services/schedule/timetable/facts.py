"""What the rules need to know of terms, courses, classes, items, tasks and outside calendars; no text of any of them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.place import Source
from smartflow.shared.calendar.hours import Preferences
from smartflow.shared.calendar.instants import Interval
from smartflow.shared.calendar.term import Term
from smartflow.shared.kernel.ids import ClassId, CourseId, ItemId, TaskId, TermId


class TermFacts(Struct, frozen=True):
    """A term and how its person likes the day."""

    id: TermId
    term: Term
    preferences: Preferences = Preferences()


class CourseFacts(Struct, frozen=True):
    """A course: whether its meetings take guests."""

    id: CourseId
    is_filler: bool = False
    hidden: bool = False


class ClassFacts(Struct, frozen=True):
    """A task class: its window (both dates in), and what it keeps clear of; day or pair n is bit n - 1."""

    id: ClassId
    start: date | None = None
    end: date | None = None
    allow_fillers: bool = True
    excluded_days: int = 0
    excluded_pairs: int = 0
    hidden: bool = False


class ItemFacts(Struct, frozen=True):
    """An item: its class, its rank there, and how many sections it takes."""

    id: ItemId
    class_id: ClassId
    order: int
    sections: int = 2
    hidden: bool = False


class TaskFacts(Struct, frozen=True):
    """A task that the task service knows: its version, its sections and its deadline."""

    id: TaskId
    version: int = 1
    sections: int = 1
    deadline: datetime | None = None
    hidden: bool = False


class BusyBlock(Struct, frozen=True):
    """A stretch of time that an outside calendar holds."""

    id: int
    calendar: int
    span: Interval


class Facts(Struct, frozen=True):
    """All of it, by id; `current` is the term that is meant where none is named. Made by `gather`."""

    now: datetime
    current: TermId
    terms: Mapping[TermId, TermFacts]
    courses: Mapping[CourseId, CourseFacts]
    classes: Mapping[ClassId, ClassFacts]
    items: Mapping[ItemId, ItemFacts]
    tasks: Mapping[TaskId, TaskFacts]
    busy: Mapping[date, tuple[BusyBlock, ...]]
    items_of: Mapping[ClassId, tuple[ItemId, ...]]

    def shown(self, source: Source) -> bool:
        """Tell whether a source is there and not hidden; an item also needs its class."""
        if source.type == "task_item":
            item = self.items.get(ItemId(source.id))
            return item is not None and not item.hidden and self.shown(Source.task_class(item.class_id))
        found = self.known(source)
        return found is not None and not found.hidden

    def known(self, source: Source) -> CourseFacts | ClassFacts | ItemFacts | TaskFacts | None:
        """Give what is known of a source, hidden or not."""
        match source.type:
            case "course":
                return self.courses.get(CourseId(source.id))
            case "task_class":
                return self.classes.get(ClassId(source.id))
            case "task_item":
                return self.items.get(ItemId(source.id))
            case _:
                return self.tasks.get(TaskId(source.id))

    def class_of(self, source: Source) -> ClassFacts | None:
        """Give the class of an item, if both are known."""
        item = self.items.get(ItemId(source.id)) if source.type == "task_item" else None
        return None if item is None else self.classes.get(item.class_id)

    def sections_of(self, source: Source) -> int | None:
        """Tell how many sections an item or task takes in all."""
        found = self.known(source)
        return found.sections if isinstance(found, ItemFacts | TaskFacts) else None

    def task_version(self, source: Source) -> int | None:
        """Give the present version of a task."""
        found = self.known(source)
        return found.version if isinstance(found, TaskFacts) else None

    def hiding(self, sources: Iterable[Source]) -> "Facts":
        """Take sources out of sight; what is not known is left alone."""
        return self._marked(sources, hidden=True)

    def restoring(self, sources: Iterable[Source]) -> "Facts":
        """Bring sources back; an item onto a taken order pushes the later ones of its class up."""
        restored = list(sources)
        facts = self._marked(restored, hidden=False)
        ids = [ItemId(source.id) for source in restored if source.type == "task_item"]
        for item in sorted((facts.items[each] for each in ids if each in facts.items), key=lambda item: (item.order, item.id)):
            facts = _make_room(facts, facts.items[item.id])
        return facts

    def with_class(self, changed: ClassFacts, items: Iterable[ItemFacts]) -> "Facts":
        """Replace a class and those of its items that are given, as an edit has them."""
        rows = {**self.items, **{item.id: item for item in items}}
        return replace(self, classes={**self.classes, changed.id: changed}, items=rows, items_of=_by_class(rows.values()))

    def with_course(self, changed: CourseFacts) -> "Facts":
        """Replace a course, as an edit has it."""
        return replace(self, courses={**self.courses, changed.id: changed})

    def _marked(self, sources: Iterable[Source], *, hidden: bool) -> "Facts":
        courses, classes, items, tasks = dict(self.courses), dict(self.classes), dict(self.items), dict(self.tasks)
        for source in sources:
            match self.known(source):
                case CourseFacts() as course:
                    courses[course.id] = replace(course, hidden=hidden)
                case ClassFacts() as task_class:
                    classes[task_class.id] = replace(task_class, hidden=hidden)
                case ItemFacts() as item:
                    items[item.id] = replace(item, hidden=hidden)
                case TaskFacts() as task:
                    tasks[task.id] = replace(task, hidden=hidden)
        return replace(self, courses=courses, classes=classes, items=items, tasks=tasks)


def gather(
    now: datetime,
    terms: Iterable[TermFacts],
    *,
    current: TermId,
    sources: Iterable[CourseFacts | ClassFacts | ItemFacts | TaskFacts] = (),
    busy: Iterable[BusyBlock] = (),
) -> Facts:
    """Put facts together as they come from the tables and from the task service, in any order."""
    known = list(sources)
    items = [each for each in known if isinstance(each, ItemFacts)]
    return Facts(
        now=now,
        current=current,
        terms={each.id: each for each in terms},
        courses={each.id: each for each in known if isinstance(each, CourseFacts)},
        classes={each.id: each for each in known if isinstance(each, ClassFacts)},
        items={each.id: each for each in items},
        tasks={each.id: each for each in known if isinstance(each, TaskFacts)},
        busy=_by_date(busy),
        items_of=_by_class(items),
    )


def _make_room(facts: Facts, item: ItemFacts) -> Facts:
    """Push later siblings up where an item shares its order with one."""
    siblings = [facts.items[each] for each in facts.items_of[item.class_id] if each != item.id and not facts.items[each].hidden]
    if all(sibling.order != item.order for sibling in siblings):
        return facts
    pushed = {each.id: replace(each, order=each.order + 1) for each in siblings if each.order >= item.order}
    return replace(facts, items={**facts.items, **pushed})


def _by_class(items: Iterable[ItemFacts]) -> dict[ClassId, tuple[ItemId, ...]]:
    found: dict[ClassId, list[ItemId]] = {}
    for item in items:
        found.setdefault(item.class_id, []).append(item.id)
    return {class_id: tuple(sorted(ids)) for class_id, ids in found.items()}


def _by_date(blocks: Iterable[BusyBlock]) -> dict[date, tuple[BusyBlock, ...]]:
    found: dict[date, list[BusyBlock]] = {}
    for block in sorted(blocks, key=lambda block: (block.span.start, block.id)):
        on = block.span.start.date()
        while on <= block.span.end.date():
            found.setdefault(on, []).append(block)
            on += timedelta(days=1)
    return {on: tuple(those) for on, those in found.items()}
