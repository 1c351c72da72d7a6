"""A block that this planning decides, with all that was worked out about it once."""

from msgspec import Struct

from smartflow.services.schedule.planner.board import Position
from smartflow.services.schedule.planner.instance import Block, StudyClass
from smartflow.services.schedule.planner.spread import Spread
from smartflow.services.schedule.planner.walls import Profile, Rules


class Piece(Struct, frozen=True, eq=False):
    """One block to place.

    `key` tells classes apart (a task is its own). `current` is its legal standing place, if it has one. `target` is the
    usable day that an even spread wants. `deadline` is when its time ends: a task's, or for a class's last item
    the end of the window (a `closing` piece pays for a thin cushion). It is left out if the sibling that it `follows` is.
    """

    index: int
    key: int
    block: Block
    study: StudyClass | None
    rules: Rules
    profile: Profile
    current: Position | None
    spread: Spread | None
    target: int | None
    deadline: int | None
    closing: bool
    follows: "Piece | None"

    @property
    def heavy(self) -> bool:
        """Whether its work counts as heavy."""
        return self.study is not None and self.study.heavy

    @property
    def steady(self) -> bool:
        """Whether its class wants an even spread."""
        return self.study is not None and self.study.strategy == "steady"

    @property
    def value(self) -> int:
        """What leaving it out weighs."""
        return self.block.importance * self.block.sections


class Entry(Struct, frozen=True, gc=False):
    """A block as a day sees it; `piece` is -1 for one that stays."""

    first: int
    last: int
    begins: int
    ends: int
    mask: int
    key: int
    heavy: bool
    steady: bool
    piece: int


def entry(piece: Piece, position: Position) -> Entry:
    """See a piece at a position as its day would."""
    p = position
    return Entry(p.first, p.last, p.begins, p.ends, p.mask, piece.key, piece.heavy, piece.steady, piece.index)
