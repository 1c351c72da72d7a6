"""Named moments at which a test may fail or kill the process; nothing happens there in the product."""

from typing import Protocol


class Faults(Protocol):
    """Told of every such moment."""

    def at(self, point: str) -> None:
        """Pass the moment `point`, or raise, or end the process."""
        ...


class NoFaults:
    """The product's own: every moment passes."""

    def at(self, point: str) -> None:
        """Pass."""
