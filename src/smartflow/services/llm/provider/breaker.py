"""Leaves models alone that keep failing."""

from collections import deque
from datetime import datetime, timedelta

from smartflow.services.llm.model import Place
from smartflow.services.llm.provider.failure import Failure
from smartflow.shared.kernel.clock import Clock

MOST_FAILURES = 5
WINDOW = timedelta(seconds=30)
PAUSE = timedelta(seconds=30)


class Breaker:
    """Five failures in half a minute: nobody asks for half a minute, then one call tries."""

    def __init__(self) -> None:
        self._failures: deque[datetime] = deque(maxlen=MOST_FAILURES)
        self._shut_until: datetime | None = None

    def lets_through(self, now: datetime) -> bool:
        """Tell whether a call may be made; the first after the pause is the probe, and holds the others off."""
        if self._shut_until is None:
            return True
        if now < self._shut_until:
            return False
        self._shut_until = now + PAUSE
        return True

    def failed(self, now: datetime) -> None:
        """Note a failure."""
        self._failures.append(now)
        many = len(self._failures) == MOST_FAILURES and now - self._failures[0] <= WINDOW
        if many or self._shut_until is not None:
            self._shut_until = now + PAUSE

    def succeeded(self) -> None:
        """Note a success: everything before it is forgotten."""
        self._failures.clear()
        self._shut_until = None


class Breakers:
    """One breaker for each model."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[Place, Breaker] = {}

    def enter(self, place: Place) -> None:
        """Pass the breaker of a model.

        Raises:
            Failure: It is open.
        """
        if not self._of(place).lets_through(self._clock.now()):
            raise Failure("open")

    def note(self, place: Place, failure: Failure | None = None) -> None:
        """Note how a call went; a failure that tells nothing of the model is none here."""
        if failure is None:
            self._of(place).succeeded()
        elif failure.tells_of_the_model:
            self._of(place).failed(self._clock.now())

    def _of(self, place: Place) -> Breaker:
        return self._known.setdefault(place, Breaker())
