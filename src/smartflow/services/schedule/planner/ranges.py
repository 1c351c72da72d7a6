"""How far item order alone lets each block of a class go, whatever the others do."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.walls import FOREVER

Range = tuple[int, int]


def ranges(line: Iterable[Piece]) -> dict[int, Range]:
    """Give, by piece, the range of its starts (end out) that leaves its siblings room; those without room are left out."""
    lows, after = list[tuple[Piece, int]](), -FOREVER
    for piece in line:
        low = bisect_left(piece.profile.begins, after)
        if low < len(piece.profile.starts):
            lows.append((piece, low))
            after = piece.profile.ends[low]
    found, before = dict[int, Range](), FOREVER
    for piece, low in reversed(lows):
        high = bisect_right(piece.profile.ends, before)
        found[piece.index] = (low, high)
        before = piece.profile.begins[high - 1]
    return found
