"""What other services' facts mean for what is remembered."""

from smartflow.client.agent.events import ConversationDeleted
from smartflow.client.userauth import UserDeleted
from smartflow.services.memory import model, repository
from smartflow.services.memory.record import Author, Change, record
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.subscriptions import Subscriptions


def subscribe(subscriptions: Subscriptions) -> None:
    """Name the facts."""
    subscriptions.on(UserDeleted, erase)
    subscriptions.on(ConversationDeleted, leave)


async def erase(unit: Unit, event: UserDeleted) -> None:
    """Of a deleted person nothing is remembered."""
    await repository.erase_all(unit, event.owner)


async def leave(unit: Unit, event: ConversationDeleted) -> None:
    """Nothing leads to a deleted conversation; with `memories` what was said only there goes for good."""
    owner, there = event.owner, event.conversation_id
    if not await repository.learned_in(unit, owner, there):
        return
    stood = await repository.lock(unit, owner)
    found = await repository.learned_in(unit, owner, there)
    gone = [memory for memory in found if event.memories and model.is_from_there_only(memory, there)]
    kept = [memory for memory in found if memory not in gone]
    await repository.erase(unit, owner, [memory.id for memory in gone])
    await repository.forget_answers(unit, owner, [memory.id for memory in kept])
    changes = [Change("erased", memory, None) for memory in gone]
    changes += [Change("changed", memory, model.without_trace(memory, there, unit.now)) for memory in kept]
    await record(unit, owner, stood, Author(reason="conversation deleted"), changes)
