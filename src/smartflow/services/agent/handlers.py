"""What other services' facts mean for conversations, and the checkpoint that travels through the backbone."""

from sqlalchemy import select, update

from smartflow.client.agent.events import StateSnapshot
from smartflow.client.llm import UsageRecorded
from smartflow.client.userauth import UserDeleted
from smartflow.services.agent import repository, totals
from smartflow.services.agent.engine.job import lease_of
from smartflow.services.agent.tables import snapshots
from smartflow.shared.database.lease import forget
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.subscriptions import Subscriptions


def subscribe(subscriptions: Subscriptions) -> None:
    """Name the facts."""
    subscriptions.on(UserDeleted, erase)
    subscriptions.on(StateSnapshot, keep)
    subscriptions.on(UsageRecorded, add_up)


async def erase(unit: Unit, event: UserDeleted) -> None:
    """A deleted person leaves no conversation behind, and no lease of an answer that was being made."""
    for run in await repository.unended(unit, event.owner):
        await forget(unit, lease_of(run))
    await repository.erase(unit, event.owner)


async def keep(unit: Unit, event: StateSnapshot) -> None:
    """Keep the newest checkpoint of a conversation: one row each, and an older revision never overwrites a newer one."""
    if await repository.conversation(unit, event.owner, event.conversation_id) is None:
        return
    mine = snapshots.c.conversation_id == event.conversation_id
    known = await unit.value(select(snapshots.c.revision).where(mine).with_for_update())
    values = {"phase": event.phase, "revision": event.revision, "format": event.format, "body": event.snapshot, "updated_at": unit.now}
    if known is None:
        await unit.run(snapshots.insert(), {"conversation_id": event.conversation_id, "user_id": event.owner, **values})
    elif known < event.revision:
        await unit.run(update(snapshots).where(mine).values(**values))


async def add_up(unit: Unit, event: UsageRecorded) -> None:
    """Add what a settled answer took to its conversation; that of one which is gone is on the bill alone."""
    if event.conversation_id is None:
        return
    found = await repository.conversation(unit, event.owner, event.conversation_id, lock=True)
    if found is not None:
        taken = totals.plus(totals.read(found.totals), event.usage)
        await repository.set_conversation(unit, event.owner, event.conversation_id, totals=totals.written(taken))
