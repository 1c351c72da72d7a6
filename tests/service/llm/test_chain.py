"""From model to model, to the brain or a refusal; and models that are left alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from smartflow.client.llm import DegradedPiece, ModelUnavailable, TextPiece
from smartflow.services.llm.settings import ModelsSettings
from tests.kit.llm import Payer, at, done_of, exit_on, request, text_of, three
from tests.kit.model_server import ModelServer, Reply, refuses, says
from tests.kit.silent import NO_MODEL

SLOW = Reply(hangs=True)


async def test_the_chain_ends_with_the_brain(ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(400), refuses(400), refuses(400))

    pieces = await ming.asks(request(role="max"))

    assert pieces[:3] == [DegradedPiece("pro"), DegradedPiece("lite"), DegradedPiece("offline")]
    assert text_of(pieces) == NO_MODEL.en
    assert done_of(pieces).model == "offline"
    assert done_of(pieces).usage.cost == 0
    assert await ming.calls() == []  # nothing was taken, so nothing is booked
    assert (await ming.budget()).reserved == 0


async def test_with_the_brain_switched_off_the_chain_ends_in_a_refusal(tmp_path: Path, server: ModelServer) -> None:
    server.plays(refuses(400), refuses(400))
    async with exit_on(tmp_path / "llm.db", models=three(server.url), offline="off") as door:
        with pytest.raises(ModelUnavailable) as refused:
            await door.someone().asks(request())

    assert refused.value.retry_after == 30


async def test_a_side_job_that_only_a_model_can_do_is_refused_at_the_end_of_the_chain(ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(400))

    with pytest.raises(ModelUnavailable):
        await ming.asks(request(role="lite", scene="title"))


async def test_a_missing_role_takes_the_next_lower_one_and_is_not_called_degraded(tmp_path: Path, server: ModelServer) -> None:
    server.plays(says("Yes."), says("Yes."))
    async with exit_on(tmp_path / "llm.db", models=ModelsSettings(lite=at(server.url, "small"))) as door:
        pieces = [await door.someone().asks(request(role=role)) for role in ("max", "pro")]

    assert [each[0] for each in pieces] == [TextPiece("Yes.")] * 2
    assert server.models == ["small", "small"]


async def test_one_model_in_two_roles_is_asked_once(tmp_path: Path, server: ModelServer) -> None:
    server.plays(refuses(400))
    same = at(server.url, "one")
    async with exit_on(tmp_path / "llm.db", models=ModelsSettings(same, same, same)) as door:
        pieces = await door.someone().asks(request(role="max"))

    assert pieces[0] == DegradedPiece("offline")
    assert server.models == ["one"]


async def test_five_failures_open_the_breaker_for_half_a_minute_and_then_one_call_tries(tmp_path: Path, server: ModelServer) -> None:
    models = ModelsSettings(lite=at(server.url, "small"))
    async with exit_on(tmp_path / "llm.db", models=models) as door:
        ming, clock = door.someone(), door.below.clock
        server.plays(refuses(500), refuses(500), refuses(500), refuses(500), refuses(500))
        await ming.asks(request())
        await ming.asks(request())
        assert len(server.asked) == 5  # the sixth try met the open breaker

        await ming.asks(request())
        clock.advance(timedelta(seconds=29))
        await ming.asks(request())
        assert len(server.asked) == 5

        clock.advance(timedelta(seconds=2))
        server.plays(refuses(500))
        await ming.asks(request())
        assert len(server.asked) == 6  # one probe, and it failed

        clock.advance(timedelta(seconds=31))
        server.plays(says("Yes."), says("Yes."))
        assert text_of(await ming.asks(request())) == text_of(await ming.asks(request())) == "Yes."


async def test_requests_that_are_wrong_themselves_do_not_open_the_breaker(tmp_path: Path, server: ModelServer) -> None:
    async with exit_on(tmp_path / "llm.db", models=ModelsSettings(lite=at(server.url, "small"))) as door:
        server.plays(*[refuses(400)] * 7)
        for _ in range(7):
            await door.someone().asks(request())

    assert len(server.asked) == 7
