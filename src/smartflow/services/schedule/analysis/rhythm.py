"""How a day changes between classes, in real minutes. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from smartflow.services.schedule.planner.hours import span
from smartflow.services.schedule.planner.piece import Entry


class Rhythm(Struct, frozen=True):
    """One day: its blocks, changes of class between blocks that follow each other, longest stretch of one class, heavy pairs."""

    day: int
    blocks: int
    switches: int
    longest: int
    heavy: int

    @property
    def fragmentation(self) -> float:
        """The share of the day's transitions that change the class."""
        return self.switches / (self.blocks - 1) if self.blocks > 1 else 0.0


def rhythm(day: int, entries: Sequence[Entry], held: int, adjacent: int) -> Rhythm:
    """Read the rhythm of a day from its blocks by time; `held` are the sections of meetings, less than `adjacent` minutes are no rest."""
    pairs = list(pairwise(entries))
    switches = sum(one.key != other.key for one, other in pairs)
    near = (pair for pair in pairs if _adjacent(*pair, held=held, adjacent=adjacent))
    heavy = sum(one.key != other.key and one.heavy and other.heavy for one, other in near)
    return Rhythm(day, len(entries), switches, _longest(entries, adjacent), heavy)


def _adjacent(one: Entry, other: Entry, *, held: int, adjacent: int) -> bool:
    return other.begins - one.ends < adjacent and not held & span(one.last + 1, other.first - 1)


def _longest(entries: Sequence[Entry], adjacent: int) -> int:
    """Give the minutes from begin to end of the longest stretch of one class, short pauses included."""
    longest, begun, before = 0, 0, None
    for entry in entries:
        goes_on = before is not None and before.key == entry.key and entry.begins - before.ends < adjacent
        begun = begun if goes_on else entry.begins
        longest, before = max(longest, entry.ends - begun), entry
    return longest
