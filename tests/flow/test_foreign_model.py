"""A talk by way of a model's server that others wrote, with its faults: what the person sees of them, which is little."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from smartflow.services.llm.settings import LlmSettings, PatienceSettings
from tests.flow.test_talk import Talk, say
from tests.kit.app import App, running
from tests.kit.llm import SHORT, three
from tests.kit.node import Mock, mock

WORDS = "Would you be so kind as to keep the essay in mind for me"
# The model says things of its own here, and what is tested is how they are heard: they are agreed to in advance.
ALL = {"always_execute": True}
SAID = "About: the essay is long."
PIECE = 6
NO_TIME = {"ttft": 30_000}


@pytest.fixture
async def app(tmp_path: Path, foreign: Mock) -> AsyncIterator[App]:
    """A product whose three models are on that server, and that answers nothing without them."""
    async with answered_by(foreign, tmp_path) as app:
        yield app


@asynccontextmanager
async def answered_by(server: Mock, folder: Path, patience: PatienceSettings = SHORT) -> AsyncIterator[App]:
    llm = LlmSettings(models=three(server.url), patience=patience, fast_path="off", offline="off")
    async with running(folder, llm=llm) as app:
        yield app


def text(said: str, **more: Any) -> dict[str, Any]:
    """Say something."""
    return {"response": {"content": said}, "chunkSize": PIECE, **more}


def cut(fixture: Mapping[str, Any], pieces: int) -> dict[str, Any]:
    """Break off when so many pieces have come; the first has the role and no words. The server loses the one that it breaks off at."""
    return {**fixture, "latency": 5, "truncateAfterChunks": pieces + 1}


def keeps(title: str = "Essay", **more: Any) -> dict[str, Any]:
    """Call the tool that makes a task."""
    call = {"name": "create_task", "arguments": {"title": title, "when": "tomorrow at 9:30"}, "id": "x"}
    return {"response": {"toolCalls": [call]}, "chunkSize": PIECE, **more}


def refuses(status: int, message: str = "no", *, wait: int | None = None) -> dict[str, Any]:
    """Refuse."""
    return {"response": {"error": {"message": message}, "status": status} | ({} if wait is None else {"retryAfter": wait})}


def always(model: str, fixture: Mapping[str, Any]) -> dict[str, Any]:
    """Say the same to everything that a model is asked."""
    return {**fixture, "match": {"endpoint": "chat", "model": model}}


def codes(talk: Talk) -> list[tuple[str, str]]:
    """List what was told of how the run stands."""
    told = [frame["extra"]["status"] for frame in talk.frames if frame.get("extra", {}).get("kind") == "status"]
    return [(each["code"], each["summary"]) for each in told]


@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_arguments_in_shreds_are_one_call(app: App, foreign: Mock, size: int) -> None:
    await foreign.plays(keeps("论文 “draft” 🎓", chunkSize=size), text(SAID, chunkSize=size))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    (task,) = await ming.tasks()
    assert (task["title"], task["deadline_at"]) == ("论文 “draft” 🎓", "2026-09-15T09:30:00+08:00")
    assert (talk.text, talk.ended) == (SAID, "completed")
    assert await foreign.statuses() == [200, 200]


async def test_calls_and_words_in_any_order_are_all_heard(app: App, foreign: Mock) -> None:
    tasks = [{"type": "toolCall", "name": "create_task", "arguments": {"title": title}} for title in ("Essay", "Milk")]
    blocks = [tasks[0], {"type": "text", "text": "One moment. "}, tasks[1]]
    await foreign.plays({"response": {"blocks": blocks}, "chunkSize": 2}, text("Both are kept."))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    assert {task["title"] for task in await ming.tasks()} == {"Essay", "Milk"}
    assert talk.text.replace("\n", "") == "One moment. Both are kept."
    assert [message["tool_call_id"] for message in (await foreign.heard())[1]["messages"] if message["role"] == "tool"] == ["c1", "c2"]


async def test_thoughts_are_not_shown(app: App, foreign: Mock) -> None:
    await foreign.plays({"response": {"content": SAID, "reasoning": "They want a reminder."}})
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    assert talk.text == SAID
    assert "reminder" not in talk.answer.body


async def test_a_server_that_tells_no_usage_is_counted_for(app: App, foreign: Mock) -> None:
    await foreign.plays(refuses(400, "Unrecognized request argument supplied: stream_options"), text(SAID))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    usage = await ming.get("/user/usage")
    assert ["stream_options" in asked for asked in await foreign.heard()] == [True, False]
    assert (talk.text, usage.data["estimated_calls"], usage.data["models"][0]["output_tokens"] > 0) == (SAID, 1, True)
    assert talk.frames[-1]["usage"]["total_tokens"] == sum(usage.data["models"][0][kind] for kind in ("input_tokens", "output_tokens"))


async def test_too_many_requests_are_waited_out_as_the_server_says(app: App, foreign: Mock) -> None:
    await foreign.plays(refuses(429, wait=0), refuses(429, wait=0), text(SAID))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    assert (talk.text, talk.ended, codes(talk)) == (SAID, "completed", [])
    assert await foreign.statuses() == [429, 429, 200]


async def test_a_server_that_wants_to_be_left_alone_for_long_gives_way_to_the_next_model(app: App, foreign: Mock) -> None:
    await foreign.knows(always("middle", refuses(429, wait=60)), always("small", text(SAID)))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    assert (talk.text, codes(talk)) == (SAID, [("model_degraded", "lite")])
    assert await foreign.statuses() == [429, 200]


@pytest.mark.parametrize("fault", ["malformedRate", "disconnectRate", "dropRate"])
async def test_what_goes_wrong_before_the_first_word_is_tried_again(app: App, foreign: Mock, fault: str) -> None:
    await foreign.plays(text("never", chaos={fault: 1}), text(SAID))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    assert (talk.text, talk.ended, codes(talk)) == (SAID, "completed", [])
    assert len(await foreign.heard()) == 2


@pytest.mark.parametrize("pieces", range(6))
async def test_an_answer_cut_anywhere_is_gone_on_with_and_nothing_is_said_twice(app: App, foreign: Mock, pieces: int) -> None:
    came = SAID[: max(0, pieces - 1) * PIECE]
    await foreign.plays(cut(text(SAID), pieces), text(SAID.removeprefix(came)))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    timeline = await ming.get("/agent/conversation-timeline", conversation_id=talk.conversation)
    said = [each["content"] for each in timeline.data if each["kind"] == "assistant_text"]
    first, second = await foreign.heard()
    assert (talk.text, "".join(said), talk.ended) == (SAID, SAID, "completed")
    assert [each["content"] for each in second["messages"][len(first["messages"]) :][:1]] == ([came] if came else [])


async def test_an_answer_that_begins_anew_after_a_cut_is_not_heard_twice(app: App, foreign: Mock) -> None:
    await foreign.plays(cut(text(SAID), 3), text(SAID))
    ming = await app.someone()

    assert (await say(ming, WORDS, extra=ALL)).text == SAID


async def test_an_answer_cut_twice_is_ended_by_the_next_model(app: App, foreign: Mock) -> None:
    middle = {"endpoint": "chat", "model": "middle"}
    cuts = [cut(text(SAID), 2), cut(text(SAID[PIECE:]), 2)]
    small = always("small", text(SAID[2 * PIECE :]))
    await foreign.knows(*({**each, "match": {**middle, "sequenceIndex": number}} for number, each in enumerate(cuts)), small)
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    assert (talk.text, talk.ended, codes(talk)) == (SAID, "completed", [("model_degraded", "lite")])


@pytest.mark.parametrize("pieces", [1, 2, 4, 8])
async def test_a_call_cut_in_its_arguments_is_made_once(app: App, foreign: Mock, pieces: int) -> None:
    await foreign.plays(cut(keeps(), pieces), keeps(), text(SAID))
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    assert [task["title"] for task in await ming.tasks()] == ["Essay"]
    assert (talk.text, talk.kinds.count("tool_call"), talk.kinds.count("tool_result")) == (SAID, 1, 1)


async def test_arguments_that_cannot_be_read_are_asked_for_again(tmp_path: Path) -> None:
    async with mock("broken") as server, answered_by(server, tmp_path) as app:
        ming = await app.someone()

        talk = await say(ming, "at first unfinished: the essay")

        corrected = (await server.heard())[1]["messages"][-1]
        assert (talk.text, talk.ended, len(await ming.tasks())) == ("Noted.", "completed", 1)
        assert (talk.kinds.count("tool_call"), "invalid_args" in corrected["content"]) == (1, True)


async def test_a_model_that_does_not_begin_in_time_gives_way_to_the_next(tmp_path: Path, foreign: Mock) -> None:
    await foreign.knows(always("middle", text("never", streamingProfile=NO_TIME)), always("small", text(SAID)))
    patience = PatienceSettings(connect=5.0, first=0.3, first_lite=20.0, silence=5.0, whole=20.0)
    async with answered_by(foreign, tmp_path, patience) as app:
        ming = await app.someone()

        talk = await say(ming, WORDS, extra=ALL)

    assert (talk.text, talk.ended, codes(talk)) == (SAID, "completed", [("model_degraded", "lite")])
    assert [asked["model"] for asked in await foreign.heard()] == ["middle", "small"]


async def test_a_server_that_knows_no_formats_still_has_words_to_a_confirmation_read(app: App, foreign: Mock) -> None:
    ming = await app.someone()
    tasks = [await ming.adds_task("Essay"), await ming.adds_task("Report")]
    deletes = [{"response": {"toolCalls": [{"name": "delete_task", "arguments": {"refs": [f"task:{task}"]}}]}} for task in tasks]
    yes = text('Sure: {"reading": "approve"}')
    broken = [{**refuses(500, "internal"), "match": {"responseFormat": kind}} for kind in ("json_schema", "json_object")]
    await foreign.knows(*broken)
    await foreign.plays(deletes[0], yes, text("Gone."), deletes[1], yes, text("Gone too."))

    for _ in tasks:
        asked = await say(ming, "I do not need that any longer, drop it")
        await say(ming, "well, if you must, so be it", conversation_id=asked.conversation)

    assert await ming.tasks() == []
    assert await foreign.statuses() == [200, 500, 500, 200, 200, 200, 200, 200]  # what was refused is not asked for again


async def test_where_no_model_can_be_had_the_run_ends_in_one_error(app: App, foreign: Mock) -> None:
    await foreign.knows({**refuses(401), "match": {"endpoint": "chat"}})
    ming = await app.someone()

    talk = await say(ming, WORDS, extra=ALL)

    (error,) = [frame["error"] for frame in talk.frames if "error" in frame]
    assert (error["code"], error["type"], talk.data[-1]) == ("50303", "model_unavailable", "[DONE]")
    assert [asked["model"] for asked in await foreign.heard()] == ["middle", "small"]
