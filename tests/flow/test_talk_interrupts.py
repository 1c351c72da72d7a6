"""What becomes of an open question or confirmation: by button and in words, now and days later, in both languages."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec import Struct
from sqlalchemy import delete, func, select

from smartflow.services.agent.tables import interactions, snapshots
from tests.kit.app import App, Somebody
from tests.kit.examples import Stage, reply, script, tool
from tests.kit.people import Answer
from tests.kit.ports import ManualClock
from tests.kit.talking import NOW, Talk, autumn, pressed, say, student, waiting

ALMOST = timedelta(days=7) - timedelta(seconds=1)
CHORES = ["Essay", "Buy batteries", "Laundry"]


class Open(Struct, frozen=True):
    """A confirmation or a question that is open."""

    somebody: Somebody
    conversation: str
    interaction: str
    shown: Talk

    async def press(self, action: str, words: str = "") -> Answer:
        """Answer by button."""
        return await self.somebody.post("/agent/chat", pressed(self.conversation, self.interaction, action, words))

    async def says(self, words: str) -> Talk:
        """Answer in words."""
        return await say(self.somebody, words, conversation_id=self.conversation)

    async def left(self) -> list[str]:
        """List the tasks that are there."""
        return [each["title"] for each in await self.somebody.tasks()]

    async def pending(self) -> str | None:
        """Give the interaction that is open now."""
        found = await waiting(self.somebody, self.conversation)
        return None if found is None else str(found["interaction_id"])


async def confirmation(app: App) -> Open:
    """Have three tasks, and be asked whether they may go."""
    ming = await student(app)
    for title in CHORES:
        await ming.adds_task(title, quadrant=3)
    return await opened(ming, "Delete everything in quadrant 3")


async def question(app: App) -> Open:
    """Be asked which Friday is meant."""
    return await opened(await student(app), "Submit the essay next Friday")


async def opened(ming: Somebody, words: str) -> Open:
    talk = await say(ming, words)
    assert talk.ended == "waiting"
    pending = await waiting(ming, talk.conversation)
    return Open(ming, talk.conversation, pending["interaction_id"], talk)


async def status(app: App, interaction: str) -> str:
    async with app.product.host.database.read() as reader:
        found = await reader.all(select(interactions.c.id, interactions.c.status))
    return next(str(row.status) for row in found if str(row.id) == interaction)


@pytest.mark.parametrize("words", ["Yes, go ahead", "ok, do it", "好，就这样", "可以，删吧", "OK，没问题"])
async def test_a_yes_in_words_applies_what_was_shown(offline_stage: Stage, words: str) -> None:
    asked = await confirmation(offline_stage.app)

    yes = await asked.says(words)

    assert (yes.ended, await asked.left(), await asked.pending()) == ("completed", [], None)
    assert await status(offline_stage.app, asked.interaction) == "answered"


@pytest.mark.parametrize("form", ["resume", "older form"])
async def test_a_yes_by_button_applies_what_was_shown(offline_stage: Stage, form: str) -> None:
    asked = await confirmation(offline_stage.app)
    older = {"confirm_action": "accept", "resume_interaction_id": asked.interaction}

    body = {"message": "", "conversation_id": asked.conversation, "extra": older}
    yes = Talk(await (asked.press("approve") if form == "resume" else asked.somebody.post("/agent/chat", body)))

    assert (yes.ended, await asked.left()) == ("completed", [])


@pytest.mark.parametrize("words", ["Never mind", "no, don't", "算了", "先别删", "不要"])
async def test_a_no_in_words_changes_nothing(offline_stage: Stage, words: str) -> None:
    asked = await confirmation(offline_stage.app)

    no = await asked.says(words)

    assert (no.ended, no.codes[:1], await asked.left(), await asked.pending()) == ("completed", ["rejected"], CHORES, None)
    assert "Deleted" not in no.text


@pytest.mark.parametrize("action", ["reject", "cancel", "older form"])
async def test_a_no_by_button_changes_nothing_and_says_so(offline_stage: Stage, action: str) -> None:
    asked = await confirmation(offline_stage.app)
    older = {"confirm_action": "reject", "resume_interaction_id": asked.interaction}

    body = {"message": "", "conversation_id": asked.conversation, "extra": older}
    no = Talk(await (asked.somebody.post("/agent/chat", body) if action == "older form" else asked.press(action)))

    assert (no.ended, no.codes[:1], await asked.left(), await asked.pending()) == ("completed", ["rejected"], CHORES, None)
    assert "nothing" in no.text


@pytest.mark.parametrize("words", ["Fine, but keep the essay", "可以，但留下Essay", "Essay别删，其他的删吧", "只删batteries和laundry"])
@pytest.mark.parametrize("by", ["words", "button"])
async def test_an_amended_confirmation_is_shown_anew_and_only_its_own_yes_counts(offline_stage: Stage, words: str, by: str) -> None:
    asked = await confirmation(offline_stage.app)

    new = await asked.says(words) if by == "words" else Talk(await asked.press("reply", words))
    pending = await asked.pending()
    late = await asked.press("approve")
    before = await asked.left()
    yes = await asked.says("Yes")

    assert (new.ended, [name for _, name in new.diff]) == ("waiting", CHORES[1:])
    assert pending not in {None, asked.interaction}
    assert (late.status, late.code, before) == (409, "40906", CHORES)
    assert (yes.ended, await asked.left()) == ("completed", ["Essay"])


@pytest.mark.parametrize(("words", "told"), [("What do I have on Friday?", "Friday, 27 November"), ("周五有什么安排", "11月27日周五")])
async def test_what_is_asked_aside_is_answered_and_the_same_confirmation_stays_open(offline_stage: Stage, words: str, told: str) -> None:
    asked = await confirmation(offline_stage.app)

    aside = await asked.says(words)
    pending, before = await asked.pending(), await asked.left()
    yes = Talk(await asked.press("approve"))

    assert (aside.ended, told in aside.text, pending, before) == ("completed", True, asked.interaction, CHORES)
    assert (yes.ended, await asked.left()) == ("completed", [])


@pytest.mark.parametrize("words", ["Maybe", "hmm, I am not sure", "也许吧", "不好说", "thanks", "yes?", "要不要删呢"])
async def test_doubt_is_never_a_yes_and_the_confirmation_stays_open(offline_stage: Stage, words: str) -> None:
    asked = await confirmation(offline_stage.app)

    said = await asked.says(words)

    assert (await asked.left(), await asked.pending()) == (CHORES, asked.interaction)
    assert words == "thanks" or "still waiting" in said.text or "还在等你" in said.text


@pytest.mark.parametrize("words", ["Remind me to call mum tomorrow at 9:30", "Delete the essay task", "提醒我明天9点半打电话"])
async def test_nothing_is_written_beside_an_open_confirmation(offline_stage: Stage, words: str) -> None:
    asked = await confirmation(offline_stage.app)

    aside = await asked.says(words)

    assert (await asked.left(), await asked.pending()) == (CHORES, asked.interaction)
    assert "business_card" not in aside.told
    assert "still waiting" in aside.text or "还在等你" in aside.text


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("the first one", "2026-12-05T00:00:00+08:00"),
        ("2", "2026-11-28T00:00:00+08:00"),
        ("第二个", "2026-11-28T00:00:00+08:00"),
        ("Friday, 27 November", "2026-11-28T00:00:00+08:00"),
    ],
)
@pytest.mark.parametrize("by", ["words", "button"])
async def test_the_reply_to_a_question_fills_what_was_missing(offline_stage: Stage, words: str, due: str, by: str) -> None:
    asked = await question(offline_stage.app)

    done = await asked.says(words) if by == "words" else Talk(await asked.press("reply", words))

    (task,) = await asked.somebody.tasks()
    assert (done.ended, task["title"], task["deadline_at"], await asked.pending()) == ("completed", "Submit the essay", due, None)


@pytest.mark.parametrize("answer", ["Never mind", "算了", "cancel", "reject"])
async def test_a_question_that_is_dropped_makes_nothing(offline_stage: Stage, answer: str) -> None:
    asked = await question(offline_stage.app)

    no = Talk(await asked.press(answer)) if answer in {"cancel", "reject"} else await asked.says(answer)

    assert (no.ended, await asked.left(), await asked.pending()) == ("completed", [], None)


async def test_an_answer_to_something_answered_is_refused_and_named_so(offline_stage: Stage) -> None:
    for first in ("approve", "reject"):
        asked = await confirmation(offline_stage.app)
        await asked.press(first)

        again = [await asked.press(action) for action in ("approve", "reject", "reply")]

        assert [(each.status, each.code, each.data) for each in again] == [(409, "40906", {"interaction_status": "answered"})] * 3
        assert await asked.left() == ([] if first == "approve" else CHORES)


async def test_an_interaction_of_another_conversation_person_or_nobody_is_unknown(offline_stage: Stage) -> None:
    ming, li = await confirmation(offline_stage.app), await confirmation(offline_stage.app)
    other = await say(ming.somebody, "Hello")

    strange = [
        pressed(other.conversation, ming.interaction, "approve"),
        pressed(ming.conversation, li.interaction, "approve"),
        pressed(ming.conversation, str(uuid4()), "approve"),
    ]
    answers = [await ming.somebody.post("/agent/chat", each) for each in strange]
    theirs = await ming.somebody.post("/agent/chat", pressed(li.conversation, li.interaction, "approve"))

    assert [(each.status, each.code) for each in answers] == [(404, "40408")] * 3
    assert (theirs.status, theirs.code) == (404, "40401")
    assert await ming.left() == await li.left() == CHORES
    assert (await ming.pending(), await li.pending()) == (ming.interaction, li.interaction)


async def test_an_answer_has_to_name_its_conversation(offline_stage: Stage) -> None:
    asked = await confirmation(offline_stage.app)
    resume = {"interaction_id": asked.interaction, "action": "approve"}

    nowhere = await asked.somebody.post("/agent/chat", {"message": "", "extra": {"resume": resume}})

    assert (nowhere.status, nowhere.code, await asked.left()) == (422, "40054", CHORES)


async def test_following_what_is_over_is_refused_and_leaves_the_confirmation_open(offline_stage: Stage) -> None:
    asked = await confirmation(offline_stage.app)
    again = {"message": "", "conversation_id": asked.conversation, "extra": {"resume": {"action": "resume"}}}

    over = await asked.somebody.post("/agent/chat", again)
    stopped = await asked.somebody.post(f"/agent/runs/{asked.shown.run}/cancel")

    assert (over.status, over.code, stopped.data["status"], await asked.pending()) == (404, "40404", "waiting", asked.interaction)


@pytest.mark.parametrize("after", [timedelta(days=6), ALMOST])
@pytest.mark.parametrize("by", ["好，就这样", "Yes", "button"])
async def test_days_later_a_yes_still_applies(own_autumn: App, after: timedelta, by: str) -> None:
    asked = await confirmation(own_autumn)
    await later(own_autumn, asked, after)

    yes = Talk(await asked.press("approve")) if by == "button" else await asked.says(by)

    assert (yes.ended, await asked.left()) == ("completed", [])


@pytest.mark.parametrize("after", [timedelta(days=7), timedelta(days=30)])
async def test_after_seven_days_it_is_expired_and_no_yes_counts(own_autumn: App, after: timedelta) -> None:
    asked = await confirmation(own_autumn)
    await later(own_autumn, asked, after)

    button = await asked.press("approve")
    pending = await asked.pending()
    words = await asked.says("Yes, go ahead")

    assert (button.status, button.code, button.data, pending) == (409, "40906", {"interaction_status": "expired"}, None)
    assert (words.ended, await asked.left()) == ("completed", CHORES)


@pytest.mark.parametrize(("after", "now"), [(ALMOST, "open"), (timedelta(days=7), "expired")])
async def test_what_nobody_answered_in_time_is_marked_expired(own_autumn: App, after: timedelta, now: str) -> None:
    asked = await confirmation(own_autumn)
    own_autumn.clock.advance(after)

    await own_autumn.run_loop("agent.expired")

    assert await status(own_autumn, asked.interaction) == now


@pytest.mark.parametrize("by", ["好，就这样", "Yes", "button", "算了"])
async def test_after_a_restart_and_without_its_snapshot_an_answer_means_the_same(tmp_path: Path, by: str) -> None:
    async with autumn(tmp_path) as app:
        before = await confirmation(app)
        await app.settle()
    async with autumn(tmp_path, seed=2, clock=ManualClock(NOW + timedelta(minutes=5))) as app:
        await lose_snapshots(app)
        asked = Open(Somebody(app, before.somebody), before.conversation, before.interaction, before.shown)
        assert await asked.pending() == before.interaction

        answer = Talk(await asked.press("approve")) if by == "button" else await asked.says(by)

        assert (answer.ended, await asked.left()) == ("completed", CHORES if by == "算了" else [])


async def test_after_a_restart_a_question_is_still_answered(tmp_path: Path) -> None:
    async with autumn(tmp_path) as app:
        before = await question(app)
        await app.settle()
    async with autumn(tmp_path, seed=2) as app:
        await lose_snapshots(app)
        asked = Open(Somebody(app, before.somebody), before.conversation, before.interaction, before.shown)

        done = await asked.says("the first one")

        assert (done.ended, await asked.left()) == ("completed", ["Submit the essay"])


async def test_a_yes_to_what_is_gone_meanwhile_does_nothing_and_says_so(offline_stage: Stage) -> None:
    asked = await confirmation(offline_stage.app)
    for task in await asked.somebody.tasks():
        await asked.somebody.delete("/task/delete", query={"task_id": task["id"]})

    yes = await asked.says("Yes")

    assert (yes.ended, await asked.left()) == ("completed", [])
    assert "Deleted (" not in yes.text


async def test_a_yes_to_what_has_changed_meanwhile_is_asked_again(offline_stage: Stage) -> None:
    asked = await confirmation(offline_stage.app)
    task = (await asked.somebody.tasks())[0]["id"]
    await asked.somebody.put("/task/update", {"task_id": task, "title": "My thesis"})

    yes = await asked.says("Yes")

    assert (yes.ended, len(await asked.left())) == ("waiting", 3)


@pytest.mark.parametrize(
    ("words", "gone"), [("By all means", True), ("Hmm, by all means I guess", False), ("Perhaps, by all means", False)]
)
async def test_a_yes_that_a_model_reads_into_doubt_is_none(scripted_stage: Stage, words: str, gone: bool) -> None:
    ming = await student(scripted_stage.app)
    refs = {"@Essay": f"task:{await ming.adds_task('Essay')}"}
    server = script(scripted_stage)
    server.plays(reply(tool("delete_task", refs=list(refs.values())), {}), reply({"reading": "approve"}, {}))
    if gone:
        server.plays(reply("Gone.", {}))
    asked = await opened(ming, "Delete the essay")

    said = await asked.says(words)

    assert (said.ended, await asked.left()) == ("completed", [] if gone else ["Essay"])
    assert gone or (await asked.pending() == asked.interaction and "still waiting" in said.text)
    assert server.over


async def test_what_has_changed_meanwhile_is_shown_as_it_is_now_and_a_yes_to_that_counts(offline_stage: Stage) -> None:
    asked = await confirmation(offline_stage.app)
    task = (await asked.somebody.tasks())[0]["id"]
    await asked.somebody.put("/task/update", {"task_id": task, "title": "My thesis"})

    again = await asked.says("Yes")
    anew = await asked.pending()
    late = await asked.press("approve")
    yes = await asked.says("Yes")

    assert "has changed since you were asked" in again.text
    assert ("hide", "My thesis") in again.diff
    assert anew not in {None, asked.interaction}
    assert (late.status, late.code, late.data) == (409, "40906", {"interaction_status": "answered"})
    assert (yes.ended, await asked.left()) == ("completed", [])


@pytest.mark.parametrize(
    ("words", "says"), [("What is due this week?", "Nothing is due"), ("I finished the lab report", '"Lab report" is done')]
)
async def test_a_request_in_the_place_of_an_answer_is_done_and_the_question_is_dropped(offline_stage: Stage, words: str, says: str) -> None:
    asked = await question(offline_stage.app)
    await asked.somebody.adds_task("Lab report")

    said = await asked.says(words)

    assert said.text.startswith("(The question before is dropped; nothing was changed for it.)\n" + says)
    assert (await asked.pending(), await asked.left()) == (None, ["Lab report"])


@pytest.fixture
async def own_autumn(tmp_path: Path) -> Any:
    async with autumn(tmp_path) as app:
        yield app


async def later(app: App, asked: Open, after: timedelta) -> None:
    """Let time pass, and log in again."""
    app.clock.advance(after)
    await asked.somebody.again()


async def lose_snapshots(app: App) -> None:
    """Delete every checkpoint."""
    async with app.product.host.database.work() as unit:
        kept = await unit.value(select(func.count()).select_from(snapshots))
        await unit.run(delete(snapshots))
    assert kept
