"""What time does to memories, across owners: what is over is archived, and what was deleted is erased after 30 days."""

from collections.abc import Awaitable, Callable

from sqlalchemy import ColumnElement, and_, select

from smartflow.client.memory import Memory
from smartflow.services.memory import model, repository
from smartflow.services.memory.record import Author, Change, record
from smartflow.services.memory.repository import Standing
from smartflow.services.memory.tables import items
from smartflow.shared.database.database import Database
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import MemoryId, OwnerId

_PORTION = 100
_Due = Callable[[Read], ColumnElement[bool]]
_Act = Callable[[Unit, OwnerId, Standing, list[Memory]], Awaitable[None]]


async def archive_expired(database: Database) -> None:
    """Let rows follow the expiry that readers see already."""
    await _sweep(database, _expired, _archive)


async def erase_deleted(database: Database) -> None:
    """Erase what nobody brought back within 30 days."""
    await _sweep(database, _deleted, _erase)


async def _sweep(database: Database, due: _Due, act: _Act) -> None:
    while owners := await _owners(database, due):
        for owner in owners:
            async with database.work() as unit:
                stood = await repository.lock(unit, owner)
                ids = select(items.c.id).where(items.c.user_id == owner, due(unit)).order_by(items.c.id).limit(_PORTION)
                found = [await repository.get(unit, owner, MemoryId(row.id)) for row in await unit.all(ids)]
                await act(unit, owner, stood, [memory for memory in found if memory is not None])


async def _owners(database: Database, due: _Due) -> list[OwnerId]:
    async with database.read() as reader:
        rows = await reader.all(select(items.c.user_id).where(due(reader)).distinct().limit(_PORTION))
        return [OwnerId(row.user_id) for row in rows]


async def _archive(unit: Unit, owner: OwnerId, stood: Standing, memories: list[Memory]) -> None:
    changes = [Change("archived", memory, model.archive(memory, unit.now)) for memory in memories]
    await record(unit, owner, stood, Author(reason="ttl"), changes)


async def _erase(unit: Unit, owner: OwnerId, stood: Standing, memories: list[Memory]) -> None:
    await repository.erase(unit, owner, [memory.id for memory in memories])
    await record(unit, owner, stood, Author(), [Change("erased", memory, None) for memory in memories])


def _expired(reader: Read) -> ColumnElement[bool]:
    return and_(items.c.status == "active", items.c.ttl_at <= reader.now)


def _deleted(reader: Read) -> ColumnElement[bool]:
    return and_(items.c.status == "deleted", items.c.deleted_at < reader.now - model.DELETED_KEPT)
