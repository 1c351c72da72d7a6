"""How many units per second the database commits, against bare sqlite3 with one client, in the same run.

`raw` is a state and a fact in one transaction (an update, an outbox row), on a unit; `create` is the whole use case
with a key: effects looked up, task, fact and answer stored. Every commit is durable (synchronous=FULL).
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import uvloop
from sqlalchemy import bindparam, update

from smartflow.client.task import Quadrant, TaskClient, TaskCompleted, TaskDraft
from smartflow.cmd.migrate import upgrade
from smartflow.services.task.service import TaskService
from smartflow.services.task.tables import tasks
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.database.database import Database
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.events.outbox import OutboxWriter
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.kernel.ids import OwnerId, SystemEntropy, TaskId

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
ALONE, TOGETHER = 400, 6400
OWNER = OwnerId(1)
TOUCH = update(tasks).where(tasks.c.id == bindparam("task")).values(version=tasks.c.version + 1)
BARE_TOUCH = "UPDATE task_tasks SET version = version + 1 WHERE id = ?"
BARE_TELL = (
    "INSERT INTO outbox (event_id, publisher, kind, schema_version, ordering_key, user_id, payload, trace, occurred_at, state, attempts) "
    "VALUES (?, 'task', 'task.completed', 1, '1', 1, '{\"owner\":1,\"task_id\":1,\"version\":2}', '', '2026-09-14 10:00:00', 'pending', 0)"
)
Step = Callable[[int], Awaitable[object]]


def bare(path: Path, count: int) -> float:
    """Commit the raw transaction with nothing of ours in between."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    entropy = SystemEntropy()
    began = time.perf_counter()
    for _ in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(BARE_TOUCH, (1,))
        connection.execute(BARE_TELL, (entropy.uuid().hex,))
        connection.execute("COMMIT")
    rate = count / (time.perf_counter() - began)
    connection.close()
    return rate


async def rate(step: Step, clients: int, count: int) -> float:
    """Run a step so often, by so many tasks at once."""

    async def client(first: int) -> None:
        for number in range(first, count, clients):
            await step(number)

    began = time.perf_counter()
    await asyncio.gather(*(client(first) for first in range(clients)))
    return count / (time.perf_counter() - began)


async def measure(path: Path) -> dict[str, list[float]]:
    """Run the rounds; within one, everything in turn."""
    engine = SqliteEngine(path)
    await engine.open()
    database = Database(engine, SystemClock(), OutboxWriter(SystemEntropy()))
    service = local(Contract(TaskClient), TaskService(database), clock=SystemClock())
    await service.create(Call(owner=OWNER, request_id="first"), TaskDraft("Lab report", Quadrant.IMPORTANT))
    found: dict[str, list[float]] = {name: [] for name in ("bare", "raw 1", "raw 64", "create 1", "create 64")}
    for number in range(ROUNDS):

        async def raw(_: int) -> None:
            async with database.work() as unit:
                await unit.run(TOUCH, {"task": 1})
                unit.publish(TaskCompleted(OWNER, TaskId(1), 2))

        async def create(each: int, prefix: str) -> None:
            key = f"{prefix}-{each}"
            await service.create(Call(owner=OWNER, request_id=key, key=key, fingerprint=key), TaskDraft("Lab report", Quadrant.IMPORTANT))

        found["bare"].append(bare(path, ALONE))
        for clients, count in ((1, ALONE), (64, TOGETHER)):
            found[f"raw {clients}"].append(await rate(raw, clients, count))
            prefix = f"{number}-{clients}"
            found[f"create {clients}"].append(await rate(lambda each, prefix=prefix: create(each, prefix), clients, count // 2))
    await engine.close()
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        upgrade(path)
        found = uvloop.run(measure(path))
    base = median(found["bare"])
    print(f"{'what':10} {'units/s':>9} {'x bare':>7}   (medians of {ROUNDS} rounds)")
    for name, rates in found.items():
        print(f"{name:10} {median(rates):9.0f} {median(rates) / base:7.2f}")


if __name__ == "__main__":
    main()
