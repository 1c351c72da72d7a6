"""Forms of quick capture: a sentence, and the task that could be made of it."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from smartflow.client.task import Capture, TimeKind, TimeRead
from smartflow.gateway.fields import local, local_or_none
from smartflow.shared.kernel.call import Call


class Sentence(Struct, frozen=True):
    """What a person wrote."""

    text: Annotated[str, Meta(min_length=1, max_length=500, examples=["周日之前要交实验报告，提醒我"])]


class TimeForm(Struct, frozen=True):
    """One reading of the time in it, said back in the caller's language."""

    start: datetime
    end: datetime | None
    kind: TimeKind
    text: str

    @classmethod
    def of(cls, read: TimeRead, call: Call) -> "TimeForm":
        """Show a reading in the call's zone."""
        return cls(local(read.start, call.zone), local_or_none(read.end, call.zone), read.kind, read.text)


class CaptureForm(Struct, frozen=True):
    """The task that could be made of it, by the first reading; `ambiguous`: the readings differ, so ask."""

    title: str
    priority_group: int
    deadline_at: datetime | None
    urgency_threshold_at: datetime | None
    readings: list[TimeForm]
    ambiguous: bool

    @classmethod
    def of(cls, read: Capture, call: Call) -> "CaptureForm":
        """Show what was understood."""
        deadline, urgent = local_or_none(read.deadline_at, call.zone), local_or_none(read.urgent_from, call.zone)
        readings = [TimeForm.of(each, call) for each in read.readings]
        return cls(read.title, int(read.quadrant), deadline, urgent, readings, read.ambiguous)
