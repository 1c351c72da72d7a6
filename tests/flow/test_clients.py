"""The official clients of chat completions, in Python and in Node, read what a running process streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from msgspec import Struct, convert
from openai import APIError, APIStatusError, AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk

from tests.kit.node import KEY, ROOT, Mock, program
from tests.kit.people import Person, someone
from tests.kit.process import PATIENCE, up

URL = str


class Failed(Struct):
    """What a client makes of a failure."""

    name: str
    status: int | None
    code: str | None
    type: str | None


class Heard(Struct):
    """What a client heard of one answer: the deltas merged, and what stood beside them."""

    text: str = ""
    roles: list[str] = []
    kinds: list[str] = []
    frames: int = 0
    finish: list[str] = []
    usage: dict[str, Any] | None = None
    conversation: str | None = None
    extras: dict[str, Any] = {}
    error: Failed | None = None

    @property
    def ended(self) -> str:
        return str(self.extras["finish"]["meta"]["run_status"])

    @property
    def counted(self) -> bool:
        used = self.usage or {}
        return used["prompt_tokens"] + used["completion_tokens"] == used["total_tokens"]


Read = Callable[..., Awaitable[Heard]]


async def by_python(question: Mapping[str, Any]) -> Heard:
    """Read one answer with the client for Python."""
    heard = Heard()
    async with AsyncOpenAI(base_url=f"{question['url']}/api/v1", api_key=question["token"], max_retries=0) as client:
        try:
            stream = await client.post(
                "/agent/chat", cast_to=ChatCompletionChunk, body=question["body"], stream=True, stream_cls=AsyncStream[ChatCompletionChunk]
            )
            heard.conversation = stream.response.headers["x-conversation-id"]
            async for chunk in stream:
                take(heard, chunk)
        except APIStatusError as error:
            heard.error = Failed(type(error).__name__, error.status_code, error.code, error.type)
        except APIError as error:
            heard.error = Failed(type(error).__name__, None, error.code, error.type)
    return heard


def take(heard: Heard, chunk: ChatCompletionChunk) -> None:
    heard.frames += 1
    for choice in chunk.choices or ():
        heard.text += choice.delta.content or ""
        heard.roles += [choice.delta.role] if choice.delta.role else []
        heard.finish += [choice.finish_reason] if choice.finish_reason else []
    if chunk.usage is not None:
        heard.usage = chunk.usage.model_dump(exclude_none=True)
    extra = (chunk.model_extra or {}).get("extra")
    if extra is not None:
        heard.kinds.append(extra["kind"])
        heard.extras[extra["kind"]] = extra


@asynccontextmanager
async def reader(language: str) -> AsyncIterator[Callable[[Mapping[str, Any]], Awaitable[Heard]]]:
    """Have the client of a language ready."""
    if language == "python":
        yield by_python
        return
    async with program(str(ROOT / "tests" / "node" / "read.cjs")) as node:

        async def by_node(question: Mapping[str, Any]) -> Heard:
            return convert(await node.ask(question), Heard)

        yield by_node


@pytest.fixture(scope="module", params=["python", "node"])
async def read(request: pytest.FixtureRequest) -> AsyncIterator[Read]:
    async with reader(request.param) as ask:

        async def read(url: URL, person: Person, message: str, **rest: Any) -> Heard:
            return await ask({"url": url, "token": person.tokens["access_token"], "body": {"message": message, **rest}})

        yield read


@pytest.fixture(scope="module")
async def url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[URL]:
    """A process that has no model."""
    async with up(tmp_path_factory.mktemp("alone")) as running:
        yield running.url


@pytest.fixture(scope="module")
async def with_model(shared_mock: Mock, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[URL]:
    """A process that has a model, and nothing else to answer with."""
    at = {"BASE_URL": shared_mock.url, "MODEL": "middle", "KEY": KEY}
    chosen = {f"SMARTFLOW_LLM__MODELS__PRO__{name}": value for name, value in at.items()}
    async with up(tmp_path_factory.mktemp("model"), **chosen, SMARTFLOW_LLM__OFFLINE="off", SMARTFLOW_LLM__FAST_PATH="off") as running:
        yield running.url


@asynccontextmanager
async def met(url: URL) -> AsyncIterator[Person]:
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as http:
        yield await someone(http)


@pytest.mark.parametrize("words", ["Reply with exactly CP5_OK", "请只回复 CP5_OK"])
async def test_small_talk_merges_to_its_words_and_nothing_else(url: URL, read: Read, words: str) -> None:
    async with met(url) as ming:
        heard = await read(url, ming, words)

    assert (heard.text, heard.roles, heard.finish, heard.error) == ("CP5_OK", ["assistant"], ["stop"], None)
    assert (heard.ended, heard.counted) == ("completed", True)


async def test_a_quick_task_comes_with_its_card(url: URL, read: Read) -> None:
    async with met(url) as ming:
        heard = await read(url, ming, "Remind me to call the dentist tomorrow at 9:30")
        (task,) = await ming.tasks()
        timeline = await ming.get("/agent/conversation-timeline", conversation_id=heard.conversation)

    card = heard.extras["business_card"]["business_card"]
    assert (card["card_type"], card["data"]["id"]) == ("task_record", task["id"])
    assert heard.text == "".join(each["content"] for each in timeline.data if each["kind"] == "assistant_text")
    assert (heard.finish, heard.ended, heard.counted) == (["stop"], "completed", True)


async def test_a_question_back_waits_and_its_answer_goes_on(url: URL, read: Read) -> None:
    async with met(url) as ming:
        await ming.adds_task("Lab report physics")
        await ming.adds_task("Lab report chemistry")
        asked = await read(url, ming, "I finished the lab report")
        done = await read(url, ming, "the first one", conversation_id=asked.conversation)
        tasks = await ming.tasks()

    assert (asked.ended, asked.finish, asked.counted) == ("waiting", ["stop"], True)
    assert asked.extras["interrupt"]["interrupt"]["summary"] in asked.text
    assert (done.ended, done.error) == ("completed", None)
    assert len([task for task in tasks if task["is_completed"]]) == 1


async def test_a_deletion_shows_what_goes_and_goes_on_after_a_yes(url: URL, read: Read) -> None:
    async with met(url) as ming:
        await ming.adds_task("Renew the library card")
        asked = await read(url, ming, "Delete the library card task")
        before = await ming.tasks()
        confirm = asked.extras["confirm_request"]["confirm"]
        resume = {"interaction_id": confirm["interaction_id"], "action": "approve"}
        done = await read(url, ming, "", conversation_id=asked.conversation, extra={"resume": resume})
        late = await read(url, ming, "", conversation_id=asked.conversation, extra={"resume": resume})
        after = await ming.tasks()

    assert (asked.ended, asked.finish, len(before)) == ("waiting", ["stop"], 1)
    assert confirm["diff"][0]["name"] == "Renew the library card"
    assert (done.ended, done.finish, after) == ("completed", ["stop"], [])
    assert late.error is not None
    assert (late.error.name, late.error.status) == ("ConflictError", 409)


async def test_what_a_model_says_arrives_as_it_said_it(foreign: Mock, with_model: URL, read: Read) -> None:
    said = "Three things: milk, 面包, and — if there is any — 🍞 jam."
    await foreign.plays({"response": {"content": said, "usage": {"prompt_tokens": 100, "completion_tokens": 20}}, "chunkSize": 3})
    async with met(with_model) as ming:
        heard = await read(with_model, ming, "What was on my list again?")

    assert (heard.text, heard.roles, heard.finish) == (said, ["assistant"], ["stop"])
    assert heard.usage == {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


async def test_a_run_that_fails_ends_as_an_error_of_the_client(foreign: Mock, with_model: URL, read: Read) -> None:
    await foreign.knows({"match": {"endpoint": "chat"}, "response": {"error": {"message": "no"}, "status": 403}})
    async with met(with_model) as ming:
        heard = await read(with_model, ming, "What was on my list again?")

    assert heard.error == Failed("APIError", None, "50303", "model_unavailable")
    assert (heard.text, heard.finish, heard.counted) == ("", [], True)


async def test_a_run_that_is_cancelled_ends_as_one_that_stopped(foreign: Mock, with_model: URL, read: Read) -> None:
    await foreign.plays({"response": {"content": "One two three four five"}, "chunkSize": 4, "streamingProfile": {"ttft": 0, "tps": 0.1}})
    async with met(with_model) as ming, asyncio.TaskGroup() as group:
        reading = group.create_task(read(with_model, ming, "Count for me"))
        run = await active_run(ming)
        cancelled = await ming.post(f"/agent/runs/{run}/cancel")
        heard = await reading

    assert cancelled.status == 200
    assert (heard.ended, heard.finish, heard.counted) == ("cancelled", ["stop"], True)
    assert heard.extras["status"]["status"]["code"] == "cancelled"


async def active_run(ming: Person) -> str:
    """Wait until somebody's one conversation has a run."""
    while True:
        listed = (await ming.get("/agent/conversation-list")).data["list"]
        if listed and listed[0]["active_run_id"]:
            return str(listed[0]["active_run_id"])
        await asyncio.sleep(0.01)
