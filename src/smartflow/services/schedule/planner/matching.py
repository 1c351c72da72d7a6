"""Groups of alike blocks matched to cells of time.

Hopcroft and Karp (SIAM J. Comput. 2, 1973): shortest augmenting paths found level by level, here with groups that ask
for several cells, so that alike blocks are searched once.
"""

from collections.abc import Collection, Iterable, Sequence

_NOBODY = -1


class Matching:
    """Cells owned by groups. `wanted` is what each group still lacks."""

    def __init__(self, cells: int, adjacency: Sequence[Sequence[int]], demands: Iterable[int]) -> None:
        self.adjacency = list(adjacency)
        self.owners = [_NOBODY] * cells
        self.wanted = list(demands)
        self._dead: set[int] = set()

    @property
    def complete(self) -> bool:
        """Whether every group has all that it asked for."""
        return not any(self.wanted)

    def relaxed(self, adjacency: Sequence[Sequence[int]], wanted: Iterable[int]) -> "Matching":
        """Start from these owners where groups may use more cells, and lack what is given."""
        other = Matching(0, adjacency, wanted)
        other.owners = self.owners[:]
        return other

    def give(self, group: int, cell: int) -> None:
        """Let a group own a free cell, to start from."""
        self.owners[cell] = group
        self.wanted[group] -= 1

    def grow(self) -> bool:
        """Match as much as can be matched; tells whether that is everything."""
        grown = True
        while grown and not self.complete:
            roots = [group for group, lacks in enumerate(self.wanted) if lacks]
            levels = self._levels(roots)
            pointers = [0] * len(self.adjacency)
            grown = False
            for root in roots:
                while self.wanted[root] and self._advance(root, levels, pointers):
                    grown = True
        return self.complete

    def augment(self, group: int) -> bool:
        """Match one more cell to a group without taking a place from anybody.

        Groups that a failed search has reached share their cells for good, and are not searched again.
        """
        if group in self._dead:
            return False
        for cell in self.adjacency[group]:
            if self.owners[cell] == _NOBODY:
                self.owners[cell] = group
                return True
        levels = self._levels([group], self._dead)
        self.wanted[group] += 1
        if self._advance(group, levels, [0] * len(self.adjacency)):
            return True
        self.wanted[group] -= 1
        self._dead.update(levels)
        return False

    def reached(self, group: int) -> list[int]:
        """Give the groups on alternating paths from a group, itself included."""
        return sorted(self._levels([group]))

    def owned(self, group: int) -> list[int]:
        """Give a group's cells in order."""
        return [cell for cell, owner in enumerate(self.owners) if owner == group]

    def _levels(self, roots: list[int], shut: Collection[int] = ()) -> dict[int, int]:
        levels = dict.fromkeys(roots, 0)
        queue = list(roots)
        for group in queue:
            for cell in self.adjacency[group]:
                owner = self.owners[cell]
                if owner != _NOBODY and owner not in levels and owner not in shut:
                    levels[owner] = levels[group] + 1
                    queue.append(owner)
        return levels

    def _advance(self, root: int, levels: dict[int, int], pointers: list[int]) -> bool:
        """Follow one path that goes down the levels to a free cell, and turn it over."""
        path, cells = [root], list[int]()
        while path:
            group = path[-1]
            cell = self._next(group, levels, pointers)
            if cell is None:
                path.pop()
                if cells:
                    cells.pop()
                continue
            cells.append(cell)
            if self.owners[cell] == _NOBODY:
                for taker, taken in zip(path, cells, strict=True):
                    self.owners[taken] = taker
                self.wanted[root] -= 1
                return True
            path.append(self.owners[cell])
        return False

    def _next(self, group: int, levels: dict[int, int], pointers: list[int]) -> int | None:
        neighbours = self.adjacency[group]
        while pointers[group] < len(neighbours):
            cell = neighbours[pointers[group]]
            pointers[group] += 1
            owner = self.owners[cell]
            if owner == _NOBODY or levels.get(owner, -1) == levels[group] + 1:
                return cell
        return None
