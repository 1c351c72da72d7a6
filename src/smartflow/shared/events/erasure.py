"""What the backbone itself keeps of a person, and how that goes with the person."""

from sqlalchemy import delete

from smartflow.shared.database import erased
from smartflow.shared.database.effects import effects
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.event import Event
from smartflow.shared.events.tables import inbox, outbox


async def erase(unit: Unit, event: Event) -> None:
    """React to the end of an account: its answers, told facts and handled or waiting ones go, and it stays known as gone.

    The fact itself stays: other subscribers in this database may still have to handle it.
    """
    owner = event.owner
    await erased.remember(unit, owner)
    await unit.run(delete(effects).where(effects.c.owner == owner))
    await unit.run(delete(outbox).where(outbox.c.user_id == owner, outbox.c.kind != event.kind, outbox.c.state == "sent"))
    await unit.run(delete(inbox).where(inbox.c.user_id == owner, inbox.c.kind != event.kind))
