"""What is told of a rehearsal, whose rows go with it: what it made has no id, for the next write may take that very one."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from smartflow.client.schedule.change import Diff, Side
from smartflow.client.schedule.place import Source
from smartflow.services.schedule.timetable.rows import UNSTORED
from smartflow.services.schedule.timetable.tables import courses, terms
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.ids import CourseId, OwnerId, TermId

_NOT_THERE = Source.course(CourseId(0))


class There(Struct, frozen=True):
    """The courses and terms that there are without it."""

    courses: frozenset[CourseId]
    terms: frozenset[TermId]

    def told(self, found: Iterable[Diff]) -> tuple[Diff, ...]:
        """Tell changes without the ids of what is not there."""
        return tuple(self._diff(each) for each in found)

    def _diff(self, diff: Diff) -> Diff:
        made = diff.source.type == "course" and CourseId(diff.source.id) not in self.courses
        source = _NOT_THERE if made else diff.source
        return replace(diff, source=source, before=self._side(diff.before), after=self._side(diff.after))

    def _side(self, side: Side | None) -> Side | None:
        return side if side is None or side.term in self.terms else replace(side, term=UNSTORED)


async def there(reader: Read, owner: OwnerId) -> There:
    """Note what there is before a rehearsal begins."""
    ids = [await reader.all(select(table.c.id).where(table.c.user_id == owner)) for table in (courses, terms)]
    known_courses, known_terms = ({row.id for row in rows} for rows in ids)
    return There(frozenset(map(CourseId, known_courses)), frozenset(map(TermId, known_terms)))
