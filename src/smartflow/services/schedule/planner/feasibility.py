"""Whether everything fits, decided exactly before anything is searched; and if not, the most valuable blocks that do.

In the pair model (all blocks of two sections) alike blocks are interchangeable and any set of places can be sorted, so
a matching of groups to pairs decides. With other lengths sections are counted: then a "no" is a proof, a "yes" is not.
"""

from collections.abc import Iterable
from itertools import takewhile

from msgspec import Struct

from smartflow.services.schedule.planner.answer import Unit
from smartflow.services.schedule.planner.matching import Matching
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.ranges import ranges
from smartflow.services.schedule.planner.walls import Profile, Rules

PAIR = 2


class Group(Struct, frozen=True, eq=False):
    """Blocks of one class (or one task) that may stand in the same places, in item order."""

    key: int
    pieces: tuple[Piece, ...]
    rules: Rules
    sections: int

    def demand(self, unit: Unit) -> int:
        """What the group asks for."""
        return len(self.pieces) * (self.sections if unit == "section" else 1)


class Fit(Struct, frozen=True, eq=False):
    """What matching says of a problem: the blocks worth planning, and the groups that come short."""

    unit: Unit
    groups: tuple[Group, ...]
    matching: Matching
    chosen: tuple[Piece, ...]
    width: int

    @property
    def short(self) -> list[int]:
        """The groups that lack cells: with any, not everything fits."""
        return [group for group, lacks in enumerate(self.matching.wanted) if lacks]

    @property
    def exact(self) -> bool:
        """Whether the matching decides, and its cells are a plan."""
        return self.unit == "pair"


def examine(problem: Problem) -> Fit:
    """Match all blocks to their cells."""
    unit: Unit = "pair" if all(piece.block.sections == PAIR for piece in problem.pieces) else "section"
    groups, width = _groups(problem.pieces), len(problem.board.clocks)
    adjacency = [cells(group.pieces[0].profile, unit, width) for group in groups]
    demands = [group.demand(unit) for group in groups]
    matching = Matching(problem.board.days * width, adjacency, demands)
    if unit == "section":
        matching.grow()
        return Fit(unit, groups, matching, _with_room(problem), width)
    if matching.grow():
        return Fit(unit, groups, matching, tuple(problem.pieces), width)
    matching = Matching(problem.board.days * width, adjacency, [0] * len(groups))
    matched = _most_valuable(groups, matching)
    matching.wanted = [demand - count for demand, count in zip(demands, matched, strict=True)]
    return Fit(unit, groups, matching, _chosen(groups, matched), width)


def cells(profile: Profile, unit: Unit, width: int) -> list[int]:
    """Give the cells of a profile: its pairs by their first section, or all sections that its starts cover."""
    if unit == "pair":
        return [p.day * width + p.first - 1 for p in profile.starts]
    return sorted({p.day * width + section - 1 for p in profile.starts for section in range(p.first, p.last + 1)})


def _groups(pieces: Iterable[Piece]) -> tuple[Group, ...]:
    alike: dict[tuple[int, Rules, int], list[Piece]] = {}
    for piece in pieces:
        alike.setdefault((piece.key, piece.rules, piece.block.sections), []).append(piece)
    return tuple(Group(key, tuple(members), rules, sections) for (key, rules, sections), members in alike.items())


def _most_valuable(groups: tuple[Group, ...], matching: Matching) -> list[int]:
    """Match one block after the other by falling value (placeable sets are a matroid); standing ones come first."""
    order = sorted(
        ((piece.current is None, -piece.value, piece.index), group) for group, alike in enumerate(groups) for piece in alike.pieces
    )
    matched = [0] * len(groups)
    for _, group in order:
        matched[group] += matching.augment(group)
    return matched


def _chosen(groups: tuple[Group, ...], matched: list[int]) -> tuple[Piece, ...]:
    """Take of each group as many blocks as are matched: what stands already, then the first ones."""
    kept: list[Piece] = []
    for group, count in zip(groups, matched, strict=True):
        kept += sorted(group.pieces, key=lambda piece: (piece.current is None, piece.index))[:count]
    return tuple(sorted(kept, key=lambda piece: piece.index))


def _with_room(problem: Problem) -> tuple[Piece, ...]:
    """Take of each row the blocks before the first one that its own class leaves no room."""
    roomy = {index for line in problem.lines for index in ranges(line)}
    return tuple(piece for row in problem.rows() for piece in takewhile(lambda piece: piece.index in roomy, row))
