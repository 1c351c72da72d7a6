"""The invariants, judged from the instance alone and without any of the planner's own machinery."""

from collections import defaultdict

from smartflow.services.schedule.planner.answer import Answer
from smartflow.services.schedule.planner.instance import Instance, Place


def broken(instance: Instance, answer: Answer) -> list[str]:
    """Name every invariant or wall that a placement breaks."""
    return [f"{source} {place}: {law}" for source, place, law in _broken(instance, answer)]


def _broken(instance, answer):
    blocks = {block.source: block for block in instance.blocks}
    classes = {study.id: study for study in instance.classes}
    decided = {placement.source: placement.place for placement in answer.placements}
    left = {unplaced.source for unplaced in answer.unplaced}
    standing = {
        block.source: block.current
        for block in instance.blocks
        if block.current and block.source not in decided and block.source not in left
    }
    if len(decided) != len(answer.placements) or len(decided) + len(left) + len(standing) != len(blocks):
        yield "all", "", "INV-8 every block once"
    taken = defaultdict(list)
    for source, place in (decided | standing).items():
        for section in range(place.first, place.last + 1):
            taken[place.day, section].append(source)
    hosts = {host.event_id: host for host in instance.hosts}
    held = {(thing.day, section) for thing in (*instance.holdings, *instance.hosts) for section in range(thing.first, thing.last + 1)}
    for source, place in decided.items():
        block = blocks[source]
        study = classes.get(block.class_id)
        sections = [(place.day, section) for section in range(place.first, place.last + 1)]
        if any(len(taken[spot]) > 1 for spot in sections):
            yield source, place, "INV-1 held twice"
        if place.host is None and held & set(sections):
            yield source, place, "INV-1 on a meeting or busy block"
        if place.host is not None:
            host = hosts.get(place.host)
            if host is None or host.day != place.day or not host.first <= place.first <= place.last <= host.last:
                yield source, place, "INV-2 outside its host"
            if not (study.allow_fillers if study else block.allow_fillers):
                yield source, place, "INV-3 fillers not allowed"
        if place.last - place.first + 1 != block.sections:
            yield source, place, "length"
        if not any(first <= place.first <= place.last <= last for first, last in instance.grid.runs):
            yield source, place, "INV-7 crosses a break"
        if place.first % 2 == 0 and place.last % 2 == 1:
            yield source, place, "unaligned"
        yield from ((source, place, law) for law in outside(instance, block, study, place))
    everywhere = decided | standing
    for one in instance.blocks:
        for other in instance.blocks:
            ordered = one.class_id is not None and one.class_id == other.class_id and one.order < other.order
            if not ordered or one.source not in everywhere or other.source not in everywhere:
                continue
            if (one.source in decided or other.source in decided) and not _before(everywhere[one.source], everywhere[other.source]):
                yield one.source, everywhere[one.source], f"INV-4 not before {other.source}"


def outside(instance, block, study, place):
    if not 0 <= place.day < len(instance.grid.days):
        yield "INV-5 outside the term"
        return
    dated = instance.grid.days[place.day]
    if dated.starts[place.first - 1] < instance.now:
        yield "in the past"
    if study and not (study.first_day or 0) <= place.day <= (study.last_day if study.last_day is not None else place.day):
        yield "INV-5 outside the class's window"
    if study and place.day % 7 + 1 in study.excluded_weekdays:
        yield "INV-6 excluded day"
    if study and any((section + 1) // 2 in study.excluded_pairs for section in range(place.first, place.last + 1)):
        yield "INV-6 excluded pair"
    if block.deadline_hard and block.deadline is not None and dated.ends[place.last - 1] > block.deadline:
        yield "after a hard deadline"


def _before(one: Place, other: Place) -> bool:
    return (one.day, one.last) < (other.day, other.first)
