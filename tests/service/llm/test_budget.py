"""Laws of the bill, whatever happens in whatever order."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from smartflow.client.llm import BudgetExceeded
from smartflow.services.llm import sweep, tables
from smartflow.services.llm.budget import Budget, Tab
from smartflow.services.llm.model import Model, Purpose, Tokens
from smartflow.services.llm.settings import BudgetSettings, LlmSettings, ModelSettings, PriceSettings
from tests.kit.backbone import Ground, ground
from tests.kit.llm import Exit, Payer, request
from tests.kit.ports import MONDAY

LIMIT = 100
# A token costs one.
COIN = Model("pro", ModelSettings("http://x", "coin", prices=PriceSettings(input=Decimal(1_000_000), output=Decimal(1_000_000))))
FREE = Model("pro", ModelSettings("http://x", "free"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("cover"), st.integers(0, 5), st.integers(0, 60)),
        st.tuples(st.just("book"), st.integers(0, 5), st.integers(0, 90)),
        st.tuples(st.just("settle"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("die"), st.integers(0, 5), st.just(0)),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
async def below(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    path: Path = tmp_path_factory.mktemp("budget") / "llm.db"
    maker = create_engine(f"sqlite:///{path}")
    tables.metadata.create_all(maker)
    maker.dispose()
    async with ground(path) as made:
        yield made


def budget_on(below: Ground) -> Budget:
    return Budget(below.database, LlmSettings(budgets=BudgetSettings(day=Decimal(LIMIT), month=Decimal(LIMIT))))


def payer(below: Ground) -> Payer:
    return Exit(None, None, below, []).someone()


class Book:
    """What the bill should be, kept by hand."""

    def __init__(self) -> None:
        self.tabs: dict[int, Tab] = {}
        self.reserved: dict[int, int] = {}
        self.taken: dict[int, int] = {}
        self.spent = 0

    @property
    def held(self) -> int:
        return sum(self.reserved.values())

    def close(self, number: int, cost: int) -> None:
        self.spent += cost
        for kept in (self.tabs, self.reserved, self.taken):
            kept.pop(number, None)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_what_is_booked_is_what_was_used_and_what_was_lost_and_no_reservation_breaks_a_limit(below: Ground, steps: list) -> None:
    below.clock.set(MONDAY)
    ming, budget, book = payer(below), budget_on(below), Book()
    for what, number, amount in steps:
        await step(book, budget, ming, (what, number, amount))
        for row in (await ming.budget("day"), await ming.budget("month")):
            spent, reserved = (0, 0) if row is None else (row.spent, row.reserved)
            assert (spent, reserved) == (book.spent, book.held)


async def step(book: Book, budget: Budget, ming: Payer, done: tuple[str, int, int]) -> None:
    what, number, amount = done
    if what == "cover":
        tab = book.tabs.get(number) or budget.tab(ming.call, Purpose.of(request()))
        more = max(0, book.taken.get(number, 0) + amount - book.reserved.get(number, 0))
        allowed = not more or book.spent + book.held + more <= LIMIT
        try:
            await tab.cover(COIN, 0, amount)
        except BudgetExceeded:
            assert not allowed
        else:
            assert allowed
            book.tabs[number] = tab
            book.reserved[number] = book.reserved.get(number, 0) + more
    elif number not in book.tabs:
        return
    elif what == "book":
        book.tabs[number].book(COIN, Tokens(completion=amount))
        book.taken[number] = book.taken.get(number, 0) + amount
    elif what == "settle":
        await book.tabs[number].settle()
        book.close(number, book.taken.get(number, 0))
    else:
        # All that are open die, and are found by the sweep.
        ming.door.below.clock.set(MONDAY + sweep.LONGEST + timedelta(seconds=1))
        await sweep.book_lost(ming.door.below.database, "USD")
        ming.door.below.clock.set(MONDAY)
        for each in list(book.tabs):
            book.close(each, book.reserved[each])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 60), min_size=2, max_size=20))
async def test_reservations_at_once_never_go_past_the_limit(below: Ground, amounts: list[int]) -> None:
    below.clock.set(MONDAY)
    ming, budget = payer(below), budget_on(below)
    tabs = [budget.tab(ming.call, Purpose.of(request())) for _ in amounts]

    ends = await asyncio.gather(*(tab.cover(COIN, 0, each) for tab, each in zip(tabs, amounts, strict=True)), return_exceptions=True)

    granted = [each for each, end in zip(amounts, ends, strict=True) if end is None]
    assert all(end is None or isinstance(end, BudgetExceeded) for end in ends)
    assert sum(granted) <= LIMIT
    refused = [each for each, end in zip(amounts, ends, strict=True) if end is not None]
    assert all(sum(granted) + each > LIMIT for each in refused)
    assert (await ming.budget()).reserved == sum(granted)
    assert len(await ming.calls()) == len(granted)
    await asyncio.gather(*(tab.settle() for tab in tabs))
    assert (await ming.budget()).reserved == 0


async def test_what_costs_nothing_is_asked_even_when_everything_is_spent(below: Ground) -> None:
    below.clock.set(MONDAY)
    ming, budget = payer(below), budget_on(below)
    dear = budget.tab(ming.call, Purpose.of(request()))
    await dear.cover(COIN, 0, 100)
    dear.book(COIN, Tokens(completion=150))  # more than was reserved: the server counts otherwise than we do
    await dear.settle()

    await budget.tab(ming.call, Purpose.of(request())).cover(FREE, 1_000, 1_000)

    with pytest.raises(BudgetExceeded):
        await budget.tab(ming.call, Purpose.of(request())).cover(COIN, 0, 1)
    assert (await ming.budget()).spent == 150


async def test_settling_twice_books_once(below: Ground) -> None:
    below.clock.set(MONDAY)
    ming, budget = payer(below), budget_on(below)
    tab = budget.tab(ming.call, Purpose.of(request()))
    await tab.cover(COIN, 0, 10)
    tab.book(COIN, Tokens(completion=3))

    first, second = await tab.settle(), await tab.settle()

    assert first == second
    assert (await ming.budget()).spent == 3
    assert len(await ming.told()) == 1
