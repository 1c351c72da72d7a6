"""What time does to logins, across owners: sessions run out, and old revocations need no memory."""

from sqlalchemy import delete

from smartflow.services.userauth.tables import refreshes, revocations, sessions
from smartflow.shared.database import erased
from smartflow.shared.database.database import Database


async def forget(database: Database) -> None:
    """Drop sessions, tokens and revocations whose time is over."""
    async with database.work() as unit:
        await unit.run(delete(refreshes).where(refreshes.c.expires_at < unit.now))
        await unit.run(delete(sessions).where(sessions.c.expires_at < unit.now))
        await unit.run(delete(revocations).where(revocations.c.until < unit.now))
        await erased.forget_before(unit, unit.now - erased.KEPT)
