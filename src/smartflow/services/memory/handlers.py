"""What other services' facts mean for what is remembered."""

from smartflow.client.userauth import UserDeleted
from smartflow.services.memory import repository
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.subscriptions import Subscriptions


def subscribe(subscriptions: Subscriptions) -> None:
    """Name the facts."""
    subscriptions.on(UserDeleted, erase)


async def erase(unit: Unit, event: UserDeleted) -> None:
    """Of a deleted person nothing is remembered."""
    await repository.erase_all(unit, event.owner)
