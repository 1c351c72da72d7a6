"""Forgets what is over: sent facts, handled events, old answers."""

from datetime import timedelta

from sqlalchemy import delete, select

from smartflow.shared.database import effects
from smartflow.shared.database.database import Database
from smartflow.shared.events.tables import inbox, outbox

SENT_KEPT = timedelta(days=7)
DONE_KEPT = timedelta(days=14)
EFFECTS_KEPT = timedelta(days=30)
_PORTION = 500


async def purge(database: Database) -> None:
    """Delete in small portions, so that no writer waits long."""
    while await _portion(database):
        pass


async def _portion(database: Database) -> bool:
    async with database.work() as unit:
        old_sent = select(outbox.c.id).where(outbox.c.state == "sent", outbox.c.sent_at < unit.now - SENT_KEPT).limit(_PORTION)
        ids = [row.id for row in await unit.all(old_sent)]
        if ids:
            await unit.run(delete(outbox).where(outbox.c.id.in_(ids)))
        old_done = (
            select(inbox.c.subscriber, inbox.c.event_id)
            .where(inbox.c.state == "done", inbox.c.done_at < unit.now - DONE_KEPT)
            .limit(_PORTION)
        )
        done = await unit.all(old_done)
        for row in done:
            await unit.run(delete(inbox).where(inbox.c.subscriber == row.subscriber, inbox.c.event_id == row.event_id))
        await unit.run(delete(effects.effects).where(effects.effects.c.created_at < unit.now - EFFECTS_KEPT))
    return len(ids) == _PORTION or len(done) == _PORTION
