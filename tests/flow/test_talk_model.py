"""A talk with a model configured: the same loop, the same tools, the same yes; over HTTP, against a server that plays a script."""

from pathlib import Path

from smartflow.services.llm.settings import LlmSettings
from tests.kit.app import running
from tests.kit.llm import SHORT, three
from tests.kit.model_server import calls, model_server, part, says
from tests.kit.talking import say


async def test_a_model_calls_a_tool_hears_its_result_and_tells(tmp_path: Path) -> None:
    async with model_server() as server:
        llm = LlmSettings(models=three(server.url), patience=SHORT, fast_path="off")
        async with running(tmp_path, llm=llm) as app:
            ming = await app.someone()
            server.plays(
                calls(part(0, "create_task", '{"title": "Essay", "when": "tomorrow at 9:30"}', "x")), says("Noted: ", "the essay.")
            )

            talk = await say(ming, "Would you be so kind as to keep the essay in mind for me, tomorrow at 9:30")

            (task,) = await ming.tasks()
            usage = await ming.get("/user/usage")
            assert (talk.text, talk.ended, server.over) == ("Noted: the essay.", "completed", True)
            assert (task["title"], task["deadline_at"]) == ("Essay", "2026-09-15T09:30:00+08:00")
            assert [message["role"] for message in server.asked[1]["messages"]][-3:] == ["assistant", "tool", "system"]
            assert talk.frames[-1]["usage"]["total_tokens"] > 0
            assert usage.data["calls"] == 2


async def test_what_a_model_wants_deleted_waits_for_a_yes_and_a_no_reaches_it(tmp_path: Path) -> None:
    async with model_server() as server:
        llm = LlmSettings(models=three(server.url), patience=SHORT, fast_path="off")
        async with running(tmp_path, llm=llm) as app:
            ming = await app.someone()
            task = await ming.adds_task("Essay")
            server.plays(calls(part(0, "delete_task", f'{{"refs": ["task:{task}"]}}', "x")), says("It stays."))

            asked = await say(ming, "I do not need that essay of mine any longer, drop it")
            waiting = (await ming.get("/agent/conversation-meta", conversation_id=asked.conversation)).data["pending"]
            resume = {"interaction_id": waiting["interaction_id"], "action": "reject"}
            no = await say(ming, "", conversation_id=asked.conversation, extra={"resume": resume})

            assert (asked.ended, no.ended, no.text) == ("waiting", "completed", "It stays.")
            assert len(await ming.tasks()) == 1
            assert "refused_by_person" in str(server.asked[1]["messages"])


async def test_arguments_that_no_tool_takes_are_refused_and_the_model_may_mend_them(tmp_path: Path) -> None:
    async with model_server() as server:
        llm = LlmSettings(models=three(server.url), patience=SHORT, fast_path="off")
        async with running(tmp_path, llm=llm) as app:
            ming = await app.someone()
            server.plays(
                calls(part(0, "delete_task", '{"refs": ["bad"]}', "x")),
                calls(part(0, "ask_user", '{"text": 5}', "y")),
                says("I could not."),
            )

            talk = await say(ming, "I do not need that essay of mine any longer, drop it")

            assert (talk.text, talk.ended, server.over) == ("I could not.", "completed", True)
            assert str(server.asked[2]["messages"]).count("invalid_args") == 2
