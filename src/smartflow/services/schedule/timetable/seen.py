"""An event together with what its source says of it."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.block import Placed
from smartflow.client.schedule.place import EventState, Source
from smartflow.shared.kernel.ids import ClassId

INTERRUPTED: frozenset[EventState] = frozenset({"partly", "skipped", "suspended"})


class Seen(Struct, frozen=True):
    """A block with its name and location, and whether it takes guests. The titles of tasks are kept elsewhere."""

    placed: Placed
    name: str = ""
    location: str = ""
    is_filler: bool = False
    task_class: ClassId | None = None

    @property
    def source(self) -> Source:
        """What it is of."""
        return self.placed.source

    @property
    def interrupted(self) -> bool:
        """Whether it did not take place as it should."""
        return self.placed.state in INTERRUPTED


def titled(seen: Iterable[Seen], titles: Mapping[Source, str]) -> list[Seen]:
    """Give the blocks of tasks their titles."""
    return [replace(each, name=titles.get(each.source, each.name)) for each in seen]
