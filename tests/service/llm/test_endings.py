"""What becomes of the bill when something dies, is deleted or forgotten."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from smartflow.client.llm import AnswerRequest
from smartflow.client.userauth import UserDeleted
from smartflow.services.llm import handlers, sweep
from smartflow.services.llm.budget import Tab
from smartflow.services.llm.model import Purpose, chain
from smartflow.shared.database import erased
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.kernel.refusal import Unavailable
from tests.kit.llm import COST, Exit, Payer, done_of, request, three
from tests.kit.model_server import ModelServer, says

RUN, CONVERSATION = uuid4(), uuid4()


async def test_a_reservation_without_an_end_is_booked_in_full_and_told(door: Exit, ming: Payer) -> None:
    wanted = request(conversation=CONVERSATION)
    await leaves_open(door, ming, wanted)

    door.below.clock.advance(sweep.LONGEST)
    await sweep.book_lost(door.below.database, "USD")
    assert [row.state for row in await ming.calls()] == ["reserved"]
    door.below.clock.advance(timedelta(seconds=1))
    await sweep.book_lost(door.below.database, "USD")
    await sweep.book_lost(door.below.database, "USD")

    (row,) = await ming.calls()
    assert (row.state, row.estimated, row.cost) == ("lost", True, row.reserved)
    assert (row.prompt_tokens, row.completion_tokens) == (10, 100)
    budget, month = await ming.budget(), await ming.budget("month")
    assert (budget.reserved, budget.spent) == (month.reserved, month.spent) == (0, row.reserved)
    (told,) = await ming.told()
    assert (told.usage.cost, told.usage.estimated, told.conversation_id) == (row.reserved, True, CONVERSATION)


async def test_what_was_booked_as_lost_is_not_settled_too(door: Exit, ming: Payer) -> None:
    tab = await leaves_open(door, ming, request())
    door.below.clock.advance(sweep.LONGEST + timedelta(seconds=1))
    await sweep.book_lost(door.below.database, "USD")

    await tab.settle()

    assert len(await ming.told()) == 1
    assert (await ming.calls())[0].state == "lost"


async def test_what_was_booked_as_lost_is_not_extended(door: Exit, ming: Payer) -> None:
    tab = await leaves_open(door, ming, request())
    door.below.clock.advance(sweep.LONGEST + timedelta(seconds=1))
    await sweep.book_lost(door.below.database, "USD")

    with pytest.raises(Unavailable):
        await tab.cover(chain(three("http://x"), "pro")[0], 10, 1_000)

    assert (await ming.budget()).reserved == 0


async def test_bookings_in_hand_are_finished_at_the_end(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."))
    pieces = door.llm.answer(ming.call, request())
    await anext(pieces)
    ending = asyncio.ensure_future(anext(pieces))
    while not door.service._budget._settling:
        await asyncio.sleep(0)
    ending.cancel()

    await door.service.close()

    assert [row.state for row in await ming.calls()] == ["settled"]
    await asyncio.gather(ending, return_exceptions=True)


async def test_a_great_many_are_booked_in_portions(door: Exit, ming: Payer) -> None:
    for _ in range(205):
        await leaves_open(door, ming, request())
    door.below.clock.advance(sweep.LONGEST + timedelta(seconds=1))

    await sweep.book_lost(door.below.database, "USD")

    assert {row.state for row in await ming.calls()} == {"lost"}


async def test_a_deleted_person_leaves_nothing_and_what_ends_late_writes_nothing(door: Exit, ming: Payer) -> None:
    tab = await leaves_open(door, ming, request())
    other = door.someone()
    await leaves_open(door, other, request())
    async with door.below.database.work() as unit:
        await handlers.erase(unit, UserDeleted(ming.call.owner))
        await erased.remember(unit, ming.call.owner)

    await tab.settle()

    assert (await ming.calls(), await ming.budget(), await ming.told()) == ([], None, [])
    assert len(await other.calls()) == 1
    with pytest.raises(AccountGone):
        await ming.asks(request())


async def test_a_conversation_is_forgotten_by_the_bill(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."), says("Yes."))
    await ming.asks(request(conversation=CONVERSATION))
    other = UUID(int=5)
    await ming.asks(request(conversation=other))

    await door.llm.forget_conversation(ming.call, CONVERSATION)

    assert [row.conversation_id for row in await ming.calls()] == [None, other]


async def test_a_conversation_of_somebody_else_is_not_forgotten(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."))
    await ming.asks(request(conversation=CONVERSATION))

    await door.llm.forget_conversation(door.someone().call, CONVERSATION)

    assert [row.conversation_id for row in await ming.calls()] == [CONVERSATION]


async def test_an_answer_stands_when_its_booking_fails_and_is_booked_in_full_later(door: Exit, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."))
    door.below.faults.fail("unit.before_commit", passage=2)

    pieces = await ming.asks(request())

    assert done_of(pieces).usage.cost == COST
    (row,) = await ming.calls()
    assert row.state == "reserved"
    door.below.clock.advance(sweep.LONGEST + timedelta(seconds=1))
    await sweep.book_lost(door.below.database, "USD")
    assert (await ming.calls())[0].cost == row.reserved


async def leaves_open(door: Exit, ming: Payer, wanted: AnswerRequest) -> Tab:
    """Reserve for an answer, and die."""
    tab = door.service._budget.tab(ming.call, Purpose.of(wanted))
    await tab.cover(chain(door.service._settings.models, "pro")[0], 10, 100)
    return tab
