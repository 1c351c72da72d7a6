"""What time does to talks, across owners: what was asked and not answered in time is expired."""

from sqlalchemy import and_, select, update

from smartflow.services.agent.tables import interactions
from smartflow.shared.database.database import Database


async def expire(database: Database) -> None:
    """Let rows follow what readers see already."""
    async with database.read() as reader:
        over = and_(interactions.c.status == "open", interactions.c.expires_at <= reader.now)
        # Looking first costs no commit: mostly there is nothing.
        if await reader.first(select(interactions.c.id).where(over).limit(1)) is None:
            return
    async with database.work() as unit:
        await unit.run(update(interactions).where(over).values(status="expired"))
