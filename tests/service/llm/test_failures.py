"""Models that do not do as they should: tries, cuts, the chain, the breaker, and what that costs."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from smartflow.client.llm import DegradedPiece, TextPiece, UnusableAnswer
from smartflow.services.llm.settings import ModelsSettings, PatienceSettings
from smartflow.shared.kernel.refusal import DeadlinePassed
from tests.kit.llm import COST, Exit, Payer, at, done_of, exit_on, request, text_of, three
from tests.kit.model_server import CUT, HANG, ModelServer, Reply, breaks, calls, part, piece, refuses, says

SLOW = Reply(hangs=True)


@pytest.mark.parametrize("status", [500, 502, 503, 529])
async def test_what_fails_before_the_first_byte_is_tried_again_twice(door: Exit, ming: Payer, server: ModelServer, status: int) -> None:
    server.plays(refuses(status), refuses(status), says("Yes."))

    pieces = await ming.asks(request())

    assert text_of(pieces) == "Yes."
    assert server.models == ["middle"] * 3
    first, second = door.pauses
    assert 0 <= first < 1
    assert 0 <= second < 2


async def test_a_broken_connection_before_the_first_byte_is_tried_again(ming: Payer, server: ModelServer) -> None:
    server.plays(Reply((CUT,)), says("Yes."))

    assert text_of(await ming.asks(request())) == "Yes."


async def test_nobody_at_the_address_is_tried_again_and_left(tmp_path: Path, server: ModelServer) -> None:
    server.plays(says("Yes."))
    models = ModelsSettings(lite=at(server.url, "small"), pro=at("http://127.0.0.1:1/v1", "middle"))
    async with exit_on(tmp_path / "llm.db", models=models) as door:
        pieces = await door.someone().asks(request())

    assert pieces[:2] == [DegradedPiece("lite"), TextPiece("Yes.")]
    assert len(door.pauses) == 2


async def test_too_many_requests_are_made_again_when_the_server_says_so(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(429, retry_after="7"), refuses(429, retry_after="Mon, 14 Sep 2026 02:00:19 GMT"), says("Yes."))

    pieces = await ming.asks(request())

    assert text_of(pieces) == "Yes."
    assert door.pauses == [7.0, 12.0]  # the second one is an instant, and seven seconds are over


async def test_a_server_that_wants_to_be_left_alone_for_long_is_left(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(429, retry_after="21"), says("Yes."))

    pieces = await ming.asks(request())

    assert pieces[0] == DegradedPiece("lite")
    assert (server.models, door.pauses) == (["middle", "small"], [])


async def test_no_wait_goes_past_the_deadline(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(429, retry_after="7"), says("Yes."))
    ming.call = replace(ming.call, deadline=door.below.clock.now() + timedelta(seconds=6))

    await ming.asks(request())

    assert (server.models, door.pauses) == (["middle", "small"], [])


async def test_a_deadline_ends_an_answer_and_what_was_used_is_booked(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(breaks("One ", at=HANG))
    ming.call = replace(ming.call, deadline=door.below.clock.now() + timedelta(seconds=1))

    with pytest.raises(DeadlinePassed):
        await ming.asks(request())

    await server.left.wait()
    (row,) = await ming.calls()
    assert (row.state, row.estimated) == ("settled", True)
    assert row.completion_tokens >= 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_what_would_be_refused_again_is_not_tried_again(door: Exit, ming: Payer, server: ModelServer, status: int) -> None:
    server.plays(refuses(status), says("Yes."))

    pieces = await ming.asks(request())

    assert pieces[0] == DegradedPiece("lite")
    assert (server.models, door.pauses) == (["middle", "small"], [])


async def test_a_slow_first_byte_goes_to_the_next_model_and_the_prompt_is_on_the_bill(tmp_path: Path, server: ModelServer) -> None:
    server.plays(SLOW, says("Yes."))
    patience = PatienceSettings(first=1.0, first_lite=20.0)
    async with exit_on(tmp_path / "llm.db", models=three(server.url), patience=patience) as door:
        ming = door.someone()
        pieces = await ming.asks(request())
        (row,) = await ming.calls()

    assert pieces[:2] == [DegradedPiece("lite"), TextPiece("Yes.")]
    assert row.estimated
    assert row.prompt_tokens > 100
    assert row.cost > COST


async def test_a_lite_answer_waits_less_for_its_first_byte(ming: Payer, server: ModelServer) -> None:
    server.plays(SLOW)
    await ming.door.service.ready()

    async with asyncio.timeout(10):
        pieces = await ming.asks(request(role="lite"))

    assert pieces[0] == DegradedPiece("offline")


@pytest.mark.parametrize(
    "broken",
    [
        breaks("Two ", "ta"),  # the connection breaks
        breaks("Two ", "ta", at=HANG),  # silence
        breaks("Two ", "ta", at="{no json"),  # malformed
        breaks("Two ", "ta", at={"error": {"message": "overloaded", "code": 529}}),  # an error in the stream
        Reply((piece(content="Two "), piece(content="ta"))),  # an orderly end that says nothing of one
        Reply((piece(content="Two "), piece(content="ta"), "[DONE]")),
    ],
)
async def test_an_answer_that_is_cut_goes_on_where_it_was(ming: Payer, server: ModelServer, broken: Reply) -> None:
    server.plays(broken, says("sks."))

    pieces = await ming.asks(request())

    assert text_of(pieces) == "Two tasks."
    said, asked = server.asked[1]["messages"][-2:]
    assert said == {"role": "assistant", "content": "Two ta"}
    assert asked["role"] == "user"
    assert "Go on" in asked["content"]
    (row,) = await ming.calls()
    assert row.prompt_tokens > 100
    assert row.estimated


async def test_a_model_that_says_the_beginning_again_is_not_heard_twice(ming: Payer, server: ModelServer) -> None:
    server.plays(breaks("Two ", "ta"), says("Two", " tasks ", "are due."))

    assert text_of(await ming.asks(request())) == "Two tasks are due."


async def test_an_answer_begun_before_a_crash_goes_on(ming: Payer, server: ModelServer) -> None:
    server.plays(says("Two tasks", " are due."))

    pieces = await ming.asks(request(beginning="Two tasks"))

    assert text_of(pieces) == " are due."
    assert server.asked[0]["messages"][-2]["content"] == "Two tasks"


async def test_calls_that_were_cut_are_not_made(ming: Payer, server: ModelServer) -> None:
    server.plays(Reply((piece(tool_calls=[part(0, "delete_task", '{"refs"')]), CUT)), says("Which one?"))

    pieces = await ming.asks(request())

    assert pieces[0] == TextPiece("Which one?")
    assert len(pieces) == 2


async def test_a_second_cut_goes_to_the_next_model_with_all_that_was_shown(ming: Payer, server: ModelServer) -> None:
    server.plays(breaks("One "), breaks("two "), says("three."))

    pieces = await ming.asks(request())

    assert pieces[:4] == [TextPiece("One "), TextPiece("two "), DegradedPiece("lite"), TextPiece("three.")]
    assert server.models == ["middle", "middle", "small"]
    assert server.asked[2]["messages"][-2]["content"] == "One two "
    assert done_of(pieces).model == "small"


async def test_a_break_after_the_end_is_none(ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes.", usage=None, then=(CUT,)))

    pieces = await ming.asks(request())

    assert text_of(pieces) == "Yes."
    assert done_of(pieces).usage.estimated


async def test_a_whole_call_has_its_limit_however_lively_it_is(tmp_path: Path, server: ModelServer) -> None:
    server.plays(breaks("One ", at=HANG), breaks("two ", at=HANG))
    patience = PatienceSettings(first=20.0, silence=60.0, whole=1.0)
    async with exit_on(tmp_path / "llm.db", models=ModelsSettings(lite=at(server.url, "small")), patience=patience) as door:
        async with asyncio.timeout(20):
            pieces = await door.someone().asks(request())

    assert pieces[:3] == [TextPiece("One "), TextPiece("two "), DegradedPiece("offline")]


async def test_malformed_arguments_are_unusable_and_still_on_the_bill(ming: Payer, server: ModelServer) -> None:
    server.plays(calls(part(0, "place", '{"day": ')))

    with pytest.raises(UnusableAnswer) as refused:
        await ming.asks(request())

    assert (refused.value.details.reason, refused.value.details.tool) == ("invalid_args", "place")
    assert [row.cost for row in await ming.calls()] == [COST]


async def test_a_call_that_the_output_limit_cut_off_is_left_out(ming: Payer, server: ModelServer) -> None:
    server.plays(calls(part(0, "place", '{"day": 1}'), part(1, "place", '{"day": '), finish="length"))

    pieces = await ming.asks(request())

    assert len(pieces) == 2
    assert done_of(pieces).finish == "length"


async def test_a_reader_that_leaves_stops_the_model_and_pays_for_what_came(ming: Payer, server: ModelServer) -> None:
    server.plays(breaks("One ", at=HANG))

    async with aclosing(stream(ming)) as pieces:
        await anext(pieces)

    await server.left.wait()
    (row,) = await ming.calls()
    assert (row.state, row.estimated) == ("settled", True)
    assert 0 < row.cost < row.reserved
    assert (await ming.budget()).reserved == 0


async def test_a_reader_that_leaves_before_the_first_byte_pays_for_the_prompt(ming: Payer, server: ModelServer) -> None:
    server.plays(SLOW)
    asking = asyncio.ensure_future(ming.asks(request()))
    while not server.asked:
        await asyncio.sleep(0.005)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    await server.left.wait()
    (row,) = await ming.calls()
    assert (row.state, row.completion_tokens) == ("settled", 0)
    assert row.cost > 0


async def test_no_words_of_anybody_are_in_the_log(ming: Payer, server: ModelServer, caplog: pytest.LogCaptureFixture) -> None:
    server.plays(refuses(400, "cannot parse: my secret diary"), says("Yes."))

    with caplog.at_level("DEBUG", logger="smartflow"):
        await ming.asks(request())

    said = " ".join(str(record.msg) for record in caplog.records if record.name.startswith("smartflow"))
    assert "llm.failed" in said
    assert "llm.answered" in said
    assert "diary" not in said
    assert "due this week" not in said


def stream(ming: Payer) -> Any:
    return ming.door.llm.answer(ming.call, request())
