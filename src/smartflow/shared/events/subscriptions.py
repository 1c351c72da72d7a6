"""Who reacts to what: `on` in the event's own transaction, `work` outside any, `tap` for whoever looks on."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from msgspec import Struct

from smartflow.shared.database.unit import Unit
from smartflow.shared.events.event import Event

E = TypeVar("E", bound=Event)
Settle = Callable[[], AbstractAsyncContextManager[Unit]]
OnReaction = Callable[[Unit, E], Awaitable[None]]
WorkReaction = Callable[[E, Settle], Awaitable[None]]
TapReaction = Callable[[E], None]


class Reaction(Struct, frozen=True):
    """One subscriber's reaction to one kind of event; `apart` reactions run outside any transaction."""

    event: type[Event]
    run: Callable[..., Awaitable[None]]
    apart: bool
    tries: int


class Subscriptions:
    """Collects what one service reacts to."""

    def __init__(self, service: str) -> None:
        self._service = service
        self.reactions: dict[str, dict[str, Reaction]] = {}
        self.taps: list[tuple[type[Event], Callable[[Any], None]]] = []

    def on(self, event: type[E], reaction: OnReaction[E], *, as_: str = "", tries: int = 12) -> None:
        """React inside the transaction that marks the event as handled."""
        self._add(as_, Reaction(event, reaction, apart=False, tries=tries))

    def work(self, event: type[E], reaction: WorkReaction[E], *, as_: str = "", tries: int = 12) -> None:
        """React outside any transaction; what `settle()` opens commits the effect and marks the event as handled."""
        self._add(as_, Reaction(event, reaction, apart=True, tries=tries))

    def tap(self, event: type[E], reaction: TapReaction[E]) -> None:
        """Hear of an event in this process, from now on; it may be missed."""
        self.taps.append((event, reaction))

    def _add(self, as_: str, reaction: Reaction) -> None:
        subscriber = f"{self._service}.{as_}" if as_ else self._service
        mine = self.reactions.setdefault(subscriber, {})
        if reaction.event.kind in mine:
            message = f"{subscriber} reacts to {reaction.event.kind} already; a second reaction needs a name (as_)"
            raise ValueError(message)
        mine[reaction.event.kind] = reaction
