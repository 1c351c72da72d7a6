"""What study plans take and show."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from smartflow.client.schedule.classes import ClassDraft, ClassRules, ClassSaved, ClassSummary, Item, ItemDraft, TaskClass, contradictions
from smartflow.gateway.broken import Said
from smartflow.gateway.fields import Id, TermQuery
from smartflow.gateway.routes.shown import ChangeResultForm, PlaceMembers
from smartflow.shared.kernel.ids import ItemId
from smartflow.shared.kernel.refusal import FieldError

Level = Literal["low", "medium", "high"]


class ConfigForm(Struct, frozen=True):
    """How a class wants to be placed. Excluded slots are pairs of sections, from 1."""

    total_slots: Annotated[int, Meta(ge=1, le=2000, examples=[16])]
    strategy: Literal["steady", "rapid"]
    allow_filler_course: bool = True
    excluded_slots: list[Annotated[int, Meta(ge=1, le=12)]] = []
    excluded_days_of_week: list[Annotated[int, Meta(ge=1, le=7)]] = []


class ItemForm(Struct, frozen=True):
    """One block of the class's work."""

    order: Annotated[int, Meta(ge=1, le=100_000)]
    content: Annotated[str, Meta(min_length=1, max_length=1000, examples=["Chapter 1"])]
    duration_sections: Annotated[int, Meta(ge=1, le=4)] = 2
    id: Id | None = None

    def draft(self) -> ItemDraft:
        """Say it in the words of the service."""
        item_id = None if self.id is None else ItemId(self.id)
        return ItemDraft(self.order, self.content, self.duration_sections, item_id)


Items = Annotated[list[ItemForm], Meta(min_length=1, max_length=200)]


class TaskClassForm(Struct, frozen=True):
    """A study plan. In auto mode both dates are required; a change without `items` leaves them as they are."""

    name: Annotated[str, Meta(min_length=1, max_length=255, examples=["Probability theory"])]
    mode: Literal["auto", "manual"]
    config: ConfigForm
    items: Items | UnsetType = UNSET
    start_date: date | None = None
    end_date: date | None = None
    importance: Annotated[int, Meta(ge=1, le=3)] = 2
    subject_type: Literal["quantitative", "memory", "reading", "mixed"] | None = None
    difficulty_level: Level | None = None
    cognitive_intensity: Level | None = None

    @staticmethod
    def check(said: Said) -> Iterator[FieldError]:
        """Name what the class contradicts itself in."""
        dates = _day(said.get("start_date")), _day(said.get("end_date"))
        items = [each or {} for each in said.get("items") or ()]
        yield from contradictions(said.get("mode"), dates, [(each.get("order"), each.get("id")) for each in items])

    def draft(self) -> ClassDraft:
        """Say it in the words of the service."""
        config = self.config
        rules = ClassRules(
            name=self.name,
            mode=self.mode,
            strategy=config.strategy,
            total_slots=config.total_slots,
            start=self.start_date,
            end=self.end_date,
            importance=self.importance,
            subject=self.subject_type,
            difficulty=self.difficulty_level,
            intensity=self.cognitive_intensity,
            allow_fillers=config.allow_filler_course,
            excluded_days=frozenset(config.excluded_days_of_week),
            excluded_pairs=frozenset(config.excluded_slots),
        )
        return ClassDraft(rules, None if isinstance(self.items, UnsetType) else tuple(item.draft() for item in self.items))


class NewTaskClassForm(TaskClassForm, frozen=True, kw_only=True):
    """A study plan to be made; it has items."""

    items: Items


class ClassQuery(Struct, frozen=True):
    """Which class."""

    task_class_id: Id


class ItemQuery(Struct, frozen=True):
    """Which item."""

    task_item_id: Id


class PlacingQuery(TermQuery, frozen=True, kw_only=True):
    """Which item to place, and in which term."""

    task_item_id: Id


class ItemPlaceForm(PlaceMembers, frozen=True, kw_only=True):
    """Where the item goes, and in which term."""

    term_id: Id | None = None


class ItemPlacementForm(PlaceMembers, frozen=True, kw_only=True):
    """Where an item goes."""

    task_item_id: Id


class BatchForm(Struct, frozen=True):
    """Where items of one class go, all or none."""

    task_class_id: Id
    items: Annotated[list[ItemPlacementForm], Meta(min_length=1, max_length=200)]
    term_id: Id | None = None
    base_version: Annotated[int, Meta(ge=0)] | None = None


class EmbeddedTime(Struct, frozen=True):
    """Where an item stands."""

    week: int
    day_of_week: int
    section_from: int
    section_to: int


class ItemShown(Struct, frozen=True):
    """An item, and where it stands now."""

    id: int
    order: int
    content: str
    duration_sections: int
    embedded_time: EmbeddedTime | None
    event_id: int | None

    @classmethod
    def of(cls, item: Item) -> "ItemShown":
        """Show an item."""
        place = item.place
        time = None if place is None else EmbeddedTime(place.week, place.day, place.first, place.last)
        return cls(item.id, item.order, item.content, item.sections, time, item.event)


class ConfigShown(Struct, frozen=True):
    """How a class wants to be placed."""

    total_slots: int
    strategy: str
    allow_filler_course: bool
    excluded_slots: list[int]
    excluded_days_of_week: list[int]


class TaskClassShown(Struct, frozen=True):
    """A study plan with its items."""

    id: int
    name: str
    mode: str
    start_date: date | None
    end_date: date | None
    importance: int
    subject_type: str | None
    difficulty_level: str | None
    cognitive_intensity: str | None
    config: ConfigShown
    items: list[ItemShown]

    @classmethod
    def of(cls, found: TaskClass) -> "TaskClassShown":
        """Show a class."""
        rules = found.rules
        days, pairs = sorted(rules.excluded_days), sorted(rules.excluded_pairs)
        config = ConfigShown(rules.total_slots, rules.strategy, rules.allow_fillers, pairs, days)
        return cls(
            id=found.id,
            name=rules.name,
            mode=rules.mode,
            start_date=rules.start,
            end_date=rules.end,
            importance=rules.importance,
            subject_type=rules.subject,
            difficulty_level=rules.difficulty,
            cognitive_intensity=rules.intensity,
            config=config,
            items=[ItemShown.of(item) for item in found.items],
        )


class SummaryForm(Struct, frozen=True):
    """A study plan in a list."""

    id: int
    name: str
    mode: str
    strategy: str
    start_date: date | None
    end_date: date | None
    total_slots: int
    importance: int
    subject_type: str | None
    difficulty_level: str | None
    cognitive_intensity: str | None
    item_count: int
    placed_count: int

    @classmethod
    def of(cls, found: ClassSummary) -> "SummaryForm":
        """Show a class without its items."""
        rules = found.rules
        return cls(
            id=found.id,
            name=rules.name,
            mode=rules.mode,
            strategy=rules.strategy,
            start_date=rules.start,
            end_date=rules.end,
            total_slots=rules.total_slots,
            importance=rules.importance,
            subject_type=rules.subject,
            difficulty_level=rules.difficulty,
            cognitive_intensity=rules.intensity,
            item_count=found.item_count,
            placed_count=found.placed_count,
        )


class SummariesForm(Struct, frozen=True):
    """All study plans."""

    task_classes: list[SummaryForm]


class SavedItemForm(Struct, frozen=True):
    """An item's id, by its order."""

    id: int
    order: int


class SavedForm(Struct, frozen=True):
    """A study plan was stored."""

    id: int
    items: list[SavedItemForm]

    @classmethod
    def of(cls, saved: ClassSaved) -> "SavedForm":
        """Show what was stored."""
        return cls(saved.id, [SavedItemForm(item.id, item.order) for item in saved.items])


class ChangedForm(ChangeResultForm, frozen=True, kw_only=True):
    """A study plan was stored, and this became of its blocks."""

    id: int
    items: list[SavedItemForm]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
