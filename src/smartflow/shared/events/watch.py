"""What the backbone tells of itself, for numbers and the log: names of kinds and ids, never what an event says."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from smartflow.shared.kernel.trace import Origin


class Reacted(Struct, frozen=True):
    """One event at one subscriber."""

    subscriber: str
    kind: str
    event_id: UUID
    origin: Origin


class Watch:
    """Hears what happens to events; this one lets it pass."""

    def sent(self, publisher: str, waited: Sequence[float]) -> None:
        """Hear that a batch left, and how many seconds each of its facts took from its commit to its acknowledgement."""

    def unsent(self, publisher: str, error: Exception) -> None:
        """Hear that a batch stays where it is: the bus was away, or another relay has taken over."""

    def handled(self, reacted: Reacted, seconds: float) -> None:
        """Hear that a reaction's effect is committed, and how long it took."""

    def failed(self, reacted: Reacted, error: Exception, *, dead: bool) -> None:
        """Hear that a reaction failed: it will be tried again, or waits for an operator."""

    def overlooked(self, kind: str, error: Exception) -> None:
        """Hear that somebody who only looks on failed at an event, and has missed it."""

    def absorbed(self, subscriber: str, count: int) -> None:
        """Hear that events came again."""

    def backlog(self, publisher: str, count: int, seconds: float) -> None:
        """Hear how many facts wait to be sent, and for how long the oldest has."""

    def parked(self, subscriber: str, waiting: int, dead: int) -> None:
        """Hear how many events wait for a try, and how many for an operator."""
