"""The port through which time comes in."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; nothing else in the product does."""

    def now(self) -> datetime:
        """Give the current instant, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the current instant, in UTC."""
        return datetime.now(UTC)
