"""The bus inside one process: a message is acknowledged after every subscriber's inbox has committed it.

It keeps nothing of its own, so it survives `kill -9` as the outbox does.
"""

from collections.abc import Sequence

from smartflow.shared.bus.bus import Look, Message, Receive, Undelivered
from smartflow.shared.kernel.refusal import in_short


class EmbeddedBus:
    """Calls the receivers of this process."""

    def __init__(self) -> None:
        self._groups: dict[str, tuple[frozenset[str], Receive]] = {}
        self._taps: list[tuple[frozenset[str], Look]] = []

    async def publish(self, messages: Sequence[Message]) -> None:
        """Give the messages to every group that wants them, then to whoever looks on."""
        for kinds, receive in self._groups.values():
            wanted = [message for message in messages if message.kind in kinds]
            if not wanted:
                continue
            try:
                await receive(wanted)
            except Exception as error:
                raise Undelivered(in_short(error)) from error
        for kinds, look in self._taps:
            for message in messages:
                if message.kind in kinds:
                    look(message)

    def join(self, group: str, kinds: frozenset[str], receive: Receive) -> None:
        """Have a group receive messages of some kinds."""
        self._groups[group] = (kinds, receive)

    def tap(self, kinds: frozenset[str], look: Look) -> None:
        """Let this process look at messages as they pass."""
        self._taps.append((kinds, look))
