"""Who asks, on whose behalf, in which language, until when, and under which key."""

from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.text import Language


class Actor(StrEnum):
    """Who acts for the owner."""

    PERSON = "person"
    ASSISTANT = "assistant"
    ACTIVE_SCHEDULER = "active_scheduler"
    SYSTEM = "system"


class Call(Struct, frozen=True, kw_only=True):
    """The first parameter of every client method.

    A call with a `key` has one effect, however often it is made; `fingerprint` tells an honest repeat from another
    request under the same key. `deadline` is an instant in UTC.
    """

    owner: OwnerId
    request_id: str
    actor: Actor = Actor.PERSON
    language: Language = "en"
    zone: str = "Asia/Shanghai"
    deadline: datetime | None = None
    key: str | None = None
    fingerprint: str | None = None

    def part(self, name: str) -> "Call":
        """Derive the call of a second keyed step of the same use case."""
        return self if self.key is None else replace(self, key=f"{self.key}/{name}")


class Replays:
    """Notes, for one request, which of its keyed steps were answered from a stored result."""

    def __init__(self) -> None:
        self._steps: list[bool] = []

    def record(self, *, replayed: bool) -> None:
        """Note one keyed step."""
        self._steps.append(replayed)

    def whole(self) -> bool:
        """Tell whether the answer is a stored one: whatever was asked before, the last step is the one that writes."""
        return bool(self._steps) and self._steps[-1]


REPLAYS: ContextVar[Replays | None] = ContextVar("replays", default=None)
