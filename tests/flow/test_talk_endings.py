"""How answers come to an end from elsewhere: by another process, with their conversation, with their person."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from smartflow.services.agent.tables import conversations, log, runs
from smartflow.shared.database.lease import leases
from smartflow.shared.database.unit import Unit
from tests.flow.test_talk_engine import begins, conversation_of, has_spoken, talking, until
from tests.kit.app import App
from tests.kit.model_server import HANG, breaks, says
from tests.kit.people import PASSWORD

OF_RUNS = leases.c.name.like("run.%")


async def kept(app: App) -> list[Any]:
    """List the leases of runs."""
    async with app.product.host.database.read() as reader:
        return list(await reader.all(select(leases).where(OF_RUNS)))


async def left_by(app: App, holder: str, *, until_: timedelta) -> None:
    """Have another process hold every run, and whoever answers here know it."""
    async with app.product.host.database.work() as unit:
        await unit.run(update(leases).where(OF_RUNS).values(holder=holder, fence=7, until=unit.now + until_))
    await app.run_loop("agent.beat")
    await app.product.host.parts[-1].settle()


async def end_elsewhere(unit: Unit) -> None:
    """End every run, as another process does."""
    await unit.run(update(runs).values(status="cancelled", ended_at=unit.now))
    await unit.run(update(conversations).values(active_run_id=None))


async def test_a_run_that_ends_while_it_is_taken_over_leaves_no_lease(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(breaks("Well", at=HANG))
        answering = begins(ming, "tell me something long")
        await until(lambda: has_spoken(app))
        await left_by(app, "another", until_=timedelta(0))

        await app.run_loop("agent.takeover")
        async with app.product.host.database.work() as unit:  # before the run that was found left is looked at
            await end_elsewhere(unit)
            await unit.run(leases.delete().where(OF_RUNS))
        await app.product.host.parts[-1].settle()

        assert await kept(app) == []
        answering.cancel()


@pytest.mark.parametrize("whole", [False, True])
async def test_what_is_deleted_while_it_is_answered_leaves_no_lease(tmp_path: Path, whole: bool) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(breaks("Well", at=HANG))
        answering = begins(ming, "tell me something long")
        await until(lambda: has_spoken(app))
        conversation = (await conversation_of(app)).id

        if whole:
            await ming.delete("/user/me", {"password": PASSWORD})
            await app.product.host.backbone.settle()
        else:
            await ming.delete(f"/agent/conversations/{conversation}")
        await app.settle()

        assert await kept(app) == []
        answering.cancel()


async def test_nothing_is_added_to_an_answer_that_is_over_whoever_holds_its_lease(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(breaks("Well", at=HANG), says(", all is well."))
        answering = begins(ming, "tell me something long")
        await until(lambda: has_spoken(app))
        async with app.product.host.database.work() as unit:
            await end_elsewhere(unit)

        await app.product.host.parts[-1].settle()

        async with app.product.host.database.read() as reader:
            assert [row.kind for row in await reader.all(select(log.c.kind).order_by(log.c.pos))] == ["user_text", "assistant_text"]
        assert await kept(app) == []
        answering.cancel()
