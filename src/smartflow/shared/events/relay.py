"""The relay: carries committed facts from the outbox to the bus, one per publisher, under a lease."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from smartflow.shared.bus.bus import Bus, Message, Undelivered
from smartflow.shared.database.database import Database
from smartflow.shared.database.faults import Faults
from smartflow.shared.database.lease import Held, LeaseLost, Leases, still_ours
from smartflow.shared.events import outbox
from smartflow.shared.events.watch import Watch
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.trace import span

BATCH = 500
LEASE = timedelta(seconds=10)
_LONGEST_PAUSE = 30.0


class Ports(Struct, frozen=True):
    """What relays and inboxes stand on."""

    database: Database
    bus: Bus
    leases: Leases
    clock: Clock
    entropy: Entropy
    faults: Faults
    watch: Watch = Watch()


class Relay:
    """Drains one publisher's outbox. Outages of the bus delay facts and lose none."""

    def __init__(self, publisher: str, ports: Ports) -> None:
        self.publisher = publisher
        self.wake = asyncio.Event()
        self._name = f"relay.{publisher}"
        self._database = ports.database
        self._bus = ports.bus
        self._clock = ports.clock
        self._entropy = ports.entropy
        self._faults = ports.faults
        self._watch = ports.watch
        self._held = Held(ports.leases, self._name, LEASE, ports.clock.now)
        self._kinds = outbox.Kinds.known()
        self._failures = 0
        self._pause_until: datetime | None = None

    async def step(self) -> int:
        """Send one batch; gives how many facts left."""
        if self._pause_until is not None and self._clock.now() < self._pause_until:
            return 0
        # Looking costs nothing: the lease is asked for only when there is something to send.
        async with self._database.read() as reader:
            batch = await outbox.pending(reader, self.publisher, BATCH)
        if not batch:
            return 0
        fence = await self._held.fence()
        if fence is None:
            return 0
        try:
            with span("outbox.publish", publisher=self.publisher, facts=len(batch)):
                await self._bus.publish(batch)
        except Undelivered as error:
            await self._pause(batch[0], error)
            return 0
        self._faults.at("relay.published")
        return await self._acknowledge(batch, fence)

    async def drain(self) -> None:
        """Send until nothing is pending."""
        self.wake.clear()
        while await self.step():
            pass

    async def _acknowledge(self, batch: Sequence[Message], fence: int) -> int:
        now = self._clock.now()
        try:
            async with self._database.work() as unit:
                await still_ours(unit, self._name, fence)
                await outbox.sent(unit, batch, self._kinds)
                self._faults.at("relay.before_commit")
        except LeaseLost as error:
            # Whoever holds it now sends them again, and the inboxes absorb that.
            self._held.lost()
            self._watch.unsent(self.publisher, error)
            return 0
        self._faults.at("relay.after_commit")
        self._failures = 0
        self._watch.sent(self.publisher, [(now - message.occurred_at).total_seconds() for message in batch])
        return len(batch)

    async def _pause(self, first: Message, error: Undelivered) -> None:
        self._failures += 1
        self._watch.unsent(self.publisher, error)
        seconds = min(2.0 ** min(self._failures, 6) / 4, _LONGEST_PAUSE) * (0.5 + self._entropy.fraction() / 2)
        self._pause_until = self._clock.now() + timedelta(seconds=seconds)
        async with self._database.work() as unit:
            await outbox.failed(unit, first, str(error))

    async def close(self) -> None:
        """Let another process go on at once."""
        await self._held.release()
