"""What an operator sees of answers in numbers: who was asked, how it ended, what it took; no word of it, and nobody's name."""

from decimal import Decimal

import pytest

from smartflow.client.llm import BudgetExceeded, ModelUnavailable
from smartflow.services.llm.settings import BudgetSettings
from tests.kit.llm import Exit, Payer, exit_on, request, three
from tests.kit.model_server import ModelServer, refuses, says, vectors


def ended(door: Exit, outcome: str, role: str = "pro") -> float:
    return door.below.number("llm_answers_total", role=role, scene="execute", outcome=outcome)


async def test_an_answer_is_counted_with_its_tokens_and_its_cost(door: Exit, server: ModelServer, ming: Payer) -> None:
    server.plays(says("Nothing is due."))

    await ming.asks(request())

    assert ended(door, "answered") == 1
    number = door.below.number
    assert (number("llm_tokens_total", role="pro", kind="prompt"), number("llm_tokens_total", role="pro", kind="completion")) == (100, 20)
    assert number("llm_cost_total", role="pro", currency="USD") == pytest.approx(0.003)
    assert number("llm_answer_seconds_count", role="pro", scene="execute") == 1


async def test_models_that_refuse_are_counted_one_by_one_and_the_rules_that_went_on(door: Exit, server: ModelServer, ming: Payer) -> None:
    server.plays(refuses(401), refuses(401))

    await ming.asks(request())

    assert (ended(door, "fell_back"), ended(door, "answered")) == (1, 0)
    assert [door.below.number("llm_failures_total", role=role, kind="refused") for role in ("pro", "lite", "max")] == [1, 1, 0]


async def test_who_has_no_model_is_answered_by_rules_in_no_time(tmp_path) -> None:
    async with exit_on(tmp_path / "llm.db") as door:
        await door.someone().asks(request())

        assert ended(door, "rules") == 1
        assert door.below.number("llm_answer_seconds_count", role="pro", scene="execute") == 0


async def test_what_comes_to_no_answer_is_counted_by_its_reason(tmp_path, server: ModelServer) -> None:
    budgets = BudgetSettings(day=Decimal("0.000001"))
    async with (
        exit_on(tmp_path / "a.db", models=three(server.url), budgets=budgets) as poor,
        exit_on(tmp_path / "b.db", offline="off") as away,
    ):
        with pytest.raises(BudgetExceeded):
            await poor.someone().asks(request())
        with pytest.raises(ModelUnavailable):
            await away.someone().asks(request())

        assert (ended(poor, "over_budget"), ended(away, "unavailable")) == (1, 1)


async def test_an_answer_that_nobody_waits_for_any_more_is_counted_as_left(door: Exit, server: ModelServer, ming: Payer) -> None:
    server.plays(says("Nothing ", "is due."))
    pieces = door.service.answer(ming.call, request())

    await anext(pieces)
    await pieces.aclose()

    assert ended(door, "left") == 1


async def test_embeddings_have_numbers_of_their_own(tmp_path, server: ModelServer) -> None:
    async with exit_on(tmp_path / "llm.db", embeddings=three(server.url).lite) as door:
        server.plays(vectors([1.0]))

        await door.llm.embed(door.someone().call, ["a text"])

        assert door.below.number("llm_answers_total", role="embedding", scene="embedding", outcome="answered") == 1
        assert door.below.number("llm_tokens_total", role="embedding", kind="prompt") == 7
