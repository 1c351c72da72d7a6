"""`kill -9` under load: what was accepted is there, nothing is there twice, and every fact goes out."""

import asyncio
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec import Struct

from tests.kit.people import Answer, Person, someone
from tests.kit.process import PATIENCE, Running, up

ROUNDS = int(os.environ.get("ROUNDS", "3"))
CLIENTS = 8


class Intent(Struct):
    """One thing that the load wants done, and what became of it; `answer` is None while nobody knows."""

    key: str
    method: str
    path: str
    body: dict[str, Any]
    answer: Answer | None = None


class Load:
    """Clients that create tasks and complete them, each intent under its own key."""

    def __init__(self, name: str, kill_after: int) -> None:
        self.intents: list[Intent] = []
        self.enough = asyncio.Event()
        self._name = name
        self._left = kill_after

    async def run(self, person: Person) -> None:
        """Write until the connection breaks."""
        await asyncio.gather(*(self._client(person, number) for number in range(CLIENTS)))

    async def _client(self, person: Person, client: int) -> None:
        for number in range(10_000):
            title = f"{self._name}-{client}-{number}"
            made = await self._try(person, Intent(title, "POST", "/task/create", {"title": title, "priority_group": 2}))
            if made is None:
                return
            if number % 2 == 0 and await self._try(person, Intent(title, "PUT", "/task/complete", {"task_id": made.data["id"]})) is None:
                return

    async def _try(self, person: Person, intent: Intent) -> Answer | None:
        self.intents.append(intent)
        try:
            intent.answer = await send(person, intent)
        except httpx2.TransportError:
            return None
        assert intent.answer.status == 200, intent.answer.body
        self._left -= 1
        if self._left == 0:
            self.enough.set()
        return intent.answer


async def send(person: Person, intent: Intent) -> Answer:
    return await person.ask(intent.method, intent.path, json=intent.body, key=intent.key)


def at(person: Person, http: httpx2.AsyncClient) -> Person:
    """The same person, at the process that runs now."""
    return Person(http, person.name, person.id, person.tokens)


async def killed_under_load(running: Running, person: Person, load: Load, chance: random.Random) -> list[Intent]:
    """Load it and kill it: after a number of answers, and a few turns of the loop; gives what the load wanted done."""
    writing = asyncio.create_task(load.run(person))
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait((asyncio.create_task(load.enough.wait()), writing), return_when=asyncio.FIRST_COMPLETED)
        for _ in range(chance.randrange(50)):
            await asyncio.sleep(0)
        await running.kill()
        await writing
    return load.intents


async def mended(person: Person, intents: list[Intent], chance: random.Random) -> None:
    """Repeat what nobody knows the end of, and some of what was answered; every answer is the first one."""
    for intent in intents:
        if intent.answer is None:
            intent.answer = await send(person, intent)
            assert intent.answer.status == 200, intent.answer.body
    for intent in chance.sample(intents, min(10, len(intents))):
        again = await send(person, intent)
        assert intent.answer is not None
        assert (again.data, again.headers.get("idempotency-replayed")) == (intent.answer.data, "true")


async def drained(path: Path) -> None:
    """Wait until every fact is sent and handled."""
    unfinished = [(0, "")]
    async with asyncio.timeout(PATIENCE):
        while unfinished:
            await asyncio.sleep(0.02)
            unfinished = rows(path, "SELECT id, kind FROM outbox WHERE state != 'sent'")
    assert rows(path, "SELECT kind, state, last_error FROM inbox WHERE state != 'done'") == []


def rows(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(statement).fetchall()


def wanted(intents: list[Intent]) -> Iterator[tuple[str, bool]]:
    """Tell what there must be: each title once, and whether it is done."""
    done = {intent.key for intent in intents if intent.method == "PUT"}
    for intent in intents:
        if intent.method == "POST":
            yield intent.key, intent.key in done


@pytest.mark.timeout(60 + 30 * ROUNDS)
async def test_nothing_accepted_is_lost_and_nothing_is_doubled_by_kills_under_load(tmp_path: Path) -> None:
    chance = random.Random(20260914)
    database = tmp_path / "data" / "smartflow.db"
    intents: list[Intent] = []
    person: Person | None = None

    for number in range(ROUNDS + 1):
        async with up(tmp_path) as running, httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as http:
            person = await someone(http) if person is None else at(person, http)
            await mended(person, intents, chance)
            await drained(database)
            assert sorted((task["title"], task["is_completed"]) for task in await person.tasks()) == sorted(wanted(intents))
            if number == ROUNDS:
                assert await running.stop() == 0, running.said()
                break
            load = Load(f"round-{number}", chance.randrange(20, 120))
            intents += await killed_under_load(running, person, load, chance)

    told = Counter(kind for (kind,) in rows(database, "SELECT kind FROM outbox"))
    made = Counter(intent.method for intent in intents)
    assert (told["task.created"], told["task.completed"]) == (made["POST"], made["PUT"])
    handled = rows(database, "SELECT kind, count(*), count(DISTINCT event_id) FROM inbox WHERE subscriber = 'schedule' GROUP BY kind")
    assert ("task.completed", made["PUT"], made["PUT"]) in handled
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
