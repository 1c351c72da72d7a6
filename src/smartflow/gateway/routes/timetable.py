"""`/api/v1/schedule`: what stands where, and taking it off."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from smartflow.client.schedule.block import BlockDeletion, Current, Day, FinishedBlock, Week
from smartflow.client.schedule.change import NoGuest
from smartflow.client.schedule.term import TermNotFound, WeekOutsideTerm
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.schedule.violation import EventNotFound, NotPlaced
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Id, PageSize, local
from smartflow.gateway.route import KEYED, READ, WRITE, Table, delete, get, table
from smartflow.gateway.routes.event import EventForm
from smartflow.gateway.routes.shown import ChangeResultForm, view_of
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import EventId, TermId
from smartflow.shared.kernel.text import Text

NOTHING = "10002"
_NOTHING = Text(zh="现在没有安排，今天接下来也没有。", en="Nothing is under way, and nothing comes next today.")


class DayForm(Struct, frozen=True):
    """A day."""

    week: int
    day_of_week: int
    date: date
    events: list[EventForm]

    @classmethod
    def of(cls, day: Day) -> "DayForm":
        """Show a day."""
        return cls(day.week, day.day, day.date, [EventForm.of(block) for block in day.blocks])


class WeekQuery(Struct, frozen=True):
    """Which week; 0: this one, or the term's nearest."""

    week: Annotated[int, Meta(ge=0, le=2**31 - 1, examples=[3])] = 0
    include_empty: bool = True
    term_id: Id | None = None


class WeekForm(Struct, frozen=True):
    """A week of a term."""

    term_id: int | None
    week: int
    start_date: date
    end_date: date
    weeks: int
    schedule_version: int
    events: list[EventForm]

    @classmethod
    def of(cls, week: Week) -> "WeekForm":
        """Show a week."""
        blocks = [EventForm.of(block) for block in week.blocks]
        return cls(week.term, week.week, week.start, week.end, week.weeks, week.schedule_version, blocks)


class CurrentForm(Struct, frozen=True):
    """What is under way, or comes next today."""

    id: int
    name: str
    location: str
    type: Literal["course", "task", "empty"]
    time_status: Literal["ongoing", "upcoming"]
    start_time: datetime
    end_time: datetime

    @classmethod
    def of(cls, current: Current, call: Call) -> "CurrentForm | None":
        """Show it in the call's zone."""
        block = current.block
        if block is None:
            return None
        times = local(block.starts_at, call.zone), local(block.ends_at, call.zone)
        return cls(block.event, block.name, block.location, block.kind, "ongoing" if current.ongoing else "upcoming", *times)


class FinishedQuery(Struct, frozen=True):
    """A part of what was done; `index` is how many to skip."""

    index: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: PageSize = 20


class FinishedForm(Struct, frozen=True):
    """A block that was done."""

    id: int
    name: str
    type: Literal["task", "embedded_task"]
    completed_time: str

    @classmethod
    def of(cls, block: FinishedBlock, call: Call) -> "FinishedForm":
        """Show it in the call's zone."""
        done = f"{local(block.completed_at, call.zone):%Y-%m-%d %H:%M:%S}"
        return cls(block.event, block.name, "embedded_task" if block.embedded else "task", done)


class FinishedPage(Struct, frozen=True):
    """A part of what was done, the latest first."""

    has_more: bool
    events: list[FinishedForm]


class DeletionForm(Struct, frozen=True):
    """What to take off at an event: the block, its guest, or both."""

    id: Id
    delete_course: bool = False
    delete_embedded_task: bool = False

    def deletion(self) -> BlockDeletion:
        """Say it in the words of the service."""
        return BlockDeletion(EventId(self.id), self.delete_course, self.delete_embedded_task)


class EventQuery(Struct, frozen=True):
    """Which block."""

    event_id: Id


Deletions = Annotated[list[DeletionForm], Meta(min_length=1, max_length=200)]


class TimetableRoutes:
    """Days, weeks and blocks."""

    def __init__(self, timetable: TimetableClient) -> None:
        self._timetable = timetable

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        return table(
            "timetable",
            "/schedule",
            [
                get("/today", self.today, READ),
                get("/week", self.week, READ, refuses=(TermNotFound, WeekOutsideTerm)),
                get("/current", self.current, READ),
                get("/recent-completed", self.finished, READ),
                delete("/delete", self.delete, WRITE | KEYED, refuses=(EventNotFound, NoGuest)),
                delete("/undo-task-item", self.take_out, WRITE | KEYED, refuses=(EventNotFound, NotPlaced)),
            ],
        )

    async def today(self, call: Call) -> Ok[list[DayForm]]:
        """Show today."""
        return Ok([DayForm.of(day) for day in await self._timetable.today(call)])

    async def week(self, call: Call, query: WeekQuery) -> Ok[WeekForm]:
        """Show a week."""
        term = None if query.term_id is None else TermId(query.term_id)
        return Ok(WeekForm.of(await self._timetable.week(call, query.week, term=term, empty=query.include_empty)))

    async def current(self, call: Call) -> Ok[CurrentForm | None]:
        """Show what is under way or comes next today; nothing does: 10002."""
        found = CurrentForm.of(await self._timetable.current(call), call)
        return Ok(None, NOTHING, _NOTHING) if found is None else Ok(found)

    async def finished(self, call: Call, query: FinishedQuery) -> Ok[FinishedPage]:
        """Show what was done lately."""
        found = await self._timetable.finished(call, skip=query.index, limit=query.limit)
        return Ok(FinishedPage(found.has_more, [FinishedForm.of(block, call) for block in found.blocks]))

    async def delete(self, call: Call, data: Deletions) -> Ok[ChangeResultForm]:
        """Take blocks off, or what is embedded in them."""
        result = await self._timetable.delete_blocks(call, [each.deletion() for each in data])
        return Ok(ChangeResultForm.of(result, view_of(call)))

    async def take_out(self, call: Call, query: EventQuery) -> Ok[ChangeResultForm]:
        """Take a placement off; of a host only what is embedded in it."""
        return Ok(ChangeResultForm.of(await self._timetable.take_out(call, EventId(query.event_id)), view_of(call)))
