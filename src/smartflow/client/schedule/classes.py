"""Task classes and their items."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, Protocol

from msgspec import Struct

from smartflow.client.schedule.change import ChangeResult
from smartflow.client.schedule.place import Place
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, EventId, ItemId, TermId
from smartflow.shared.kernel.refusal import FieldError, Refusal
from smartflow.shared.kernel.text import Text

Mode = Literal["auto", "manual"]
Strategy = Literal["steady", "rapid"]
Subject = Literal["quantitative", "memory", "reading", "mixed"]
Level = Literal["low", "medium", "high"]


class ClassRules(Struct, frozen=True):
    """What a task class says of itself and of the places of its items.

    `total_slots` is declared, for display; the items count. `excluded_pairs` count from 1, `excluded_days` are days of
    the week; a class in auto mode has both dates, which are inside.
    """

    name: str
    mode: Mode
    strategy: Strategy
    total_slots: int
    start: date | None = None
    end: date | None = None
    importance: int = 2
    subject: Subject | None = None
    difficulty: Level | None = None
    intensity: Level | None = None
    allow_fillers: bool = True
    excluded_days: frozenset[int] = frozenset()
    excluded_pairs: frozenset[int] = frozenset()


class ItemDraft(Struct, frozen=True):
    """An item to add or, with an id, to change; its content may hold up to 1000 characters."""

    order: int
    content: str
    sections: int = 2
    id: ItemId | None = None


class ClassDraft(Struct, frozen=True):
    """A task class to add or to change as a whole; on a change, no `items` at all leaves them as they are."""

    rules: ClassRules
    items: tuple[ItemDraft, ...] | None = None


class Item(Struct, frozen=True):
    """One block of a class's work, and where it stands now."""

    id: ItemId
    order: int
    content: str
    sections: int
    event: EventId | None = None
    place: Place | None = None


class TaskClass(Struct, frozen=True):
    """A study plan with its items, in their order."""

    id: ClassId
    rules: ClassRules
    items: tuple[Item, ...]


class ClassSummary(Struct, frozen=True):
    """A study plan without its items."""

    id: ClassId
    rules: ClassRules
    item_count: int
    placed_count: int


class SavedItem(Struct, frozen=True):
    """An item's id, by its order."""

    id: ItemId
    order: int


class ClassSaved(Struct, frozen=True):
    """A class was stored; `change` tells what became of blocks, if anything of the class is placed."""

    id: ClassId
    items: tuple[SavedItem, ...]
    change: ChangeResult | None = None


class ItemPlacement(Struct, frozen=True):
    """Where an item of a class goes."""

    item: ItemId
    place: Place


class ClassNotFound(Refusal):
    """The owner has no such task class."""

    status, code = 404, "40020"
    text = Text(zh="没有这个任务类。", en="There is no such task class.")


class ItemNotFound(Refusal):
    """The owner has no such item."""

    status, code = 404, "40036"
    text = Text(zh="没有这个任务块。", en="There is no such item.")


class ClassToPlanNotFound(Refusal):
    """The owner has no such task class to plan or to apply."""

    status, code = 404, "40040"
    text = Text(zh="要编排的任务类不存在。", en="There is no such task class to plan.")


class BothDatesNeeded(Refusal):
    """A class in auto mode has a first and a last date."""

    status, code = 422, "40044"
    text = Text(zh="自动编排需要开始和结束日期。", en="Auto mode needs a start date and an end date.")


class DatesInverted(Refusal):
    """A class starts after it ends."""

    status, code = 422, "40045"
    text = Text(zh="开始日期晚于结束日期。", en="The start date lies after the end date.")


class ClassNotAuto(Refusal):
    """Only a class in auto mode is planned as a whole."""

    status, code = 409, "40046"
    text = Text(zh="这个任务类不是自动编排模式。", en="This task class is not in auto mode.")


class ItemOfAnotherClass(Refusal):
    """An item that is named belongs to another class."""

    status, code = 422, "40048"
    text = Text(zh="任务块不属于这个任务类。", en="The item belongs to another task class.")


class ItemNamedTwice(Refusal):
    """One item is named more than once."""

    status, code = 422, "40062"
    text = Text(zh="同一个任务块出现了两次。", en="The same item is named twice.")


def contradictions(
    mode: str | None, dates: tuple[date | None, date | None], items: Sequence[tuple[int | None, int | None]]
) -> Iterator[FieldError]:
    """Name every rule between the members of a class that it breaks; an item is its order and its id."""
    start, end = dates
    if mode == "auto":
        named = (("start_date", start), ("end_date", end))
        yield from (FieldError(name, "required", BothDatesNeeded.code) for name, day in named if day is None)
    if start is not None and end is not None and start > end:
        yield FieldError("end_date", "order", DatesInverted.code, {"limit": "start_date"})
    yield from _twice("order", [order for order, _ in items])
    yield from _twice("id", [item_id for _, item_id in items])


def _twice(member: str, values: Sequence[int | None]) -> Iterator[FieldError]:
    counts = Counter(value for value in values if value is not None)
    twice = [index for index, value in enumerate(values) if value is not None and counts[value] > 1]
    yield from (FieldError(f"items[{index}].{member}", "unique") for index in twice)


class ClassesClient(Protocol):
    """Asks for task classes."""

    async def add(self, call: Call, draft: ClassDraft) -> ClassSaved:
        """Make a class with its items.

        Raises:
            InvalidInput: It breaks rules; all of them are named.
        """
        ...

    async def get(self, call: Call, class_id: ClassId) -> TaskClass:
        """Give a class with its items.

        Raises:
            ClassNotFound: The owner has no such class.
        """
        ...

    async def all(self, call: Call) -> tuple[ClassSummary, ...]:
        """List the classes, by id."""
        ...

    async def update(self, call: Call, class_id: ClassId, draft: ClassDraft) -> ClassSaved:
        """Change a class as a whole; items left out are hidden with their blocks.

        Raises:
            ClassNotFound: The owner has no such class.
            InvalidInput: It breaks rules; all of them are named.
            ItemOfAnotherClass: An item belongs to another class.
            RulesBroken: A placed item would break the new rules.
        """
        ...

    async def delete(self, call: Call, class_id: ClassId) -> ChangeResult:
        """Hide a class with its items; their blocks leave.

        Raises:
            ClassNotFound: The owner has no such class.
        """
        ...

    async def delete_item(self, call: Call, item_id: ItemId) -> ChangeResult:
        """Hide an item; its blocks leave.

        Raises:
            ItemNotFound: The owner has no such item.
        """
        ...

    async def place(self, call: Call, item_id: ItemId, place: Place, *, term: TermId | None = None) -> ChangeResult:
        """Place one item.

        Raises:
            TermNotFound: The owner has no such term.
            ItemNotFound: The owner has no such item.
            Refusal: What the validator says.
        """
        ...

    async def apply_batch(
        self,
        call: Call,
        class_id: ClassId,
        placements: Sequence[ItemPlacement],
        *,
        term: TermId | None = None,
        base_version: int | None = None,
    ) -> ChangeResult:
        """Place or move items of one class, all or none.

        Raises:
            ClassToPlanNotFound: The owner has no such class.
            ClassNotAuto: The class is not in auto mode.
            TermNotFound: The owner has no such term.
            ItemOfAnotherClass: An item belongs to another class.
            ItemNamedTwice: An item is named more than once.
            Stale: The base version is not the present one.
            Refusal: What the validator says.
        """
        ...
