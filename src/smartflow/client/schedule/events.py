"""What the schedule tells."""

from typing import ClassVar

from msgspec import field

from smartflow.client.schedule.change import Kind
from smartflow.client.schedule.place import Source
from smartflow.shared.events.event import Event
from smartflow.shared.kernel.ids import ChangeId, ClassId

MOST_SOURCES = 500


class ScheduleChanged(Event, frozen=True):
    """A change set was applied; `weeks` are those it touched, `sources` the first 500 (`more`: not all)."""

    kind: ClassVar[str] = "schedule.changed"
    publisher: ClassVar[str] = "schedule"

    change_set_id: ChangeId
    version: int
    change: Kind = field(name="kind")
    weeks: tuple[int, ...]
    sources: tuple[Source, ...]
    more: bool = False


class ClassChanged(Event, frozen=True):
    """Rows of task classes or their items changed, at this schedule version."""

    kind: ClassVar[str] = "class.changed"
    publisher: ClassVar[str] = "schedule"

    task_class_ids: tuple[ClassId, ...]
    version: int
