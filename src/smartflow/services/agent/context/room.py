"""How much a request may take, by the window of the model that it is for. Pure."""

from msgspec import Struct

BUDGET = 76_000
"""What all blocks together take at most, in tokens, however large a window is."""
_OF_WINDOW = 0.6


class Room(Struct, frozen=True):
    """What there is room for, in tokens."""

    total: int = BUDGET

    @classmethod
    def within(cls, window: int | None) -> "Room":
        """Give the room in a model's window; none: nobody's window is in the way."""
        return cls() if window is None else cls(min(BUDGET, int(window * _OF_WINDOW)))

    def share(self, block: int) -> int:
        """Say what is left of a block: all of them shrink alike."""
        return block * self.total // BUDGET
