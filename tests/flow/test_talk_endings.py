"""How answers come to an end from elsewhere: by another process, with their conversation, with their person."""

import gc
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from smartflow.client.agent.events import MessageRecorded
from smartflow.client.llm import Usage
from smartflow.services.agent import repository
from smartflow.services.agent.engine import compacting, saying
from smartflow.services.agent.repository import Line
from smartflow.services.agent.tables import conversations, log, runs
from smartflow.shared.database.lease import leases
from smartflow.shared.database.unit import Unit
from tests.flow.test_talk_engine import begins, conversation_of, has_spoken, speaking, talking, until
from tests.kit.app import App
from tests.kit.model_server import HANG, Reply, breaks, says
from tests.kit.people import PASSWORD
from tests.kit.talking import LONG, say, scripted

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


async def is_asked_to_stop(app: App) -> bool:
    async with app.product.host.database.read() as reader:
        return await reader.first(select(runs).where(runs.c.cancel_asked == 1)) is not None


async def test_a_run_that_ends_while_it_is_taken_over_leaves_no_lease(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        answering = await speaking(app, ming, server)
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
        answering = await speaking(app, ming, server)
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
        answering = await speaking(app, ming, server, says(", all is well."))
        async with app.product.host.database.work() as unit:
            await end_elsewhere(unit)

        await app.product.host.parts[-1].settle()

        async with app.product.host.database.read() as reader:
            assert [row.kind for row in await reader.all(select(log.c.kind).order_by(log.c.pos))] == ["user_text", "assistant_text"]
        assert await kept(app) == []
        answering.cancel()


async def test_an_answer_that_its_process_does_not_end_is_told_and_counted_when_it_gives_way(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        answering = await speaking(app, ming, server, says("Here I am."))
        conversation = str((await conversation_of(app)).id)
        await left_by(app, "another", until_=timedelta(0))
        app.clock.advance(timedelta(seconds=14))

        talk = await say(ming, "and now?", conversation_id=conversation)

        assert (await answering).ended == "cancelled"
        assert talk.text == "Here I am."
        told = await app.told(MessageRecorded, ming)
        assert [(each.role, each.text) for each in told] == [
            ("user", "tell me something long"),
            ("assistant", "Well"),
            ("user", "and now?"),
            ("assistant", "Here I am."),
        ]
        meta = await ming.get("/agent/conversation-meta", conversation_id=conversation)
        assert meta.data["message_count"] == 4
        numbers = (await ming.ask("GET", "//metrics")).body
        assert 'smartflow_agent_runs_total{outcome="cancelled"} 1.0' in numbers
        assert await kept(app) == []


async def test_what_an_answer_that_gave_way_had_called_for_is_never_done(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(breaks("Well", at=HANG), says("Here I am."), says("And here."))
        answering = begins(ming, "keep the essay in mind for me, would you")
        await until(lambda: has_spoken(app))
        conversation = str((await conversation_of(app)).id)
        await left_by(app, "another", until_=timedelta(0))
        async with app.product.host.database.work() as unit:
            run = await unit.first(select(runs))
            assert run is not None
            called = {"content": "Well", "calls": [{"id": "c1", "name": "create_task", "arguments": {"title": "essay"}}]}
            answer = Line("answer", {**called, "model": "m", "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
            await repository.append(unit, ming.id, run, [answer])
        app.clock.advance(timedelta(seconds=14))

        await say(ming, "and now?", conversation_id=conversation, extra={"always_execute": True})
        await say(ming, "yes", conversation_id=conversation, extra={"always_execute": True})
        await app.run_loop("agent.takeover")
        await app.settle()

        assert (await answering).ended == "cancelled"
        assert (await ming.tasks(), server.over) == ([], True)


async def test_an_answer_that_another_process_is_ending_is_waited_for(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        answering = await speaking(app, ming, server, says("Here I am."))
        conversation = str((await conversation_of(app)).id)
        await left_by(app, "another", until_=timedelta(minutes=1))
        app.clock.advance(timedelta(seconds=14))

        waiting = begins(ming, "and now?", conversation_id=conversation)
        await until(lambda: is_asked_to_stop(app))
        async with app.product.host.database.work() as unit:  # as the other process ends it
            (run,) = await unit.all(select(runs))
            await repository.append(unit, ming.id, run, [saying.text(" and good"), *saying.end("cancelled", Usage())])
            await end_elsewhere(unit)
            await unit.run(leases.delete().where(OF_RUNS))

        assert (await waiting).text == "Here I am."
        await app.run_loop("agent.look")
        assert (await answering).text == "Well and good"


async def test_a_run_that_is_left_behind_many_that_are_held_is_taken_over(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        entropy = app.product.host.entropy
        async with app.product.host.database.work() as unit:
            ids = [entropy.uuid() for _ in range(501)]
            row = {"user_id": 0, "conversation_id": entropy.uuid(), "status": "running", "options": {}, "cancel_asked": 0}
            row |= {"takeovers": 0, "after": 1, "created_at": unit.now - timedelta(minutes=1)}
            await unit.bulk(runs, [{**row, "id": each} for each in ids])
            held = {"holder": "another", "fence": 1, "until": unit.now + timedelta(minutes=1)}
            await unit.bulk(leases, [{**held, "name": f"run.{each}"} for each in ids])
        answering = await speaking(app, ming, server, says(", all is well."))
        ours = f"run.{(await conversation_of(app)).active_run_id}"
        async with app.product.host.database.work() as unit:
            await unit.run(update(leases).where(leases.c.name == ours).values(holder="another", fence=7, until=unit.now))
        await app.run_loop("agent.beat")
        await app.product.host.parts[-1].settle()

        await app.run_loop("agent.takeover")

        talk = await answering
        assert (talk.text, talk.codes) == ("Well, all is well.", ["resumed"])


async def test_who_cancels_while_it_is_summed_up_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "FROM", 60)
    monkeypatch.setattr(compacting, "TO", 30)
    async with scripted(tmp_path, LONG) as (app, server):
        ming = await app.someone()
        server.plays(says("word " * 80), Reply((HANG,)))
        answering = begins(ming, "what is it all about")

        async def sums_up() -> bool:
            return len(server.asked) > 1

        await until(sums_up)
        listed = await ming.get("/agent/conversation-list")
        await ming.post(f"/agent/runs/{listed.data['list'][0]['active_run_id']}/cancel")

        talk = await answering
        assert (talk.text.count("word"), talk.ended) == (80, "cancelled")
        async with app.product.host.database.read() as reader:
            assert await reader.first(select(log).where(log.c.kind == "summary")) is None


async def test_a_stream_that_cannot_go_on_ends_and_a_line_tells_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        answering = await speaking(app, ming, server)
        async with app.product.host.database.work() as unit:
            await unit.run(text("ALTER TABLE agent_log RENAME TO lost"))

        with caplog.at_level(logging.WARNING):
            again = await ming.get(f"/agent/runs/{(await conversation_of(app)).active_run_id}/stream")
            gc.collect()

        assert (again.status, "[DONE]" in again.body) == (200, False)
        assert all(record.name != "asyncio" for record in caplog.records)
        lines: list[Any] = [record.msg for record in caplog.records if record.name == "smartflow.chat"]
        assert {(line["event"], line["why"]) for line in lines} == {("chat.cut", "OperationalError")}
        answering.cancel()
