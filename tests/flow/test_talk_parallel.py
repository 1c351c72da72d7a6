"""Many messages at once: one run for each conversation, and one effect for each yes."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from smartflow.client.task import TaskDeleted
from tests.kit.app import App, Somebody
from tests.kit.examples import Stage
from tests.kit.model_server import says
from tests.kit.people import Answer
from tests.kit.talking import LONG, Talk, autumn, pressed, say, scripted, student, waiting


async def test_of_a_hundred_messages_at_once_one_is_answered_and_the_others_are_told_which(tmp_path: Path) -> None:
    async with scripted(tmp_path, LONG) as (app, server):
        ming = await student(app)
        server.plays(says("Hello."), says("Here I am."))
        talk = (await say(ming, "Hello there")).conversation
        server.may_answer.clear()
        body = {"message": "Are you there?", "conversation_id": talk}
        asking = [asyncio.create_task(ming.post("/agent/chat", body)) for _ in range(100)]

        while sum(each.done() for each in asking) < 99:
            await asyncio.sleep(0.01)
        active = (await ming.get("/agent/conversation-meta", conversation_id=talk)).data["active_run_id"]
        server.may_answer.set()
        answers: Sequence[Answer] = await asyncio.gather(*asking)

        refused = [each for each in answers if each.status != 200]
        (answered,) = [Talk(each) for each in answers if each.status == 200]
        assert [(each.status, each.code, each.data) for each in refused] == [(409, "40905", {"run_id": active})] * 99
        assert (answered.run, answered.text, answered.ended, server.over) == (active, "Here I am.", "completed", True)
        timeline = (await ming.get("/agent/conversation-timeline", conversation_id=talk)).data
        assert [each["content"] for each in timeline] == ["Hello there", "Hello.", "Are you there?", "Here I am."]


async def test_messages_to_conversations_of_their_own_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with scripted(tmp_path, LONG) as (app, server):
        ming = await student(app)
        server.may_answer.clear()
        server.always(says("Hello."))
        asking = [asyncio.create_task(say(ming, f"Hello {number}")) for number in range(12)]
        while len(server.asked) < 12:
            await asyncio.sleep(0.01)

        server.may_answer.set()
        talks = await asyncio.gather(*asking)

        assert {talk.text for talk in talks} == {"Hello."}
        assert len({talk.conversation for talk in talks}) == len({talk.run for talk in talks}) == 12


@pytest.mark.parametrize("clicks", [2, 20])
async def test_a_button_pressed_often_at_once_deletes_once(offline_stage: Stage, clicks: int) -> None:
    ming = await student(offline_stage.app)
    await ming.adds_task("Renew the library card")
    asked = await say(ming, "Delete the library card task")
    pending = await waiting(ming, asked.conversation)
    yes = pressed(asked.conversation, pending["interaction_id"], "approve")

    answers = await asyncio.gather(*(ming.post("/agent/chat", yes) for _ in range(clicks)))

    (one,) = [Talk(each) for each in answers if each.status == 200]
    others = [each for each in answers if each.status != 200]
    assert one.ended == "completed"
    assert {(each.status, each.code) for each in others} <= {(409, "40905"), (409, "40906")}
    assert await ming.tasks() == []
    assert await deletions(offline_stage.app, ming) == 1


async def test_a_yes_and_a_no_at_once_are_one_of_the_two(tmp_path: Path) -> None:
    async with autumn(tmp_path) as app:
        for _ in range(5):
            ming = await student(app)
            await ming.adds_task("Renew the library card")
            asked = await say(ming, "Delete the library card task")
            pending = await waiting(ming, asked.conversation)
            both = [pressed(asked.conversation, pending["interaction_id"], action) for action in ("approve", "reject")]

            yes, no = await asyncio.gather(*(ming.post("/agent/chat", each) for each in both))

            assert sorted([yes.status, no.status]) == [200, 409]
            assert len(await ming.tasks()) == (0 if yes.status == 200 else 1)


async def deletions(app: App, somebody: Somebody) -> int:
    """Count the deletions of tasks of somebody."""
    return len(await app.told(TaskDeleted, somebody))
