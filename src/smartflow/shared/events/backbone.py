"""The backbone of one process: its relays, inboxes and workers, tied to one bus."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from smartflow.shared.bus.bus import Message
from smartflow.shared.database.unit import Read
from smartflow.shared.events.event import Event
from smartflow.shared.events.inbox import Inbox, decode, parked
from smartflow.shared.events.outbox import OutboxWriter, backlogs
from smartflow.shared.events.relay import Ports, Relay
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.events.watch import Watch
from smartflow.shared.events.worker import Worker


class Backbone:
    """Knows who publishes and who reacts in this process."""

    def __init__(self, ports: Ports, writer: OutboxWriter) -> None:
        self._ports = ports
        self.relays: dict[str, Relay] = {}
        self.workers: dict[str, Worker] = {}
        writer.ring(self._wake)

    def publisher(self, name: str) -> None:
        """Run the relay of a service that lives here."""
        self.relays[name] = Relay(name, self._ports)

    def subscribe(self, subscriptions: Subscriptions) -> None:
        """Join the bus with everything a service reacts to."""
        ports = self._ports
        for subscriber, reactions in subscriptions.reactions.items():
            box = Inbox(subscriber, reactions, ports.database, ports.faults, watch=ports.watch)
            self.workers[subscriber] = Worker(box, ports.database, ports.entropy)
            ports.bus.join(f"smartflow.{subscriber}", frozenset(reactions), box.receive)
        for event, look in subscriptions.taps:
            ports.bus.tap(frozenset({event.kind}), _looking(event, look, ports.watch))

    async def settle(self) -> None:
        """Carry every committed fact to its effects, as far as they are due."""
        moved = 1
        while moved:
            moved = sum([await relay.step() for relay in self.relays.values()])
            moved += sum([await worker.step() for worker in self.workers.values()])

    async def oldest_pending(self, reader: Read) -> datetime | None:
        """Say since when the oldest fact of those who publish here waits to be sent, if one does."""
        return min((each.since for each in (await backlogs(reader, self.relays)).values() if each.since), default=None)

    async def take_stock(self) -> None:
        """Tell how much waits: in the outboxes of who publishes here, in the inboxes of who reacts here."""
        watch = self._ports.watch
        async with self._ports.database.read() as reader:
            for publisher, (waiting, since) in (await backlogs(reader, self.relays)).items():
                watch.backlog(publisher, waiting, (reader.now - since).total_seconds() if since else 0.0)
            for subscriber, (waiting, dead) in (await parked(reader, self.workers)).items():
                watch.parked(subscriber, waiting, dead)

    async def close(self) -> None:
        """Let other processes take over the relays at once."""
        for relay in self.relays.values():
            await relay.close()

    def _wake(self, publisher: str) -> None:
        relay = self.relays.get(publisher)
        if relay is not None:
            relay.wake.set()


def _looking(event: type[Event], look: Callable[[Any], None], watch: Watch) -> Callable[[Message], None]:
    def tapped(message: Message) -> None:
        if message.schema != event.schema:
            return
        try:
            look(decode(message.payload, event))
        except Exception as error:  # noqa: BLE001 - who only looks on may miss something, and holds nobody up
            watch.overlooked(message.kind, error)

    return tapped
