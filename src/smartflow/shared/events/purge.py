"""Forgets what is over: sent facts, handled events, old answers, and who was erased long ago."""

from datetime import timedelta

from sqlalchemy import and_, delete, select, tuple_

from smartflow.shared.database import effects, erased
from smartflow.shared.database.database import Database
from smartflow.shared.events.tables import inbox, outbox

SENT_KEPT = timedelta(days=7)
DONE_KEPT = timedelta(days=14)
EFFECTS_KEPT = timedelta(days=30)
_PORTION = 500


async def purge(database: Database) -> None:
    """Delete in small portions, so that no writer waits long."""
    for portion in (_sent, _done, _answers):
        while await portion(database) == _PORTION:
            pass


async def _sent(database: Database) -> int:
    async with database.work() as unit:
        # The oldest first: where they are too young to go, so are all others, and nobody looks at those.
        sent = select(outbox.c.id, outbox.c.sent_at).where(outbox.c.state == "sent")
        oldest = await unit.all(sent.order_by(outbox.c.id).limit(_PORTION))
        old = [row.id for row in oldest if row.sent_at < unit.now - SENT_KEPT]
        return await unit.run(delete(outbox).where(outbox.c.id.in_(old))) if old else 0


async def _done(database: Database) -> int:
    async with database.work() as unit:
        old = and_(inbox.c.state == "done", inbox.c.done_at < unit.now - DONE_KEPT)
        rows = await unit.all(select(inbox.c.subscriber, inbox.c.event_id).where(old).limit(_PORTION))
        keys = [(row.subscriber, row.event_id) for row in rows]
        return await unit.run(delete(inbox).where(tuple_(inbox.c.subscriber, inbox.c.event_id).in_(keys))) if keys else 0


async def _answers(database: Database) -> int:
    kept = effects.effects.c
    async with database.work() as unit:
        await erased.forget_before(unit, unit.now - erased.KEPT)
        rows = await unit.all(select(kept.owner, kept.effect_key).where(kept.created_at < unit.now - EFFECTS_KEPT).limit(_PORTION))
        keys = [(row.owner, row.effect_key) for row in rows]
        return await unit.run(delete(effects.effects).where(tuple_(kept.owner, kept.effect_key).in_(keys))) if keys else 0
