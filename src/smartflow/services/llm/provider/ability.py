"""What the servers of models can do, learned from what they refuse."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from smartflow.services.llm.model import Place
from smartflow.services.llm.provider.failure import Failure
from smartflow.services.llm.provider.structure import WAYS, Way
from smartflow.shared.kernel.clock import Clock

KEPT = timedelta(hours=24)
_NEWER_LIMIT = "max_completion_tokens"
_TOO_LONG = "context"


class Ability(Struct, frozen=True):
    """What a model takes: how objects are asked for, the name of the output limit, and two members that not all know."""

    way: Way = "json_schema"
    limit: str = "max_tokens"
    usage: bool = True
    effort: bool = True


class Abilities:
    """Remembers, for a day, what each model takes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[Place, tuple[datetime, Ability]] = {}

    def of(self, place: Place) -> Ability:
        """Say what a model takes, as far as is known: everything, until it has refused something."""
        until, known = self._known.get(place, (None, Ability()))
        return known if until is not None and self._clock.now() < until else Ability()

    def learn(self, place: Place, used: Ability, sent: Mapping[str, object], failure: Failure) -> bool:
        """Learn from the refusal of what was sent by an ability; gives whether a request made anew will be another one."""
        known = self.of(place)
        if known != used:
            return True  # learned meanwhile, from another request
        left = without(known, sent, failure)
        if left == known:
            return False
        until, _ = self._known.get(place, (self._clock.now(), known))
        self._known[place] = (until if until > self._clock.now() else self._clock.now() + KEPT, left)
        return True


def without(known: Ability, sent: Mapping[str, object], failure: Failure) -> Ability:
    """Say what is left of an ability after a refusal of what was sent: that which the server names, else the format."""
    if not failure.is_refusal:
        return known
    if "stream_options" in sent and "stream_options" in failure.said:
        return replace(known, usage=False)
    if "reasoning_effort" in sent and "reasoning_effort" in failure.said:
        return replace(known, effort=False)
    if known.limit in sent and known.limit != _NEWER_LIMIT and _NEWER_LIMIT in failure.said:
        return replace(known, limit=_NEWER_LIMIT)
    # A prompt that is too long is too long in any format.
    if "response_format" in sent and _TOO_LONG not in failure.said:
        return replace(known, way=WAYS[WAYS.index(known.way) + 1])
    return known
