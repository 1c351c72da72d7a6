"""The door to the database: `read()` for what looks, `work(call)` for what changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError

from smartflow.shared.database import effects, erased, guard
from smartflow.shared.database.effects import Replay
from smartflow.shared.database.engine import Engine, Rerun, Session
from smartflow.shared.database.unit import Outbox, Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.refusal import Refusal


class Database:
    """Opens units and reads on one engine."""

    def __init__(self, engine: Engine, clock: Clock, outbox: Outbox) -> None:
        self.engine = engine
        self._clock = clock
        self._outbox = outbox

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Read]:
        """Look at what is committed; several statements see one state."""
        token = guard.opened("read")
        try:
            async with self.engine.snapshot() as session:
                yield Read(session, self._clock.now())
        finally:
            guard.closed(token)

    @asynccontextmanager
    async def once(self, call: Call) -> AsyncIterator[None]:
        """Answer a repeat before anything is asked: around methods that look, and may refuse, before they open their unit.

        A refusal inside is held against the key once more: a twin may have committed since, and then its answer counts.

        Raises:
            Replay: The call's key was answered before.
            KeyReused: The call's key belongs to another request.
        """
        await self._replay(call)
        try:
            yield
        except Refusal:
            await self._replay(call)
            raise

    @asynccontextmanager
    async def work(self, call: Call | None = None) -> AsyncIterator[Unit]:
        """Open a unit: state, events and the answer to the call's key commit together, or nothing does.

        Raises:
            Replay: The call's key was answered before.
            KeyReused: The call's key belongs to another request.
            AccountGone: The call's owner is erased: what comes late writes nothing.
            Rerun: The transaction lost against another one.
        """
        token = guard.opened("unit")
        stored: bytes | None = None
        unit: Unit | None = None
        try:
            async with self.engine.transaction() as session:
                stored = await self._answered(session, call)
                if stored is None:
                    unit = Unit(session, self._clock.now(), call)
                    yield unit
                    await self._finish(unit)
        finally:
            guard.closed(token)
        # Only now, after the group's commit: the twin whose result this is has committed too.
        if stored is not None:
            raise Replay(stored)
        if unit is not None and unit.published:
            self._outbox.committed(unit.published)

    async def _replay(self, call: Call) -> None:
        if call.key is None:
            return
        async with self.engine.snapshot() as session:
            stored = await self._answered(session, call)
        if stored is not None:
            raise Replay(stored)

    async def _answered(self, session: Session, call: Call | None) -> bytes | None:
        if call is None:
            return None
        await erased.refuse(Read(session, self._clock.now()), call.owner)
        if call.key is None:
            return None
        return await effects.find(session, call.owner, call.key, call.fingerprint or "")

    async def _finish(self, unit: Unit) -> None:
        try:
            await unit.finish(self._outbox)
        except IntegrityError as error:  # a twin stored the same key a moment ago
            raise Rerun from error
