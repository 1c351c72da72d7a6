"""Events as services declare them."""

from typing import ClassVar

from msgspec import Struct

from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.ids import OwnerId

LARGEST_PAYLOAD = 256 * 1024


class Event(Struct, frozen=True):
    """Base of all facts. A changed field needs a new `schema`; payloads carry ids and numbers, no personal text."""

    kind: ClassVar[str]
    publisher: ClassVar[str]
    schema: ClassVar[int] = 1
    # A fact about somebody who is erased has no effect any more, but for that which says so.
    outlives: ClassVar[bool] = False
    # Members with what a person said: once a fact is sent, its row keeps them no longer.
    private: ClassVar[frozenset[str]] = frozenset()

    owner: OwnerId

    def key(self) -> str:
        """Name what the order of this event is kept within."""
        return str(self.owner)


def encode(event: Event) -> str:
    """Encode an event's payload.

    Raises:
        ValueError: It is larger than a payload may be.
    """
    payload = to_json(event)
    if len(payload) > LARGEST_PAYLOAD:
        message = f"{event.kind} is larger than {LARGEST_PAYLOAD} bytes"
        raise ValueError(message)
    return payload.decode()


def every_event(base: type[Event] = Event) -> list[type[Event]]:
    """List all events that are defined, by kind."""
    found = [child for child in base.__subclasses__() if "kind" in child.__dict__]
    for child in base.__subclasses__():
        found += every_event(child)
    return sorted(found, key=lambda event: event.kind)
