"""A first talk, through the front door: it streams, acts once, waits for a yes, and can be followed again."""

import pytest
from dirty_equals import IsPartialDict, IsStr

from tests.kit.app import App
from tests.kit.talking import Talk, say


@pytest.mark.parametrize("words", ["Reply with exactly CP5_OK", "请只回复 CP5_OK"])
async def test_the_first_acceptance_scenario(app: App, words: str) -> None:
    ming = await app.someone()
    await ming.adds_task("Lab report")

    talk = await say(ming, words)

    assert talk.text == "CP5_OK"
    assert (talk.data[-1], talk.data.count("[DONE]"), talk.ended) == ("[DONE]", 1, "completed")
    meta = await ming.get("/agent/conversation-meta", conversation_id=talk.conversation)
    assert meta.data == IsPartialDict(message_count=2, status="active", active_run_id=None, pending=None)
    timeline = await ming.get("/agent/conversation-timeline", conversation_id=talk.conversation)
    assert [(each["kind"], each["content"]) for each in timeline.data] == [("user_text", words), ("assistant_text", "CP5_OK")]
    stats = await ming.get("/agent/context-stats", conversation_id=talk.conversation)
    assert stats.data["total"] == sum(stats.data[f"msg{number}"] for number in range(4)) <= stats.data["budget"]


async def test_a_task_is_captured_with_its_card_and_undone(app: App) -> None:
    ming = await app.someone()

    talk = await say(ming, "Remind me to call the dentist tomorrow at 9:30")
    (task,) = await ming.tasks()
    undone = await say(ming, "undo that", conversation_id=talk.conversation)

    assert (task["deadline_at"], task["priority_group"]) == ("2026-09-15T09:30:00+08:00", 1)
    assert talk.extra("business_card")["business_card"] == IsPartialDict(card_type="task_record", source="quick_note")
    assert talk.kinds.index("tool_result") < talk.kinds.index("business_card")
    assert undone.ended == "completed"
    assert await ming.tasks() == []


async def test_a_deletion_waits_for_a_yes_and_happens_once(app: App) -> None:
    ming = await app.someone()
    await ming.adds_task("Renew the library card")

    asked = await say(ming, "Delete the library card task")
    before = await ming.tasks()
    meta = await ming.get("/agent/conversation-meta", conversation_id=asked.conversation)
    yes = await say(ming, "Yes, go ahead", conversation_id=asked.conversation)
    late = await ming.post(
        "/agent/chat",
        {
            "message": "",
            "conversation_id": asked.conversation,
            "extra": {"resume": {"interaction_id": meta.data["pending"]["interaction_id"], "action": "approve"}},
        },
    )

    assert (asked.ended, len(before)) == ("waiting", 1)
    assert asked.extra("confirm_request")["confirm"]["diff"][0]["name"] == "Renew the library card"
    assert yes.ended == "completed"
    assert await ming.tasks() == []
    assert (late.status, late.code) == (409, "40906")


async def test_a_no_keeps_everything_and_is_known(app: App) -> None:
    ming = await app.someone()
    await ming.adds_task("Renew the library card")
    asked = await say(ming, "Delete the library card task")

    no = await say(ming, "Never mind", conversation_id=asked.conversation)

    assert no.ended == "completed"
    assert len(await ming.tasks()) == 1
    meta = await ming.get("/agent/conversation-meta", conversation_id=asked.conversation)
    assert meta.data["pending"] is None


async def test_a_run_is_followed_again_from_any_frame_without_gap_or_repeat(app: App) -> None:
    ming = await app.someone()
    talk = await say(ming, "Add renew library card, email Prof. Li and buy batteries")

    for cut, seen in enumerate(talk.ids):
        again = (
            await ming.get(f"/agent/runs/{talk.run}/stream")
            if cut == 0
            else await ming.ask("GET", f"/agent/runs/{talk.run}/stream", headers={"Last-Event-ID": seen})
        )
        rest = Talk(again)
        assert (rest.ids == talk.ids) if cut == 0 else (talk.ids[: cut + 1] + rest.ids == talk.ids)
        assert rest.data[-1] == "[DONE]"


async def test_a_question_back_is_answered_and_fills_its_slot(app: App) -> None:
    ming = await app.someone()

    asked = await say(ming, "Submit the essay next Friday")
    nothing = await ming.tasks()
    done = await say(ming, "the first one", conversation_id=asked.conversation)

    assert (asked.ended, nothing) == ("waiting", [])
    assert asked.extra("interrupt")["interrupt"] == IsPartialDict(type="ask_user", summary=IsStr)
    assert done.ended == "completed"
    assert len(await ming.tasks()) == 1


@pytest.mark.parametrize(
    ("words", "done"),
    [("mark the second one as done", 1), ("把第一个标记完成", 0), ("the last one is done", 2), ("mark the fifth one as done", None)],
)
async def test_a_list_is_pointed_into_by_number(app: App, words: str, done: int | None) -> None:
    ming = await app.someone()
    titles = ["Renew the library card", "Email Prof. Li", "Buy batteries"]
    for title in titles:
        await ming.adds_task(title)
    listed = await say(ming, "what tasks do I have?")

    pointed = await say(ming, words, conversation_id=listed.conversation)

    assert pointed.ended == "completed"
    assert [each["title"] for each in await ming.tasks() if each["is_completed"]] == ([] if done is None else [titles[done]])


async def test_nobody_else_hears_or_touches_a_talk(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    await ming.adds_task("Renew the library card")
    asked = await say(ming, "Delete the library card task")
    talk, run = asked.conversation, asked.run
    waiting = (await ming.get("/agent/conversation-meta", conversation_id=talk)).data["pending"]["interaction_id"]
    resume = {"interaction_id": waiting, "action": "approve"}

    answers = [
        await li.get("/agent/conversation-meta", conversation_id=talk),
        await li.get("/agent/conversation-timeline", conversation_id=talk),
        await li.get("/agent/context-stats", conversation_id=talk),
        await li.get(f"/agent/runs/{run}/stream"),
        await li.post(f"/agent/runs/{run}/cancel"),
        await li.get(f"/agent/conversations/{talk}/export"),
        await li.patch(f"/agent/conversations/{talk}", {"title": "mine"}),
        await li.delete(f"/agent/conversations/{talk}"),
        await li.post("/agent/chat", {"message": "yes", "conversation_id": talk}),
        await li.post("/agent/chat", {"message": "", "conversation_id": talk, "extra": {"resume": resume}}),
    ]

    assert [answer.status for answer in answers] == [404] * len(answers)
    assert (await li.get("/agent/conversation-list")).data["list"] == []
    assert len(await ming.tasks()) == 1


async def test_a_talk_is_renamed_listed_exported_and_deleted(app: App) -> None:
    ming = await app.someone()
    talk = await say(ming, "Reply with exactly CP5_OK")

    renamed = await ming.patch(f"/agent/conversations/{talk.conversation}", {"title": "A test", "status": "archived"})
    listed = await ming.get("/agent/conversation-list", q="CP5_OK")
    none = await ming.get("/agent/conversation-list", q="payload")
    file = await ming.get(f"/agent/conversations/{talk.conversation}/export", format="markdown")
    gone = await ming.delete(f"/agent/conversations/{talk.conversation}")

    assert (renamed.data["title"], renamed.data["status"]) == ("A test", "archived")
    assert [each["conversation_id"] for each in listed.data["list"]] == [talk.conversation]
    assert none.data["list"] == []
    assert "**assistant**: CP5_OK" in file.body
    assert gone.data == {"deleted": True}
    assert (await ming.get("/agent/conversation-meta", conversation_id=talk.conversation)).code == "40401"
    assert (await ming.post(f"/agent/runs/{talk.run}/cancel")).code == "40404"
    assert (await ming.patch(f"/agent/conversations/{talk.conversation}", {})).code == "40063"
