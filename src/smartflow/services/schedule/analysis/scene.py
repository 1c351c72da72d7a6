"""A stretch of days as it stands: every block in it with its place, whether planning may move it or not. Pure."""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from smartflow.services.schedule.planner.board import Position
from smartflow.services.schedule.planner.instance import Block
from smartflow.services.schedule.planner.piece import Entry, Piece
from smartflow.services.schedule.planner.solution import Solution
from smartflow.services.schedule.planner.weights import Weights


class Work(Struct, frozen=True):
    """A block and where it stands, if anywhere; it has a `piece` if planning may move it."""

    block: Block
    position: Position | None
    piece: Piece | None

    @property
    def value(self) -> int:
        """What leaving it out weighs."""
        return self.block.importance * self.block.sections

    @property
    def minutes(self) -> int:
        """How long it takes, inner pauses included."""
        return 0 if self.position is None else self.position.ends - self.position.begins

    @property
    def late(self) -> bool:
        """Whether it ends after its deadline."""
        due = self.block.deadline
        return due is not None and self.position is not None and self.position.ends > due


class Scene:
    """The days from `first` to `last` (both in) under a plan; `broken`: something there breaks a rule."""

    def __init__(self, solution: Solution, days: tuple[int, int], *, broken: bool = False) -> None:
        self.solution = solution
        self.days = range(days[0], days[1] + 1)
        self.broken = broken
        self.weights = Weights(solution.problem.instance)

    @cached_property
    def work(self) -> list[Work]:
        """What stands in these days, and what stands nowhere."""
        return [work for work in self._everything() if work.position is None or work.position.day in self.days]

    @property
    def placed(self) -> list[Work]:
        """What stands in these days."""
        return [work for work in self.work if work.position is not None]

    @property
    def pieces(self) -> list[Piece]:
        """What planning may move, or place."""
        return [work.piece for work in self.work if work.piece is not None]

    def worked(self) -> Iterator[tuple[int, list[Entry]]]:
        """List the days with work, with their blocks by time."""
        return ((day, entries) for day in self.days if (entries := self.solution.entries(day)))

    def under(self, solution: Solution) -> "Scene":
        """See the same days under another plan."""
        return Scene(solution, (self.days[0], self.days[-1]), broken=self.broken)

    def _everything(self) -> Iterator[Work]:
        problem = self.solution.problem
        pieces = {piece.block.source: piece for piece in problem.pieces}
        for block in problem.instance.blocks:
            piece = pieces.get(block.source)
            if piece is not None:
                yield Work(block, self.solution.spots[piece.index], piece)
            elif block.current is not None and 0 <= block.current.day < problem.board.days:
                yield Work(block, problem.board.position(block.current), None)
