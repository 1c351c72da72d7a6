"""A timetable on a real database, its rows laid directly: for tests of what only looks, and of terms."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import create_engine, select

from smartflow.client.schedule.events import ScheduleChanged
from smartflow.client.schedule.place import WORDS, Place, Source
from smartflow.client.task import Quadrant, TaskClient, TaskDraft
from smartflow.services.schedule.timetable import tables, terms
from smartflow.services.schedule.timetable.changes import Desk
from smartflow.services.schedule.timetable.service import TimetableService
from smartflow.services.task import tables as task_tables
from smartflow.services.task.service import TaskService
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.calendar.sections import default_table
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.database import erased
from smartflow.shared.events.tables import outbox
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import from_json
from smartflow.shared.kernel.ids import OwnerId, TermId
from tests.kit.backbone import Ground, ground

AUTUMN = TermDraft(date(2026, 9, 7), date(2027, 1, 10), "Asia/Shanghai", default_table().rows, (4, 8), "Autumn")
SPRING = TermDraft(date(2027, 2, 22), date(2027, 7, 4), "Asia/Shanghai", default_table().rows, (4, 8), "Spring")
_OWNERS = itertools.count(1)


class Room(Struct, frozen=True):
    """A timetable, and what is under it."""

    ground: Ground
    timetable: TimetableService
    tasks: TaskClient

    def someone(self, zone: str = "Asia/Shanghai") -> "Owner":
        """Meet a new person."""
        return Owner(self, OwnerId(next(_OWNERS)), zone)


class Owner:
    """A person whose rows a test lays."""

    def __init__(self, room: Room, owner: OwnerId, zone: str) -> None:
        self.room = room
        self.id = owner
        self.call = Call(owner=owner, request_id="test", zone=zone)
        self.terms: dict[TermId, TermDraft] = {}

    def keyed(self, key: str) -> Call:
        return Call(owner=self.id, request_id="test", zone=self.call.zone, key=key, fingerprint=key)

    async def term(self, draft: TermDraft = AUTUMN, *, is_default: bool = False) -> TermId:
        async with self.room.ground.database.work() as unit:
            term_id = await terms.add(unit, self.id, draft, is_default=is_default)
        self.terms[term_id] = draft
        return term_id

    async def course(self, term: TermId, name: str = "Algebra", *, filler: bool = False, location: str = "Room 1") -> Source:
        row = {"term_id": term, "name": name, "location": location, "teacher": "", "is_filler": filler, "attention_left": 1}
        return Source("course", await self.insert(tables.courses, row))

    async def task_class(self, name: str = "Probability") -> Source:
        row = {"name": name, "mode": "manual", "strategy": "steady", "importance": 2, "total_slots": 4, "allow_fillers": True}
        return Source("task_class", await self.insert(tables.classes, {**row, "excluded_days": 0, "excluded_pairs": 0}))

    async def item(self, of: Source, content: str = "Chapter 1", *, order: int = 1) -> Source:
        row = {"class_id": of.id, "order": order, "content": content, "duration_sections": 2}
        return Source("task_item", await self.insert(tables.items, row))

    async def task(self, title: str = "Lab report") -> Source:
        made = await self.room.tasks.create(self.call, TaskDraft(title, Quadrant.IMPORTANT))
        return Source("task_pool", made.id)

    async def event(self, term: TermId, source: Source, place: Place, **more: Any) -> int:
        """Lay a block, with its occupancy or its embeddings."""
        span = to_instants(self.terms[term].term, place.slot)
        row = {
            "term_id": term,
            "kind": WORDS[source.type],
            "source_id": source.id,
            **{name: getattr(place, name) for name in ("week", "day", "first", "last")},
            "starts_at": span.start,
            "ends_at": span.end,
            "state": "live",
            "done_sections": 0,
            "pinned": False,
            "live_key": f"course:{source.id}:{place.week}:{place.day}:{place.first}" if source.type == "course" else source.ref,
            **more,
        }
        event = await self.insert(tables.events, row)
        sections = range(place.first, place.last + 1)
        async with self.room.ground.database.work() as unit:
            if place.host is not None:
                inside = {"user_id": self.id, "host_event_id": place.host, "guest_event_id": event}
                await unit.bulk(tables.embeddings, [{**inside, "section": section} for section in sections])
            elif row["state"] in {"live", "done"}:
                held = {"user_id": self.id, "term_id": term, "week": place.week, "day": place.day, "event_id": event}
                await unit.bulk(tables.occupancy, [{**held, "section": section} for section in sections])
        return event

    async def override(self, term: TermId, on: date, kind: str, week: int | None = None, day: int | None = None) -> None:
        async with self.room.ground.database.work() as unit:
            row = {"user_id": self.id, "term_id": term, "date": on, "kind": kind, "week": week, "day": day}
            await unit.run(tables.day_overrides.insert(), row)

    async def insert(self, table: Any, row: Mapping[str, Any]) -> int:
        async with self.room.ground.database.work() as unit:
            return await unit.insert(table, {"created_at": unit.now, "updated_at": unit.now, **row, "user_id": self.id})

    async def told(self) -> list[ScheduleChanged]:
        """List what the schedule told of this person."""
        async with self.room.ground.database.read() as reader:
            mine = select(outbox.c.payload).where(outbox.c.user_id == self.id, outbox.c.kind == ScheduleChanged.kind)
            return [from_json(row.payload, ScheduleChanged) for row in await reader.all(mine.order_by(outbox.c.id))]


@asynccontextmanager
async def room(path: Path) -> AsyncIterator[Room]:
    """Open a timetable in a file."""
    maker = create_engine(f"sqlite:///{path}")
    for part in (tables.metadata, task_tables.metadata, erased.metadata):
        part.create_all(maker)
    maker.dispose()
    async with ground(path) as below:
        tasks = local(Contract(TaskClient), TaskService(below.database), clock=below.clock, strict=True)
        yield Room(below, TimetableService(Desk(below.database, tasks)), tasks)
