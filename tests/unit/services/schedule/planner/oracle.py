"""How many blocks of two sections fit, by the plainest algorithm there is."""

from smartflow.services.schedule.planner.instance import Instance, Place
from tests.unit.services.schedule.planner.laws import outside


def most_pairs(instance: Instance) -> int:
    """The size of a largest matching of blocks to pairs (order costs nothing: any set of pairs can be sorted)."""
    holder = {}
    options = usable_pairs(instance)

    def seat(source, seen):
        for pair in options[source]:
            if pair not in seen:
                seen.add(pair)
                if pair not in holder or seat(holder[pair], seen):
                    holder[pair] = source
                    return True
        return False

    return sum(seat(source, set()) for source in options)


def usable_pairs(instance: Instance) -> dict[str, list[tuple[int, int]]]:
    """The pairs (day, first section) that each block may use."""
    classes = {study.id: study for study in instance.classes}
    return {block.source: _pairs(instance, block, classes.get(block.class_id)) for block in instance.blocks}


def _pairs(instance, block, study):
    held = {(thing.day, section) for thing in (*instance.holdings, *instance.hosts) for section in range(thing.first, thing.last + 1)}
    fillers = study.allow_fillers if study else block.allow_fillers
    found = []
    for day in range(len(instance.grid.days)):
        for first in range(1, 12, 2):
            free = not {(day, first), (day, first + 1)} & held
            hosted = fillers and any(host.day == day and host.first <= first and first + 1 <= host.last for host in instance.hosts)
            if (free or hosted) and not list(outside(instance, block, study, Place(day, first, first + 1))):
                found.append((day, first))
    return found
