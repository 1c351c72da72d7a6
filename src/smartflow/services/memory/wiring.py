"""What is remembered, as a part of a process."""

from datetime import timedelta
from functools import partial

from smartflow.client.memory import MemoryClient
from smartflow.services.memory import handlers, sweep, tables
from smartflow.services.memory.recall.matrix import Matrices
from smartflow.services.memory.recall.uses import Uses
from smartflow.services.memory.service import MemoryService
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part


def memory_part(ground: Ground) -> Part[MemoryClient]:
    """Build the memory, the sweeps that archive what is over and erase what was deleted, and the loop that writes what was used."""
    hour, database = timedelta(hours=1), ground.database
    expired = Loop("memory.expired", every=hour, run=partial(sweep.archive_expired, database))
    deleted = Loop("memory.deleted", every=hour, run=partial(sweep.erase_deleted, database))
    uses = Uses(database)
    used = Loop("memory.used", every=timedelta(seconds=30), run=uses.write, leased=False)
    service = MemoryService(database, Matrices(database, ground.clock, ground.entropy), uses, ground.metrics)
    return Part("memory", service, tables.metadata, handlers.subscribe, (expired, deleted, used))
