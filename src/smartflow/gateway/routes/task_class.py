"""`/api/v1/task-class`."""

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from smartflow.client.schedule.change import Stale
from smartflow.client.schedule.classes import (
    BothDatesNeeded,
    ClassDraft,
    ClassesClient,
    ClassNotAuto,
    ClassNotFound,
    ClassRules,
    ClassSaved,
    ClassSummary,
    ClassToPlanNotFound,
    DatesInverted,
    Item,
    ItemDraft,
    ItemNamedTwice,
    ItemNotFound,
    ItemOfAnotherClass,
    ItemPlacement,
    TaskClass,
)
from smartflow.client.schedule.violation import RulesBroken
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Id
from smartflow.gateway.route import KEYED, READ, WRITE, Table, delete, get, post, put, table
from smartflow.gateway.routes.refusals import PLACING
from smartflow.gateway.routes.shown import ChangeResultForm, PlaceMembers, view_of
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, ItemId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

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


class TaskClassForm(Struct, frozen=True):
    """A study plan. In auto mode both dates are required; a change without `items` leaves them as they are."""

    name: Annotated[str, Meta(min_length=1, max_length=255, examples=["Probability theory"])]
    mode: Literal["auto", "manual"]
    config: ConfigForm
    items: Annotated[list[ItemForm], Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    start_date: date | None = None
    end_date: date | None = None
    importance: Annotated[int, Meta(ge=1, le=3)] = 2
    subject_type: Literal["quantitative", "memory", "reading", "mixed"] | None = None
    difficulty_level: Level | None = None
    cognitive_intensity: Level | None = None

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


class ClassQuery(Struct, frozen=True):
    """Which class."""

    task_class_id: Id


class ItemQuery(Struct, frozen=True):
    """Which item."""

    task_item_id: Id


class ItemPlacementForm(PlaceMembers, frozen=True, kw_only=True):
    """Where an item goes."""

    task_item_id: Id


class BatchForm(Struct, frozen=True):
    """Where items of one class go, all or none."""

    task_class_id: Id
    items: Annotated[list[ItemPlacementForm], Meta(min_length=1, max_length=200)]
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


class TaskClassRoutes:
    """`/api/v1/task-class`."""

    def __init__(self, classes: ClassesClient) -> None:
        self._classes = classes

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        dates = (BothDatesNeeded, DatesInverted)
        change = (ClassNotFound, *dates, ItemOfAnotherClass, RulesBroken)
        batch = (ClassToPlanNotFound, ClassNotAuto, ItemOfAnotherClass, ItemNamedTwice, Stale, *PLACING)
        return table(
            "task class",
            "/task-class",
            [
                post("/add", self.add, WRITE | KEYED, refuses=dates),
                get("/get", self.get, READ, refuses=(ClassNotFound,)),
                get("/list", self.listed, READ),
                put("/update", self.update, WRITE | KEYED, refuses=change),
                post("/insert-into-schedule", self.insert, WRITE | KEYED, refuses=PLACING),
                put("/apply-batch-into-schedule", self.apply_batch, WRITE | KEYED, refuses=batch),
                delete("/delete-item", self.delete_item, WRITE | KEYED, refuses=(ItemNotFound,)),
                delete("/delete-class", self.delete_class, WRITE | KEYED, refuses=(ClassNotFound,)),
            ],
        )

    async def add(self, call: Call, data: TaskClassForm) -> Ok[SavedForm]:
        """Make a study plan with its items."""
        if isinstance(data.items, UnsetType):
            raise InvalidInput([FieldError("items", "required", "40004")])
        return Ok(SavedForm.of(await self._classes.add(call, data.draft())))

    async def get(self, call: Call, query: ClassQuery) -> Ok[TaskClassShown]:
        """Show a study plan with its items."""
        return Ok(TaskClassShown.of(await self._classes.get(call, ClassId(query.task_class_id))))

    async def listed(self, call: Call) -> Ok[SummariesForm]:
        """List the study plans."""
        return Ok(SummariesForm([SummaryForm.of(each) for each in await self._classes.all(call)]))

    async def update(self, call: Call, query: ClassQuery, data: TaskClassForm) -> Ok[ChangedForm]:
        """Change a study plan as a whole; items left out go with their blocks."""
        saved = await self._classes.update(call, ClassId(query.task_class_id), data.draft())
        form = SavedForm.of(saved)
        if saved.change is None:
            raise ClassNotFound
        result = ChangeResultForm.of(saved.change, view_of(call))
        members = {name: getattr(result, name) for name in result.__struct_fields__}
        return Ok(ChangedForm(**members, id=form.id, items=form.items))

    async def insert(self, call: Call, query: ItemQuery, data: PlaceMembers) -> Ok[ChangeResultForm]:
        """Place one item."""
        return Ok(ChangeResultForm.of(await self._classes.place(call, ItemId(query.task_item_id), data.place()), view_of(call)))

    async def apply_batch(self, call: Call, data: BatchForm) -> Ok[ChangeResultForm]:
        """Place or move items of one class, all or none."""
        placements = [ItemPlacement(ItemId(each.task_item_id), each.place()) for each in data.items]
        result = await self._classes.apply_batch(call, ClassId(data.task_class_id), placements, base_version=data.base_version)
        return Ok(ChangeResultForm.of(result, view_of(call)))

    async def delete_item(self, call: Call, query: ItemQuery) -> Ok[ChangeResultForm]:
        """Delete an item with its blocks."""
        return Ok(ChangeResultForm.of(await self._classes.delete_item(call, ItemId(query.task_item_id)), view_of(call)))

    async def delete_class(self, call: Call, query: ClassQuery) -> Ok[ChangeResultForm]:
        """Delete a study plan with its items and their blocks."""
        return Ok(ChangeResultForm.of(await self._classes.delete(call, ClassId(query.task_class_id)), view_of(call)))
