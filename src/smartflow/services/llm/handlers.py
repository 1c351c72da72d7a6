"""What other services' facts mean for the bill."""

from smartflow.client.userauth import UserDeleted
from smartflow.services.llm import repository
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.subscriptions import Subscriptions


def subscribe(subscriptions: Subscriptions) -> None:
    """Name the facts."""
    subscriptions.on(UserDeleted, erase)


async def erase(unit: Unit, event: UserDeleted) -> None:
    """A deleted person leaves no call and no budget behind."""
    await repository.erase(unit, event.owner)
