"""A start after `kill -9`: what the dead process held is taken over at once."""

import asyncio
from pathlib import Path

import httpx2

from tests.chaos.test_kill import at, drained, rows
from tests.kit.people import Person, someone
from tests.kit.process import PATIENCE, up

# Far less than the ten seconds for which the dead process's leases would go on.
AT_ONCE = 3


async def test_the_first_facts_after_a_kill_do_not_wait_for_the_dead_ones_leases(tmp_path: Path) -> None:
    database = tmp_path / "data" / "smartflow.db"
    async with up(tmp_path) as running, httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as http:
        person = await someone(http)
        await completed(person, "Report")
        await drained(database)
        await running.kill()

    async with up(tmp_path) as running, httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as http:
        await completed(at(person, http), "Essay")
        async with asyncio.timeout(AT_ONCE):
            while len(rows(database, "SELECT 1 FROM inbox WHERE kind = 'task.completed' AND state = 'done'")) < 2:
                await asyncio.sleep(0.02)


async def completed(person: Person, title: str) -> None:
    """Make a task and complete it."""
    made = await person.ask("POST", "/task/create", json={"title": title, "priority_group": 2}, key=f"make-{title}")
    done = await person.ask("PUT", "/task/complete", json={"task_id": made.data["id"]}, key=f"complete-{title}")
    assert done.status == 200, done.body
