"""What one answer of a model is held to: the room in its window, how many tools it may call, what it says beside them."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smartflow.services.agent.settings import AgentSettings
from smartflow.services.llm.settings import LlmSettings, ModelsSettings
from tests.kit.app import App, running
from tests.kit.llm import SHORT, at
from tests.kit.model_server import ModelServer, Reply, calls, model_server, part, says
from tests.kit.talking import say

MINE = "Tell me about harpsichords, would you"


@asynccontextmanager
async def talking(folder: Path, window: int = 128_000) -> AsyncIterator[tuple[App, ModelServer]]:
    """Run the product with one model, of such a window, that plays a script."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(model_server())
        models = ModelsSettings(lite=at(server.url, "only", window=window))
        llm = LlmSettings(models=models, patience=SHORT, fast_path="off")
        yield await stack.enter_async_context(running(folder, llm=llm, agent=AgentSettings(run_cost=Decimal(1000), titles="off"))), server


def sent(asked: Any) -> int:
    """Give a lower bound of the tokens of a request in plain words."""
    return sum(len(str(each["content"])) for each in asked["messages"]) // 4


async def test_to_a_model_with_a_small_window_less_of_a_long_talk_is_told_and_it_is_summed_up_earlier(tmp_path: Path) -> None:
    async with talking(tmp_path, 8_000) as (app, server):
        ming = await app.someone()
        server.plays(says("plucked " * 400), says("strings " * 400), says("SUMMED"), says("So be it."))

        talk = await say(ming, MINE)
        for words in ("And how are they strung?", "And now?"):
            talk = await say(ming, words, conversation_id=talk.conversation)

        stats = await ming.get("/agent/context-stats", conversation_id=talk.conversation)
        assert (stats.data["budget"], talk.text, server.over) == (4_800, "So be it.", True)
        assert sent(server.asked[-1]) < stats.data["total"] <= stats.data["budget"]
        assert "SUMMED" in str(server.asked[-1]["messages"])


async def test_a_model_is_told_which_of_its_calls_were_too_many_and_may_make_them_again(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        looks = [part(number, "query_tasks", f'{{"keyword": "page {number}"}}', f"x{number}") for number in range(23)]
        more = [part(number, "create_task", f'{{"title": "page {number}"}}', f"x{number}") for number in range(23, 27)]
        server.plays(calls(*looks, *more), calls(part(0, "create_task", '{"title": "page 26"}', "y")), says("Two are kept."))

        talk = await say(ming, "look for all pages, and keep page 23, page 24, page 25 and page 26 in mind")

        told = [each for each in server.asked[1]["messages"] if each["role"] == "tool"]
        assert (talk.ended, server.over, len(told)) == ("completed", True, 27)
        assert ["too_many_calls" in each["content"] for each in told] == [False] * 24 + [True] * 3
        assert {each["title"] for each in await ming.tasks()} == {"page 23", "page 26"}
        assert server.asked[1].get("tools") == server.asked[0]["tools"]


GONE = "Done, I have deleted the essay."
RIGHT = "Correction: nothing was changed in this answer."


def deletes(task: int, text: str = GONE) -> Reply:
    return calls(part(0, "delete_task", f'{{"refs": ["task:{task}"]}}', "x"), text=text)


async def test_who_claims_a_change_that_waits_for_a_yes_is_set_right_before_the_person_is_asked(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(deletes(await ming.adds_task("Essay")), says("It is gone: I have deleted the essay."))

        asked = await say(ming, "I do not need that essay of mine any longer, drop it")
        done = await say(ming, "yes", conversation_id=asked.conversation)

        assert asked.ended == "waiting"
        assert asked.text.startswith(f"{GONE}\n\n{RIGHT}\n\n")
        assert [kind for kind in asked.told if kind != "usage"] == ["assistant_text", "assistant_text", "confirm_request", "finish"]
        assert (done.ended, RIGHT in done.text, await ming.tasks()) == ("completed", False, [])


async def test_who_claims_a_change_beside_a_question_is_set_right_before_it(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(calls(part(0, "ask_user", '{"text": "Which essay?"}', "x"), text=GONE))

        asked = await say(ming, "I do not need that essay of mine any longer, drop it")

        assert (asked.ended, asked.text) == ("waiting", f"{GONE}\n\n{RIGHT}\n\nWhich essay?")


@pytest.mark.parametrize("wrong", ['{"keyword": "essay"}', '{"keyword": "ess'])
async def test_who_claims_a_change_beside_calls_that_changed_nothing_is_set_right_at_the_end(tmp_path: Path, wrong: str) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(calls(part(0, "query_tasks", wrong, "x"), text=GONE), says(" There is no essay."))

        talk = await say(ming, "I do not need that essay of mine any longer, drop it")

        assert (talk.ended, server.over) == ("completed", True)
        assert talk.text == f"{GONE} There is no essay.\n\n{RIGHT}"


async def test_who_claims_a_change_beside_the_call_that_made_it_is_right(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        essay = await ming.adds_task("Essay")
        kept = calls(part(0, "create_task", '{"title": "Poem"}', "x"), text="I have added the poem.")
        server.plays(kept, deletes(essay, " Now I have deleted the essay."))

        talk = await say(ming, "keep the poem in mind for me, and I do not need that essay any longer")

        assert (talk.ended, RIGHT in talk.text) == ("waiting", False)
        assert {each["title"] for each in await ming.tasks()} == {"Poem", "Essay"}


async def test_answers_that_stay_unusable_end_in_a_sentence_by_template_and_in_no_error(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        server.plays(*[calls(part(0, "create_task", '{"title": "Ess', f"x{number}")) for number in range(4)])

        talk = await say(ming, "keep the essay in mind for me, would you")

        assert (talk.ended, server.over, await ming.tasks()) == ("completed", True, [])
        assert talk.text.startswith("I could not get this right and stop here. Nothing was changed.")
        assert not [frame for frame in talk.frames if "error" in frame]
        assert [frame["usage"]["prompt_tokens"] > 0 for frame in talk.frames if frame.get("usage")] == [True]
        offered = [{tool["function"]["name"] for tool in asked["tools"]} for asked in server.asked]
        assert ["create_task" in each for each in offered] == [True, True, True, False]


def reads(handle: str, part_: int) -> Reply:
    return calls(part(0, "read_more", f'{{"handle": "{handle}", "part": {part_}}}', "x"))


def told(server: ModelServer, request: int) -> str:
    """Give the newest result of a request."""
    return str([each["content"] for each in server.asked[request]["messages"] if each["role"] == "tool"][-1])


async def test_what_was_cut_of_a_result_is_read_by_its_handle_in_this_answer_and_in_later_ones(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming = await app.someone()
        titles = [f"{number} {'章节' * 100}" for number in range(11, 24)]
        for title in titles:
            await ming.adds_task(title)
        server.plays(calls(part(0, "query_tasks", '{"limit": 20}', "x")), *(reads("c1", number) for number in (2, 3, 4)), says("All."))
        server.plays(reads("c1", 1), says("Again."))

        talk = await say(ming, "Have a look at everything that I want to read, please")
        await say(ming, "And once more, please", conversation_id=talk.conversation)

        first, second, third, none, again = (told(server, each) for each in (1, 2, 3, 4, 6))
        bare = [first.removesuffix("</data> (part 1 of 3; read_more with handle c1 gives the others)").removeprefix("<data>")]
        bare += [each.removesuffix("</data>").removeprefix(f"<data>c1, part {at} of 3: ") for at, each in ((2, second), (3, third))]
        assert [task["title"] for task in json.loads("".join(bare))["value"]["tasks"]] == titles
        assert "no_part" in none
        assert "read_more with handle c1 gives all" in str(server.asked[5]["messages"])
        assert (again, server.over) == (f"<data>c1, part 1 of 3: {bare[0]}</data>", True)


async def test_a_result_of_another_talk_or_of_somebody_else_is_read_by_nobody(tmp_path: Path) -> None:
    async with talking(tmp_path) as (app, server):
        ming, li = await app.someone(), await app.someone()
        await ming.adds_task("Essay")
        for other in (ming, li):
            server.starts_over()
            server.plays(calls(part(0, "query_tasks", "{}", "x")), says("One."), reads("c1", 1), says("None."))
            await say(ming, "Have a look at everything that I want to read, please")

            await say(other, "And what was that?")

            assert "no_result" in told(server, 3)
            assert "Essay" not in str(server.asked[3]["messages"])
