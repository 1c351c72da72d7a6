"""The bill: reserved before anything is sent, settled once, and what has no end is booked in full."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

from smartflow.client.llm import Bounds, BudgetExceeded, DegradedPiece, TextPiece, User
from smartflow.services.llm.settings import BudgetSettings, ModelsSettings, PriceSettings
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from tests.kit.llm import COST, Exit, Payer, at, done_of, exit_on, request, three
from tests.kit.model_server import HANG, ModelServer, breaks, calls, part, refuses, says
from tests.kit.ports import Boom

RUN, CONVERSATION = uuid4(), uuid4()


async def test_an_answer_is_one_line_of_the_bill_and_is_told(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."))
    wanted = request(scene="plan", conversation=CONVERSATION, run=RUN)

    pieces = await ming.asks(wanted)

    (row,) = await ming.calls()
    assert (row.request_id, row.conversation_id, row.run_id) == (wanted.request_id, CONVERSATION, RUN)
    assert (row.scene, row.role, row.model, row.state) == ("plan", "pro", "middle", "settled")
    assert (row.cost, row.priced, row.estimated) == (COST, True, False)
    assert row.begun == row.ended == door.below.clock.now()
    day, month = await ming.budget("day"), await ming.budget("month")
    assert (str(day.starts), str(month.starts)) == ("2026-09-14", "2026-09-01")
    assert (day.reserved, day.spent) == (month.reserved, month.spent) == (0, COST)
    (told,) = await ming.told()
    assert (told.request_id, told.scene, told.conversation_id, told.run_id) == (wanted.request_id, "plan", CONVERSATION, RUN)
    assert (told.model, told.usage) == ("middle", done_of(pieces).usage)


async def test_the_whole_prompt_and_the_output_limit_are_reserved_while_it_is_asked(ming: Payer, server: ModelServer) -> None:
    server.plays(breaks("One ", at=HANG))
    asking = asyncio.ensure_future(ming.asks(request(bounds=Bounds(output_tokens=1_000))))
    while not server.asked:
        await asyncio.sleep(0.005)

    (row,) = await ming.calls()
    budget = await ming.budget()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert row.state == "reserved"
    assert Decimal("0.1") < row.reserved < Decimal("0.101")  # a thousand tokens at 100 for a million, and a short prompt
    assert (budget.reserved, budget.spent) == (row.reserved, 0)


@pytest.mark.parametrize("kind", ["day", "month"])
async def test_what_the_budget_does_not_cover_is_refused_before_anything_is_sent(tmp_path: Path, server: ModelServer, kind: str) -> None:
    budgets = BudgetSettings(**{kind: Decimal("0.012")})
    async with exit_on(tmp_path / "llm.db", models=three(server.url), budgets=budgets) as door:
        ming, li = door.someone(), door.someone()
        server.plays(says("Yes."))
        await ming.asks(request())

        with pytest.raises(BudgetExceeded) as refused:
            await ming.asks(request())

        assert len(server.asked) == 1
        assert len(await ming.calls()) == 1
        assert (await ming.budget()).reserved == (await ming.budget("month")).reserved == 0
        # 10:00 on the 14th of September in Shanghai
        assert refused.value.retry_after == timedelta(hours=14, days=0 if kind == "day" else 16).total_seconds()
        server.plays(says("Yes."))
        await li.asks(request())


async def test_a_new_day_is_a_new_budget_and_a_new_month_too(tmp_path: Path, server: ModelServer) -> None:
    budgets = BudgetSettings(day=Decimal("0.012"))
    async with exit_on(tmp_path / "llm.db", models=three(server.url), budgets=budgets) as door:
        ming = door.someone()
        server.plays(says("Yes."), says("Yes."))
        await ming.asks(request())
        door.below.clock.advance(timedelta(hours=13, minutes=59))
        with pytest.raises(BudgetExceeded):
            await ming.asks(request())
        door.below.clock.advance(timedelta(minutes=1))
        await ming.asks(request())


async def test_the_cap_of_the_run_holds_whatever_the_budgets_say(ming: Payer, server: ModelServer) -> None:
    with pytest.raises(BudgetExceeded):
        await ming.asks(request(bounds=Bounds(output_tokens=100, cost=Decimal("0.01"))))

    assert server.asked == []
    assert await ming.calls() == []


async def test_a_second_call_for_one_answer_is_covered_before_it_is_made(ming: Payer, server: ModelServer) -> None:
    """The first call breaks off; with what it took, the second would go past the cap."""
    server.plays(breaks("One two three four five six."))

    with pytest.raises(BudgetExceeded):
        await ming.asks(request(bounds=Bounds(output_tokens=100, cost=Decimal("0.0105"))))

    assert len(server.asked) == 1
    (row,) = await ming.calls()
    assert row.state == "settled"
    assert 0 < row.cost < Decimal("0.0105")


async def test_calls_of_several_models_are_added_up_at_the_price_of_each(tmp_path: Path, server: ModelServer) -> None:
    cheap = PriceSettings(input=Decimal(1), output=Decimal(1))
    models = ModelsSettings(lite=at(server.url, "small", cheap), pro=at(server.url, "middle"))
    server.plays(calls(part(0, "x", "{"), finish="length"), breaks("a"), breaks("b"), says("c"))
    async with exit_on(tmp_path / "llm.db", models=models) as door:
        ming = door.someone()
        await ming.asks(request())
        pieces = await ming.asks(request())
        first, row = await ming.calls()

    assert first.cost == COST
    assert pieces[2] == DegradedPiece("lite")
    # Three prompts; two short answers at 100 for a million, and the third, by the server's count, at 1.
    assert row.model == "small"
    assert row.completion_tokens == 22
    assert Decimal("0.00032") < row.cost < Decimal("0.00200")
    assert row.prompt_tokens > 100


async def test_a_model_without_a_price_costs_nothing_and_the_bill_says_so(tmp_path: Path, server: ModelServer) -> None:
    server.plays(says("Yes."))
    models = ModelsSettings(lite=at(server.url, "small", PriceSettings()))
    async with exit_on(tmp_path / "llm.db", models=models, budgets=BudgetSettings(day=Decimal(0))) as door:
        ming = door.someone()
        used = done_of(await ming.asks(request())).usage
        (row,) = await ming.calls()

    assert (used.cost, used.priced) == (0, False)
    assert (row.cost, row.priced) == (0, False)


async def test_a_request_made_again_after_a_crash_is_a_line_of_its_own(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."), says("Yes."))
    wanted = request()

    await ming.asks(wanted)
    await ming.asks(wanted)

    assert [(row.request_id, row.attempt) for row in await ming.calls()] == [(wanted.request_id, 1), (wanted.request_id, 2)]


async def test_a_key_of_the_caller_is_not_the_bills(ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."), says("No."))
    ming.call = replace(ming.call, key="run/c1", fingerprint="f")

    first, second = await ming.asks(request()), await ming.asks(request())

    assert (first[0], second[0]) == (TextPiece("Yes."), TextPiece("No."))


async def test_a_reservation_that_fails_sends_nothing(door: Exit, ming: Payer, server: ModelServer) -> None:
    door.below.faults.fail("unit.before_commit")

    with pytest.raises(Boom):
        await ming.asks(request())

    assert server.asked == []
    assert await ming.calls() == []


async def test_a_month_is_summed_up_by_model(tmp_path: Path, server: ModelServer) -> None:
    free = at(server.url, "free", PriceSettings())
    budgets = BudgetSettings(day=Decimal(1), month=Decimal(20))
    async with exit_on(tmp_path / "llm.db", models=ModelsSettings(free, at(server.url, "dear")), budgets=budgets, currency="CNY") as door:
        ming, clock = door.someone(), door.below.clock
        now = clock.now()
        server.plays(says("a"), says("b", usage=None), says("c"), refuses(400), says("d"))
        await ming.asks(request())
        await ming.asks(request(User("a longer question")))
        clock.advance(timedelta(days=1))
        await ming.asks(request(role="lite"))
        await ming.asks(request())
        report = await door.llm.usage(ming.call, now.date())
        before = await door.llm.usage(ming.call, (now - timedelta(days=30)).date())

    dear, unpriced = report.models
    assert (report.currency, report.calls, report.unpriced_calls, report.estimated_calls) == ("CNY", 4, 2, 1)
    assert (dear.model, dear.calls, unpriced.model, unpriced.calls) == ("dear", 2, "free", 2)
    assert (unpriced.input_tokens, unpriced.output_tokens, unpriced.cost) == (200, 40, 0)
    assert report.cost == dear.cost > COST
    assert (report.day_spent, report.day_budget, report.month_budget) == (0, 1, 20)
    assert (before.calls, before.models, before.cost) == (0, (), 0)


async def test_the_bill_of_a_day_is_that_of_the_persons_zone(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."))
    ming.call = Call(owner=OwnerId(ming.call.owner), request_id="r", zone="Pacific/Kiritimati")
    door.below.clock.advance(timedelta(days=16, hours=9))  # 11:00 of the 30th in London, the first of October there

    await ming.asks(request())

    assert str((await ming.budget()).starts) == "2026-10-01"
    assert (await door.llm.usage(ming.call, (await ming.budget()).starts)).calls == 1
    assert (await door.llm.usage(replace(ming.call, zone="UTC"), (await ming.budget()).starts)).calls == 0
