"""The term as planning sees it: every aligned position of each length, and what holds which sections."""

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from smartflow.services.schedule.planner.hours import span
from smartflow.services.schedule.planner.instance import Instance, Place


class Position(Struct, frozen=True, gc=False):
    """One place with its instants; `index` is its rank among those of its length, `host` its rank among the hosts (-1: none)."""

    index: int
    day: int
    first: int
    last: int
    begins: int
    ends: int
    mask: int
    host: int


class Thing(Struct, frozen=True, gc=False):
    """What holds sections of a day: a meeting, a busy block, or a block that stays."""

    code: str
    reference: str
    mask: int


class Board:
    """Positions and holdings of one instance."""

    def __init__(self, instance: Instance) -> None:
        self.grid = instance.grid
        self.hosts = instance.hosts
        self.clocks = instance.grid.sections
        self.days = len(instance.grid.days)
        self.held = [0] * self.days
        self.standing = [0] * self.days
        self._things: dict[int, list[Thing]] = defaultdict(list)
        self._hosts_on: dict[int, list[int]] = defaultdict(list)
        self._ranks = {host.event_id: rank for rank, host in enumerate(self.hosts)}
        self._tables: dict[int, tuple[Position, ...]] = {}
        self._opening = sum(1 << first - 1 for first, _ in self.grid.runs)
        self._closing = sum(1 << last - 1 for _, last in self.grid.runs)
        self._hold(instance)

    def _hold(self, instance: Instance) -> None:
        for holding in instance.holdings:
            kind = "event" if holding.kind == "course" else "busy"
            self._put(holding.day, Thing(holding.kind, f"{kind}:{holding.id}", span(holding.first, holding.last)), self.held)
        for rank, host in enumerate(self.hosts):
            self._put(host.day, Thing("course", f"event:{host.event_id}", span(host.first, host.last)), self.held)
            self._hosts_on[host.day].append(rank)

    def stand(self, source: str, position: Position) -> None:
        """Let a block that stays keep its sections."""
        self._put(position.day, Thing("placement", source, position.mask), self.standing)

    def _put(self, day: int, thing: Thing, masks: list[int]) -> None:
        if 0 <= day < self.days:
            self._things[day].append(thing)
            masks[day] |= thing.mask

    def in_the_way(self, day: int, mask: int) -> list[Thing]:
        """Name what holds any of these sections."""
        return [thing for thing in self._things[day] if thing.mask & mask]

    def positions(self, sections: int) -> tuple[Position, ...]:
        """Give every aligned position of a length inside one section run, by time; whether it is open is not asked."""
        if sections not in self._tables:
            self._tables[sections] = tuple(self._aligned(sections))
        return self._tables[sections]

    def position(self, place: Place) -> Position:
        """Give the position of any place in the term, aligned or not; unaligned ones have no index."""
        host = self._ranks.get(place.host, -1) if place.host is not None else -1
        found = self._make(-1, place.day, place.first, place.last, host)
        table = self.positions(place.last - place.first + 1)
        daily = len(table) // self.days
        same_day = table[place.day * daily : (place.day + 1) * daily]
        return next((p for p in same_day if p.first == place.first and p.host == host), found)

    def place(self, position: Position) -> Place:
        """Give a position as a place."""
        host = self.hosts[position.host].event_id if position.host >= 0 else None
        return Place(position.day, position.first, position.last, host)

    def lone(self, free: int) -> int:
        """Pick the free sections that have no free neighbour in their section run."""
        return free & ~(free << 1 & ~self._opening) & ~(free >> 1 & ~self._closing)

    def crosses_break(self, section: int) -> bool:
        """Tell whether a break follows a section that another one follows."""
        return bool(self._closing >> section - 1 & 1) and section < len(self.clocks)

    def _aligned(self, sections: int) -> Iterator[Position]:
        firsts = [first for opening, closing in self.grid.runs for first in _firsts(opening, closing, sections)]
        index = 0
        for day in range(self.days):
            for first in firsts:
                last = first + sections - 1
                yield self._make(index, day, first, last, self._host_of(day, span(first, last)))
                index += 1

    def _make(self, index: int, day: int, first: int, last: int, host: int) -> Position:
        dated = self.grid.days[day]
        return Position(index, day, first, last, dated.starts[first - 1], dated.ends[last - 1], span(first, last), host)

    def _host_of(self, day: int, mask: int) -> int:
        for rank in self._hosts_on.get(day, ()):
            host = self.hosts[rank]
            if not mask & ~span(host.first, host.last):
                return rank
        return -1


def _firsts(opening: int, closing: int, sections: int) -> Iterator[int]:
    for first in range(opening, closing - sections + 2):
        if first % 2 == 1 or (first + sections - 1) % 2 == 0:
            yield first
