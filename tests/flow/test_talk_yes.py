"""What a yes is worth: to what it was said, when, beside which words, and to what has become of it meanwhile."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from smartflow.services.agent.tool import tasks
from smartflow.shared.kernel.refusal import DeadlinePassed
from tests.kit.app import App
from tests.kit.examples import Stage, reply, script, tool
from tests.kit.ports import ManualClock
from tests.kit.talking import NOW, Talk, autumn, pressed, say, student, waiting


@pytest.fixture
async def late(tmp_path: Path) -> AsyncIterator[App]:
    """Run the product shortly before midnight."""
    async with autumn(tmp_path, clock=ManualClock(NOW + timedelta(hours=13, minutes=55))) as app:
        yield app


async def test_a_yes_after_midnight_is_for_the_day_that_was_tomorrow_when_it_was_said(late: App) -> None:
    ming = await student(late)
    names = ("milk", "bread", "tea", "soap", "rice", "salt")
    asked = await say(ming, ". ".join(f"Remind me to buy {each} tomorrow" for each in names))
    late.clock.advance(timedelta(minutes=10))

    yes = await say(ming, "Yes", conversation_id=asked.conversation)

    assert [asked.ended, yes.ended] == ["waiting", "completed"]
    assert "Tuesday, 24 November" in asked.extra("confirm_request")["confirm"]["summary"]
    assert {each["deadline_at"] for each in await ming.tasks()} == {"2026-11-25T00:00:00+08:00"}


async def test_a_yes_later_is_for_the_moment_that_was_shown_also_where_it_counts_from_now(late: App) -> None:
    ming = await student(late)
    asked = await say(ming, ". ".join(f"Remind me in 2 hours to buy {each}" for each in ("milk", "bread", "tea", "soap", "rice", "salt")))
    shown = {each["deadline_at"] for each in asked.extra("confirm_request")["confirm"]["diff"]}
    late.clock.advance(timedelta(minutes=10))

    yes = await say(ming, "Yes", conversation_id=asked.conversation)

    assert (asked.ended, yes.ended, len(shown)) == ("waiting", "completed", 1)
    assert {each["deadline_at"] for each in await ming.tasks()} == shown


@pytest.mark.parametrize(
    ("words", "gone"),
    [("great, thanks", False), ("ok", False), ("好的，谢谢", False), ("Yes, delete it", True), ("yes", True), ("好，删吧", True)],
)
async def test_after_something_else_was_answered_an_acknowledgement_is_no_yes(offline_stage: Stage, words: str, gone: bool) -> None:
    ming = await student(offline_stage.app)
    await ming.adds_task("Essay")
    asked = await say(ming, "Delete the essay")
    await say(ming, "What do I have on Friday?", conversation_id=asked.conversation)

    await say(ming, words, conversation_id=asked.conversation)

    assert (await ming.tasks() == []) is gone
    assert (await waiting(ming, asked.conversation) is None) is gone


@pytest.mark.parametrize(("words", "done"), [("delete it", False), ("删了吧", False), ("yes", True)])
async def test_a_yes_to_something_else_than_what_was_asked_is_none(scripted_stage: Stage, words: str, done: bool) -> None:
    ming = await student(scripted_stage.app)
    laundry = f"task:{await ming.adds_task('Laundry')}"
    server = script(scripted_stage)
    server.plays(reply(tool("complete_task", ref=laundry), {}))
    asked = await say(ming, "I am through with the clothes")
    server.plays(reply("Well done.", {}) if done else reply({"reading": "approve"}, {}))

    await say(ming, words, conversation_id=asked.conversation)

    assert (asked.ended, server.over) == ("waiting", True)
    assert [each["is_completed"] for each in await ming.tasks()] == [done]


@pytest.mark.parametrize(("words", "gone"), [("", True), ("Yes", True), ("No, wait, keep it", False), ("What is on tomorrow?", False)])
async def test_words_beside_the_button_may_take_its_yes_back(offline_stage: Stage, words: str, gone: bool) -> None:
    ming = await student(offline_stage.app)
    await ming.adds_task("Essay")
    asked = await say(ming, "Delete the essay")
    open_ = await waiting(ming, asked.conversation)

    answer = Talk(await ming.post("/agent/chat", pressed(asked.conversation, open_["interaction_id"], "approve", words)))

    assert (answer.ended, await ming.tasks() == []) == ("completed", gone)


@pytest.mark.parametrize("words", ["Hmm, maybe", "What is on tomorrow?"])
async def test_a_confirmation_is_not_closed_by_a_question_of_the_same_answer(scripted_stage: Stage, words: str) -> None:
    ming = await student(scripted_stage.app)
    essay = await ming.adds_task("Essay")
    server = script(scripted_stage)
    both = (*tool("delete_task", refs=[f"task:{essay}"]), *tool("ask_user", text="And the notes?", choices=["Keep", "Delete"]))
    server.plays(reply(both, {}))
    asked = await say(ming, "Away with the essay")
    open_ = await waiting(ming, asked.conversation)
    server.plays(reply({"reading": "unclear"}, {}) if "maybe" in words else reply("Nothing is on.", {}))

    await say(ming, words, conversation_id=asked.conversation)

    assert await waiting(ming, asked.conversation) == open_
    assert len(await ming.tasks()) == 1


async def test_a_yes_to_what_cannot_be_checked_does_nothing_and_says_so(scripted_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ming = await student(scripted_stage.app)
    essay = await ming.adds_task("Essay")
    server = script(scripted_stage)
    server.plays(reply(tool("delete_task", refs=[f"task:{essay}"]), {}), reply("That did not work.", {}))
    asked = await say(ming, "Delete the essay")

    async def late(*_: Any) -> None:
        raise DeadlinePassed

    monkeypatch.setattr(tasks, "preview", late)
    yes = await say(ming, "Yes", conversation_id=asked.conversation)

    assert (yes.ended, yes.text, len(await ming.tasks())) == ("completed", "That did not work.", 1)
    assert "cannot be checked now" in str(server.asked[-1]["messages"])


@pytest.mark.parametrize("refs", [7, True, "task:1", {"a": 1}, None])
async def test_refs_of_any_shape_are_an_invalid_argument_and_no_error(scripted_stage: Stage, refs: Any) -> None:
    ming = await student(scripted_stage.app)
    server = script(scripted_stage)
    server.plays(reply(tool("delete_task", refs=refs), {}), reply("I cannot.", {}))

    said = await say(ming, "Away with the essay", extra={"always_execute": True})

    assert (said.ended, said.text, server.over) == ("completed", "I cannot.", True)


@pytest.mark.parametrize("how", ["all at once", "one by one", "all but one first"])
async def test_a_category_goes_after_a_yes_however_a_model_finds_it_and_cuts_it_up(scripted_stage: Stage, how: str) -> None:
    ming = await student(scripted_stage.app)
    refs = [f"task:{await ming.adds_task(title, quadrant=3)}" for title in ("Essay", "Laundry", "Batteries")]
    await ming.adds_task("Keep me", quadrant=2)
    cut = {"all at once": [refs], "one by one": [[each] for each in refs], "all but one first": [refs[:2], refs[2:]]}[how]
    server = script(scripted_stage)
    server.plays(reply(tool("query_tasks", limit=20), {}), reply(tuple(one for each in cut for one in tool("delete_task", refs=each)), {}))

    asked = await say(ming, "Delete everything in quadrant 3", extra={"always_execute": True})

    assert (asked.ended, len(await ming.tasks()), len(asked.diff)) == ("waiting", 4, 3)
    server.plays(reply("Gone.", {}))
    await say(ming, "yes", conversation_id=asked.conversation)
    assert [each["title"] for each in await ming.tasks()] == ["Keep me"]
