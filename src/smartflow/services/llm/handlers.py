"""What other services' facts mean for the bill."""

from smartflow.client.agent.events import ConversationDeleted
from smartflow.client.userauth import UserDeleted
from smartflow.services.llm import repository
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.subscriptions import Subscriptions


def subscribe(subscriptions: Subscriptions) -> None:
    """Name the facts."""
    subscriptions.on(UserDeleted, erase)
    subscriptions.on(ConversationDeleted, leave)


async def erase(unit: Unit, event: UserDeleted) -> None:
    """A deleted person leaves no call and no budget behind."""
    await repository.erase(unit, event.owner)


async def leave(unit: Unit, event: ConversationDeleted) -> None:
    """What a deleted conversation cost stays on the bill, without its name."""
    await repository.forget_conversation(unit, event.owner, event.conversation_id)
