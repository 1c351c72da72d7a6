"""`/api/v1/task-class`."""

from smartflow.client.schedule.change import Stale
from smartflow.client.schedule.classes import (
    BothDatesNeeded,
    ClassesClient,
    ClassNotAuto,
    ClassNotFound,
    ClassToPlanNotFound,
    DatesInverted,
    ItemNamedTwice,
    ItemNotFound,
    ItemOfAnotherClass,
    ItemPlacement,
)
from smartflow.client.schedule.term import TermNotFound
from smartflow.client.schedule.violation import RulesBroken
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import TermQuery
from smartflow.gateway.route import KEYED, READ, WRITE, Table, delete, get, post, put, table
from smartflow.gateway.routes.refusals import PLACING
from smartflow.gateway.routes.shown import ChangeResultForm, view_of
from smartflow.gateway.routes.task_class_forms import (
    BatchForm,
    ChangedForm,
    ClassQuery,
    ItemPlaceForm,
    ItemQuery,
    NewTaskClassForm,
    PlacingQuery,
    SavedForm,
    SummariesForm,
    SummaryForm,
    TaskClassForm,
    TaskClassShown,
)
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, ItemId


class TaskClassRoutes:
    """`/api/v1/task-class`."""

    def __init__(self, classes: ClassesClient) -> None:
        self._classes = classes

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        dates = (BothDatesNeeded, DatesInverted)
        change = (ClassNotFound, *dates, ItemOfAnotherClass, RulesBroken)
        batch = (ClassToPlanNotFound, ClassNotAuto, ItemOfAnotherClass, ItemNamedTwice, Stale, TermNotFound, *PLACING)
        return table(
            "task class",
            "/task-class",
            [
                post("/add", self.add, WRITE | KEYED, refuses=dates),
                get("/get", self.get, READ, refuses=(ClassNotFound,)),
                get("/list", self.listed, READ),
                put("/update", self.update, WRITE | KEYED, refuses=change),
                post("/insert-into-schedule", self.insert, WRITE | KEYED, refuses=(TermNotFound, *PLACING)),
                put("/apply-batch-into-schedule", self.apply_batch, WRITE | KEYED, refuses=batch),
                delete("/delete-item", self.delete_item, WRITE | KEYED, refuses=(ItemNotFound,)),
                delete("/delete-class", self.delete_class, WRITE | KEYED, refuses=(ClassNotFound,)),
            ],
        )

    async def add(self, call: Call, data: NewTaskClassForm) -> Ok[SavedForm]:
        """Make a study plan with its items."""
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

    async def insert(self, call: Call, query: PlacingQuery, data: ItemPlaceForm) -> Ok[ChangeResultForm]:
        """Place one item."""
        result = await self._classes.place(call, ItemId(query.task_item_id), data.place(), term=query.term(data.term_id))
        return Ok(ChangeResultForm.of(result, view_of(call)))

    async def apply_batch(self, call: Call, data: BatchForm, query: TermQuery) -> Ok[ChangeResultForm]:
        """Place or move items of one class, all or none."""
        placements = [ItemPlacement(ItemId(each.task_item_id), each.place()) for each in data.items]
        result = await self._classes.apply_batch(
            call, ClassId(data.task_class_id), placements, term=query.term(data.term_id), base_version=data.base_version
        )
        return Ok(ChangeResultForm.of(result, view_of(call)))

    async def delete_item(self, call: Call, query: ItemQuery) -> Ok[ChangeResultForm]:
        """Delete an item with its blocks."""
        return Ok(ChangeResultForm.of(await self._classes.delete_item(call, ItemId(query.task_item_id)), view_of(call)))

    async def delete_class(self, call: Call, query: ClassQuery) -> Ok[ChangeResultForm]:
        """Delete a study plan with its items and their blocks."""
        return Ok(ChangeResultForm.of(await self._classes.delete(call, ClassId(query.task_class_id)), view_of(call)))
