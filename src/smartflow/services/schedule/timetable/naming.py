"""Which blocks the changes of a set name."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from smartflow.client.schedule.change import BlockRef, Change, Move, Pin, Remove, Report
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.about import About
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.kernel.ids import EventId

OnBlock: TypeAlias = Move | Remove | Report | Pin


class Named(Struct, frozen=True):
    """The event that each change is about, by the change's index; and what cannot be found, or is named twice."""

    blocks: Mapping[int, EventId]
    problems: tuple[Violation, ...]


def name_blocks(state: ScheduleState, changes: Sequence[Change]) -> Named:
    """Find the blocks, all of them in the state before the set; a problem's change is left out."""
    blocks: dict[int, EventId] = {}
    problems: list[Violation] = []
    for index, change in enumerate(changes):
        if isinstance(change, OnBlock):
            event = _block(state, change.block)
            if event is None:
                problems.append(_missing(state, change.block, index))
            elif isinstance(change, Move) and not _movable(state, event):
                problems.append(_about(state, event, index).breaks("not_placed"))
            else:
                blocks[index] = event
    twice = set(_named_twice(blocks, changes))
    problems += [_about(state, blocks[index], index).breaks("named_twice") for index in sorted(twice)]
    return Named({index: event for index, event in blocks.items() if index not in twice}, tuple(problems))


def _block(state: ScheduleState, named: BlockRef) -> EventId | None:
    if not isinstance(named, Source):
        return named if named in state.events else None
    return min(state.standing(named), default=None) if named.is_work else None


def _movable(state: ScheduleState, event: EventId) -> bool:
    """Tell whether a block can be given another place: what a person skipped or half did is history."""
    row = state.events[event]
    return row.stands or not row.source.is_work


def _missing(state: ScheduleState, named: BlockRef, index: int) -> Violation:
    if not isinstance(named, Source):
        return About(index, event=named).breaks("event_missing")
    return About(index, named).breaks("not_placed" if state.facts.shown(named) else "source_missing")


def _about(state: ScheduleState, event: EventId, index: int) -> About:
    row = state.events[event]
    return About(index, row.source, event, row.place)


def _named_twice(blocks: Mapping[int, EventId], changes: Sequence[Change]) -> Iterator[int]:
    """Find changes that say two things of one block: the same word twice, or anything of what is taken off."""
    words = Counter((event, type(changes[index])) for index, event in blocks.items())
    events = Counter(blocks.values())
    for index, event in blocks.items():
        taken_off = words[event, Remove] > 0
        if words[event, type(changes[index])] > 1 or (taken_off and events[event] > 1):
            yield index
