"""What an answer says that it took: what could not stand, and what was summed up behind it, is in it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from smartflow.services.agent.engine import compacting
from smartflow.services.agent.tables import conversations, log, runs
from tests.flow.test_talk_engine import talking
from tests.kit.model_server import calls, part, says
from tests.kit.talking import Talk, say


def took(talk: Talk) -> Any:
    """Read the frame that tells it."""
    return next(frame["usage"] for frame in talk.frames if "usage" in frame)


async def test_an_answer_that_could_not_be_used_is_in_what_was_taken(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(says("Hello."), calls(part(0, "create_task", '{"title": "Ess', "x"), text="Let me see. "), says("Hello again."))
        first = await say(ming, "good morning, would you say")

        talk = await say(ming, "and once more, would you", conversation_id=first.conversation)

        assert took(first) == {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        once, both = took(first), took(talk)
        assert both["prompt_tokens"] > once["prompt_tokens"] + 100
        assert once["completion_tokens"] < both["completion_tokens"] < once["completion_tokens"] + 10
        assert both["total_tokens"] == both["prompt_tokens"] + both["completion_tokens"]


async def test_what_it_took_to_sum_a_talk_up_is_in_what_was_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "FROM", 60)
    monkeypatch.setattr(compacting, "TO", 30)
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(says("word " * 80), says("SUMMARY: a talk about words"))

        talk = await say(ming, "what is it all about")

        assert took(talk) == {"prompt_tokens": 200, "completion_tokens": 40, "total_tokens": 240}


async def test_who_goes_on_behind_a_summary_still_knows_what_was_said_and_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "FROM", 60)
    monkeypatch.setattr(compacting, "TO", 30)
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(says("word " * 80), says("SUMMARY: a talk about words"))
        talk = await say(ming, "what is it all about")
        await app.settle()
        async with app.product.host.database.work() as unit:  # as if the process had gone before it said the last words
            await unit.run(delete(log).where(log.c.kind.in_(("finish", "usage"))))
            await unit.run(update(runs).values(status="running"))
            await unit.run(update(conversations).values(active_run_id=UUID(talk.run), messages=1))

        await app.run_loop("agent.takeover")
        await app.settle()

        again = Talk(await ming.get(f"/agent/runs/{talk.run}/stream"))
        assert (again.ended, took(again)) == ("completed", took(talk))
        meta = await ming.get("/agent/conversation-meta", conversation_id=talk.conversation)
        assert meta.data["message_count"] == 2
