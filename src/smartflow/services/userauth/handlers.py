"""What the deletion of an account means for what this database keeps beside the accounts."""

from smartflow.client.userauth import UserDeleted
from smartflow.shared.events import erasure
from smartflow.shared.events.subscriptions import Subscriptions


def subscribe(subscriptions: Subscriptions) -> None:
    """Name the facts."""
    subscriptions.on(UserDeleted, erasure.erase)
