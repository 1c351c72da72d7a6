"""From the meetings of a course to the few arrangements that say the same. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from smartflow.client.schedule.course import Arrangement
from smartflow.shared.calendar.sections import Slot
from smartflow.shared.calendar.weeks import runs_of


def arrange(meetings: Iterable[Slot]) -> tuple[Arrangement, ...]:
    """Say meetings in arrangements, by day, sections and weeks."""
    weeks: defaultdict[tuple[int, int, int], set[int]] = defaultdict(set)
    for slot in meetings:
        weeks[slot.day, slot.first, slot.last].add(slot.week)
    return tuple(
        Arrangement(run, *cell) for cell in sorted(weeks) for run in sorted(runs_of(weeks[cell]), key=lambda run: (run.start, run.end))
    )
