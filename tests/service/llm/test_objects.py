"""Answers that are objects: three ways to ask for them, what a server can do is learned, what is not valid is mended."""

from datetime import timedelta
from typing import Any

import pytest

from smartflow.client.llm import Bounds, CallPiece, DegradedPiece, Flaw, ObjectPiece, ThinkingPiece, ToolSpec, UnusableAnswer
from tests.kit.llm import COST, Exit, Payer, done_of, request
from tests.kit.model_server import ModelServer, Reply, breaks, calls, part, piece, refuses, says

SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}, "due": {"type": "integer"}}, "required": ["title"]}
GOOD = says('{"title": ', '"Lab"}')
LAB = ObjectPiece({"title": "Lab"})


def wanted(**more: Any) -> Any:
    return request(output_schema=SCHEMA, **more)


def ways(server: ModelServer) -> list[str]:
    return [each.get("response_format", {"type": "prompted"})["type"] for each in server.asked]


async def test_an_object_comes_whole_and_its_text_does_not(ming: Payer, server: ModelServer) -> None:
    server.plays(GOOD)

    pieces = await ming.asks(wanted())

    assert pieces[:-1] == [LAB]
    assert server.asked[0]["response_format"] == {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
    assert len(server.asked[0]["messages"]) == 1


@pytest.mark.parametrize("status", [400, 404, 422, 500, 501])
async def test_what_a_server_refuses_is_not_asked_of_it_again_for_a_day(door: Exit, ming: Payer, server: ModelServer, status: int) -> None:
    server.plays(refuses(status), refuses(status), GOOD, GOOD)

    assert (await ming.asks(wanted()))[0] == LAB
    assert (await ming.asks(wanted()))[0] == LAB
    assert ways(server) == ["json_schema", "json_object", "prompted", "prompted"]
    assert door.pauses == []
    assert '"required":["title"]' in server.asked[1]["messages"][-1]["content"]
    assert '"required":["title"]' in server.asked[2]["messages"][-1]["content"]

    door.below.clock.advance(timedelta(hours=25))
    server.plays(GOOD)
    await ming.asks(wanted())
    assert ways(server)[-1] == "json_schema"


async def test_what_is_learned_of_one_model_says_nothing_of_another(ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(400), GOOD, GOOD)

    await ming.asks(wanted())
    await ming.asks(wanted(role="max"))

    assert ways(server) == ["json_schema", "json_object", "json_schema"]


async def test_a_prompt_that_is_too_long_teaches_nothing_about_formats(ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(400, "maximum context length is 8192 tokens"), GOOD)

    pieces = await ming.asks(wanted())

    assert pieces[0] == DegradedPiece("lite")
    assert ways(server) == ["json_schema", "json_schema"]


@pytest.mark.parametrize(
    ("message", "member", "instead"),
    [
        ("unknown field stream_options", "stream_options", None),
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens", "max_completion_tokens"),
        ("reasoning_effort is not supported with this model", "reasoning_effort", None),
    ],
)
async def test_members_that_a_server_does_not_know_are_left_out(
    ming: Payer, server: ModelServer, message: str, member: str, instead: str | None
) -> None:
    server.plays(refuses(400, message), says("Yes."), says("Yes."))

    await ming.asks(request(thinking="on"))
    await ming.asks(request(thinking="on"))

    assert [member in each for each in server.asked] == [True, False, False]
    if instead is not None:
        assert server.asked[1][instead] == 100


@pytest.mark.parametrize(
    "said",
    [
        '```json\n{"title": "Lab"}\n```',
        'Here it is: {"title": "Lab"} and that is all {really}',
        '{not this} but {"title": "Lab"}',
        'a brace in a text: "{" then {"title": "Lab"}',
    ],
)
async def test_an_object_among_words_is_found(ming: Payer, server: ModelServer, said: str) -> None:
    server.plays(says(said))

    assert (await ming.asks(wanted()))[0] == LAB


@pytest.mark.parametrize(
    ("said", "where"),
    [("No.", "no JSON object"), ('{"title": 3}', "title: type"), ('{"due": 1}', "object: required"), ("[1]", "no JSON object")],
)
async def test_an_object_that_is_not_valid_is_asked_for_once_more(ming: Payer, server: ModelServer, said: str, where: str) -> None:
    server.plays(says(said), GOOD)

    pieces = await ming.asks(wanted())

    assert pieces[0] == LAB
    theirs, ours = server.asked[1]["messages"][-2:]
    assert theirs == {"role": "assistant", "content": said}
    assert where in ours["content"]
    assert done_of(pieces).usage.cost == 2 * COST


async def test_an_object_that_stays_invalid_is_unusable(ming: Payer, server: ModelServer) -> None:
    server.plays(says("No."), says('{"due": "x"}'))

    with pytest.raises(UnusableAnswer) as refused:
        await ming.asks(wanted())

    assert refused.value.details == Flaw("invalid_output", where=("object: required", "due: type"))
    assert [row.cost for row in await ming.calls()] == [2 * COST]


async def test_an_object_that_the_output_limit_cut_off_is_not_asked_for_again(ming: Payer, server: ModelServer) -> None:
    server.plays(says('{"title": "La', finish="length"))

    with pytest.raises(UnusableAnswer):
        await ming.asks(wanted(bounds=Bounds(output_tokens=5)))


async def test_an_object_that_was_cut_is_made_anew(ming: Payer, server: ModelServer) -> None:
    server.plays(breaks('{"title": '), GOOD)

    pieces = await ming.asks(wanted())

    assert pieces[0] == LAB
    assert server.asked[1]["messages"] == server.asked[0]["messages"]


async def test_thoughts_come_and_calls_count_before_the_object(ming: Payer, server: ModelServer) -> None:
    tool = ToolSpec("find", "Finds.", {"type": "object"})
    server.plays(Reply((piece(reasoning="Hm"), *calls(part(0, "find", "{}")).pieces)))

    pieces = await ming.asks(wanted(tools=(tool,)))

    assert pieces[0] == ThinkingPiece("Hm")
    assert isinstance(pieces[1], CallPiece)
    assert len(pieces) == 3
