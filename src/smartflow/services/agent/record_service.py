"""What stands behind a conversation."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from smartflow.client.agent.api import ConversationNotFound
from smartflow.client.agent.record import Asked, Record
from smartflow.services.agent import repository, totals
from smartflow.shared.database.database import Database
from smartflow.shared.kernel.call import Call


class RecordService:
    """Serves `client.agent.record.RecordClient`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, call: Call, conversation: UUID) -> Record:
        """Give what stands behind a conversation.

        Raises:
            ConversationNotFound: The owner has no such conversation.
        """
        async with self._database.read() as reader:
            found = await repository.conversation(reader, call.owner, conversation)
            if found is None:
                raise ConversationNotFound
            asked = await repository.asked(reader, call.owner, conversation)
            return Record(totals.read(found.totals), tuple(_asked(row) for row in asked))


def _asked(row: Row[Any]) -> Asked:
    reading = None if row.answer is None else row.answer.get("reading")
    return Asked(row.id, row.run_id, row.type, row.status, row.summary, row.created_at, row.expires_at, reading)
