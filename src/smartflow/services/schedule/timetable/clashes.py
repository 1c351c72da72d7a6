"""What is in the way, as it is shown: under its name, and where it meets."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from smartflow.client.schedule.block import Start
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import Entry, Violation, ranked
from smartflow.client.task import Task
from smartflow.services.schedule.timetable import names
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.tables import courses
from smartflow.services.schedule.timetable.validate import judge
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.ids import OwnerId


class Labels(Struct, frozen=True):
    """What sources are called, and where courses meet."""

    names: Mapping[Source, str]
    locations: Mapping[Source, str]

    def entries(self, found: Iterable[Entry]) -> tuple[Entry, ...]:
        """Name entries; the text of a busy block stays with its calendar."""
        return tuple(each if each.source is None else self._named(each, each.source) for each in found)

    def violations(self, found: Iterable[Violation]) -> tuple[Violation, ...]:
        """Name what violations collide with."""
        return tuple(replace(each, collides_with=self.entries(each.collides_with)) for each in found)

    def _named(self, entry: Entry, source: Source) -> Entry:
        return replace(entry, name=self.names.get(source, ""), location=self.locations.get(source, ""))


async def judged(reader: Read, owner: OwnerId, outcome: Outcome, tasks: Collection[Task]) -> tuple[Violation, ...]:
    """Judge an outcome for who asked: in the order in which violations are shown, with the names of what is in the way."""
    found = ranked(judge(outcome))
    return (await labels(reader, owner, _colliding(found), tasks)).violations(found)


async def named_starts(reader: Read, owner: OwnerId, starts: Sequence[Start], tasks: Collection[Task]) -> tuple[Start, ...]:
    """Tell of starts what is in the way there."""
    met = await labels(reader, owner, (entry for each in starts for entry in _colliding(each.violations)), tasks)
    return tuple(replace(each, violations=met.violations(each.violations)) for each in starts)


async def labels(reader: Read, owner: OwnerId, found: Iterable[Entry], tasks: Collection[Task]) -> Labels:
    """Load what entries are called; nothing to name costs no statement."""
    sources = {each.source for each in found if each.source is not None}
    called = await names.load(reader, owner, sources, tasks)
    meeting = {source.id for source in sources if source.type == "course"}
    if not meeting:
        return Labels(called, {})
    query = select(courses.c.id, courses.c.location).where(courses.c.user_id == owner, courses.c.id.in_(meeting))
    return Labels(called, {Source("course", row.id): row.location for row in await reader.all(query)})


def _colliding(found: Iterable[Violation]) -> Iterable[Entry]:
    return (entry for each in found for entry in each.collides_with)
