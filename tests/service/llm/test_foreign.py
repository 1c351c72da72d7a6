"""The exit to language models with a server that others wrote: what a talk does not show."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smartflow.client.llm import CallPiece, Flaw, ObjectPiece, ToolCall, ToolSpec, UnusableAnswer, User
from smartflow.services.llm.settings import PriceSettings
from tests.kit.llm import PRICES, Exit, Payer, at, done_of, exit_on, request, text_of, three
from tests.kit.node import Mock, mock

TOOL = ToolSpec("create_task", "Makes a task.", {"type": "object", "properties": {"title": {"type": "string"}}})
SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"], "additionalProperties": False}


@pytest.fixture
async def door(tmp_path: Path, foreign: Mock) -> AsyncIterator[Exit]:
    embeddings = at(foreign.url, "vectors", PriceSettings(input=PRICES.input))
    async with exit_on(tmp_path / "llm.db", models=three(foreign.url), embeddings=embeddings) as made:
        yield made


@pytest.fixture
async def broken(tmp_path: Path) -> AsyncIterator[Payer]:
    """Somebody whose models break the arguments of their calls."""
    async with mock("broken") as server, exit_on(tmp_path / "llm.db", models=three(server.url)) as made:
        yield made.someone()


async def test_the_pauses_are_those_that_the_server_asks_for(door: Exit, foreign: Mock, ming: Payer) -> None:
    busy = [{"response": {"error": {"message": "slow down"}, "status": 429, "retryAfter": seconds}} for seconds in (7, 20)]
    await foreign.plays(*busy, {"response": {"content": "Yes."}})

    assert text_of(await ming.asks(request())) == "Yes."
    assert door.pauses == [7.0, 20.0]


async def test_what_the_server_counted_is_booked(foreign: Mock, ming: Payer) -> None:
    used = {"prompt_tokens": 100, "completion_tokens": 20}
    await foreign.plays({"response": {"content": "Yes.", "usage": used}})

    done = done_of(await ming.asks(request()))

    assert (done.usage.prompt_tokens, done.usage.completion_tokens, done.usage.estimated) == (100, 20, False)
    assert [(row.state, row.prompt_tokens, row.completion_tokens) for row in await ming.calls()] == [("settled", 100, 20)]


@pytest.mark.parametrize("how", ["unfinished", "words", "single quotes"])
async def test_arguments_that_are_no_object_are_not_guessed(broken: Payer, how: str) -> None:
    with pytest.raises(UnusableAnswer) as refused:
        await broken.asks(request(User(how), tools=(TOOL,)))

    assert refused.value.details == Flaw("invalid_args", "create_task")
    assert [row.state for row in await broken.calls()] == ["settled"]


async def test_a_call_that_the_output_limit_cut_off_is_left_out(broken: Payer) -> None:
    pieces = await broken.asks(request(User("second cut off"), tools=(TOOL,)))

    assert pieces[:-1] == [CallPiece(ToolCall("c1", "create_task", {"title": "Essay"}))]
    assert done_of(pieces).finish == "length"


async def test_an_object_that_is_broken_off_is_asked_for_once_more(foreign: Mock, ming: Payer) -> None:
    await foreign.plays({"response": {"content": '{"title": "Ess'}, "chunkSize": 4}, {"response": {"content": {"title": "Essay"}}})

    pieces = await ming.asks(request(output_schema=SCHEMA))

    assert [each for each in pieces if isinstance(each, ObjectPiece)] == [ObjectPiece({"title": "Essay"})]
    assert [asked["response_format"]["type"] for asked in await foreign.heard()] == ["json_schema", "json_schema"]


async def test_texts_are_embedded_in_their_order(door: Exit, foreign: Mock, ming: Payer) -> None:
    await foreign.knows({"match": {"endpoint": "embedding", "inputText": "one"}, "response": {"embedding": [1.0, 0.5]}})

    vectors = await door.llm.embed(ming.call, ("one", "one and more"))

    assert vectors == ((1.0, 0.5), (1.0, 0.5))
