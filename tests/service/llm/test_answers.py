"""Answers of a model that does as it should: text, thoughts, tools, objects, and what they cost."""

from decimal import Decimal

import pytest

from smartflow.client.llm import Assistant, CallPiece, Done, System, TextPiece, ThinkingPiece, Tool, ToolCall, ToolSpec, Usage, User
from tests.kit.llm import COST, Exit, Payer, done_of, request, text_of
from tests.kit.model_server import ModelServer, Reply, calls, part, piece, says

PLACE = ToolSpec("place", "Places something.", {"type": "object", "properties": {"day": {"type": "integer"}}})


async def test_text_comes_piece_by_piece_and_the_end_says_what_it_took(ming: Payer, server: ModelServer) -> None:
    server.plays(says("Two ", "tasks."))

    pieces = await ming.asks(request())

    assert pieces == [
        TextPiece("Two "),
        TextPiece("tasks."),
        Done(Usage(100, 0, 20, 0, cost=COST), "middle", "stop"),
    ]


async def test_the_wire_carries_messages_tools_limit_and_key(ming: Payer, server: ModelServer) -> None:
    server.plays(says("Done."))
    call = ToolCall("c1", "place", {"day": 3, "时": "下午"})
    spoken = (System("Be brief."), User("排一下"), Assistant("", (call,)), Tool("c1", "place", "placed", {"ok": True}), Assistant("Yes."))

    await ming.asks(request(*spoken, tools=(PLACE,)))

    sent = server.asked[0]
    assert sent["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "排一下"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "place", "arguments": '{"day":3,"时":"下午"}'}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "placed"},
        {"role": "assistant", "content": "Yes."},
    ]
    assert sent["tools"] == [
        {"type": "function", "function": {"name": "place", "description": "Places something.", "parameters": PLACE.parameters}}
    ]
    assert (sent["model"], sent["max_tokens"], sent["stream"]) == ("middle", 100, True)
    assert sent["stream_options"] == {"include_usage": True}
    assert "reasoning_effort" not in sent
    assert server.keys == ["Bearer sk-secret"]


@pytest.mark.parametrize(("wanted", "effort"), [("on", "high"), ("off", "minimal")])
async def test_how_hard_to_think_is_said_where_it_is_chosen(ming: Payer, server: ModelServer, wanted: str, effort: str) -> None:
    server.plays(says("Hm."))

    await ming.asks(request(thinking=wanted))

    assert server.asked[0]["reasoning_effort"] == effort


@pytest.mark.parametrize("spelling", ["reasoning_content", "reasoning"])
async def test_thoughts_are_told_apart_from_text(ming: Payer, server: ModelServer, spelling: str) -> None:
    server.plays(says("Yes.", before=(piece(**{spelling: "Let me see"}),)))

    pieces = await ming.asks(request())

    assert pieces[:2] == [ThinkingPiece("Let me see"), TextPiece("Yes.")]


async def test_arguments_that_come_in_parts_are_one_call(ming: Payer, server: ModelServer) -> None:
    server.plays(
        calls(
            part(0, "place", "", id="call_1"),
            part(0, None, '{"da'),
            part(1, "find", '{"text"', id="call_2"),
            part(0, None, 'y": 3}'),
            part(1, None, ':"lab"}'),
            text="One moment.",
        )
    )

    pieces = await ming.asks(request(tools=(PLACE,)))

    assert pieces[:3] == [
        TextPiece("One moment."),
        CallPiece(ToolCall("c1", "place", {"day": 3})),
        CallPiece(ToolCall("c2", "find", {"text": "lab"})),
    ]
    assert done_of(pieces).finish == "tool_calls"


async def test_calls_are_numbered_on_from_those_of_the_run(ming: Payer, server: ModelServer) -> None:
    server.plays(calls(part(0, "place", "{}", id="c1")))
    before = (User("x"), Assistant("", (ToolCall("c7", "place", {}),)), Tool("c7", "place", "ok"))

    pieces = await ming.asks(request(*before, tools=(PLACE,)))

    assert pieces[0] == CallPiece(ToolCall("c8", "place", {}))


@pytest.mark.parametrize(
    "parts",
    [
        (part(0, "place", '{"day":1}', id="a"), part(0, "place", '{"day":2}', id="b")),  # every call has the same index
        (part(None, "place", '{"day":1}'), part(None, "place", '{"day"'), part(None, None, ":2}")),  # none is told
        (part(0, "place", '{"day":1}', id="a"), part(1, "place", '{"day":2}', id="a")),  # ids repeat
    ],
)
async def test_servers_with_their_own_idea_of_indexes_and_ids_are_understood(ming: Payer, server: ModelServer, parts: tuple) -> None:
    server.plays(calls(*parts, finish="stop"))

    pieces = await ming.asks(request(tools=(PLACE,)))

    assert pieces[:2] == [CallPiece(ToolCall("c1", "place", {"day": 1})), CallPiece(ToolCall("c2", "place", {"day": 2}))]
    assert done_of(pieces).finish == "tool_calls"


async def test_a_call_without_arguments_has_none(ming: Payer, server: ModelServer) -> None:
    server.plays(calls(part(0, "get_overview", "")))

    pieces = await ming.asks(request(tools=(PLACE,)))

    assert pieces[0] == CallPiece(ToolCall("c1", "get_overview", {}))


@pytest.mark.parametrize(("word", "finish"), [("length", "length"), ("content_filter", "filtered"), ("eos", "stop")])
async def test_why_it_ended_is_said_in_our_words(ming: Payer, server: ModelServer, word: str, finish: str) -> None:
    server.plays(says("Half", finish=word))

    assert done_of(await ming.asks(request())).finish == finish


async def test_cached_and_reasoning_tokens_count_apart(ming: Payer, server: ModelServer) -> None:
    kinds = {"prompt_tokens_details": {"cached_tokens": 60}, "completion_tokens_details": {"reasoning_tokens": 5}}
    server.plays(says("Yes.", usage={"prompt_tokens": 100, "completion_tokens": 20, **kinds}))

    used = done_of(await ming.asks(request())).usage

    # 40 at 10, 60 at 1 and 20 at 100 for a million
    assert used == Usage(100, 60, 20, 5, cost=Decimal("0.00246"))


async def test_a_missing_usage_is_counted_and_marked(ming: Payer, server: ModelServer) -> None:
    server.plays(says("The lab report is due on Friday.", usage=None))

    used = done_of(await ming.asks(request())).usage

    assert used.estimated
    assert 5 <= used.prompt_tokens <= 20
    assert 5 <= used.completion_tokens <= 12
    assert (await ming.calls())[0].estimated


async def test_a_usage_of_zeros_is_a_missing_one(ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes.", usage={"prompt_tokens": 0, "completion_tokens": 0}))

    assert done_of(await ming.asks(request())).usage.estimated


async def test_what_is_no_character_does_not_break_the_answer(ming: Payer, server: ModelServer) -> None:
    server.plays(says("a\ud83d", "b"))

    assert text_of(await ming.asks(request())) == "a?b"


async def test_characters_that_a_server_cuts_in_two_are_whole(ming: Payer, server: ModelServer) -> None:
    said = [piece(content="a\ud83c"), piece(content=""), piece(content="\udf93b\ud83c")]
    first = [part(0, "note", '{"text": "\ud83c', "x"), part(1, "note", '{"text": "\ud83d', "y")]
    second = [part(0, None, '\udf93"}'), part(1, None, '\ude00"}')]
    server.plays(Reply((*said, *(piece(tool_calls=[each]) for each in (*first, *second)), piece("tool_calls"), "[DONE]")))

    pieces = await ming.asks(request())

    assert text_of(pieces) == "a🎓b"
    assert [each.call.arguments for each in pieces if isinstance(each, CallPiece)] == [{"text": "🎓"}, {"text": "😀"}]


async def test_the_output_limit_keeps_to_the_window(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."))
    long = User("word " * 127_950)

    await ming.asks(request(long))

    assert 1 <= server.asked[0]["max_tokens"] < 50
