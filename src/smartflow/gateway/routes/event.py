"""A block of the schedule as it is shown, by several nouns."""

from datetime import date, time
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from smartflow.client.schedule.block import Block, Guest
from smartflow.client.schedule.place import EventState
from smartflow.gateway.routes.shown import SourceShown


class GuestForm(Struct, frozen=True):
    """What is embedded; id 0: nothing is."""

    id: int = 0
    name: str = ""
    type: Literal["", "task"] = ""
    source: SourceShown | UnsetType = UNSET
    event_id: int | UnsetType = UNSET
    state: EventState | UnsetType = UNSET
    done_sections: int | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET

    @classmethod
    def of(cls, guest: Guest | None) -> "GuestForm":
        """Show a guest, or that there is none."""
        if guest is None:
            return cls()
        return cls(
            id=guest.source.id,
            name=guest.name,
            type="task",
            source=SourceShown.of(guest.source),
            event_id=guest.event,
            state=guest.state,
            done_sections=guest.done_sections,
            pinned=guest.pinned,
        )


class EventForm(Struct, frozen=True):
    """A block, or a part of a meeting that a guest cuts; `id` is 0 where nothing is, and the source's id of a suggestion."""

    id: int
    order: int
    day_of_week: int
    date: date
    name: str
    start_time: str
    end_time: str
    location: str
    type: Literal["course", "task", "empty"]
    span: int
    start_section: int
    end_section: int
    status: Literal["normal", "suggested", "interrupted"]
    can_be_embedded: bool
    embedded_task_info: GuestForm
    source: SourceShown | None
    task_class_id: int | None
    state: EventState
    done_sections: int
    pinned: bool

    @classmethod
    def of(cls, block: Block) -> "EventForm":
        """Show a block."""
        return cls(
            id=block.event,
            order=block.order,
            day_of_week=block.place.day,
            date=block.date,
            name=block.name,
            start_time=clock(block.starts),
            end_time=clock(block.ends),
            location=block.location,
            type=block.kind,
            span=block.place.length,
            start_section=block.place.first,
            end_section=block.place.last,
            status=block.status,
            can_be_embedded=block.takes_guests,
            embedded_task_info=GuestForm.of(block.guest),
            source=None if block.source is None else SourceShown.of(block.source),
            task_class_id=block.task_class,
            state=block.state,
            done_sections=block.done_sections,
            pinned=block.pinned,
        )


def clock(wall: time) -> str:
    """Show a wall time."""
    return f"{wall:%H:%M}"
