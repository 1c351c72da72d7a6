"""What is recalled for an answer: what always holds first, what is soon, then what fits; within budgets."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from smartflow.client.memory import Memory, MemoryClient, MemoryDraft, MemoryPatch, MemorySwitches, MemoryType
from smartflow.services.memory.recall.budget import BUDGETS, LONGEST_ITEM
from smartflow.services.memory.tables import items
from smartflow.shared.kernel.call import Call
from tests.kit.app import App
from tests.kit.ports import MONDAY

Newcomer = Callable[[], Call]


@pytest.fixture
def memories(home: App) -> MemoryClient:
    return home.product.clients.memory


@pytest.fixture
def ming(newcomer: Newcomer) -> Call:
    return newcomer()


async def contents(memories: MemoryClient, ming: Call, text: str, limit: int = 20) -> list[str]:
    return [each.memory.content for each in (await memories.recall(ming, text, limit)).items]


async def says(memories: MemoryClient, ming: Call, kind: MemoryType, content: str, **more: object) -> Memory:
    return await memories.add(ming, MemoryDraft(kind, content, **more))


async def test_constraints_come_always_and_first_the_rest_if_it_fits(memories: MemoryClient, ming: Call) -> None:
    await says(memories, ming, "fact", "I study physics at the east campus.")
    await says(memories, ming, "preference", "Physics in the mornings.")
    await says(memories, ming, "preference", "Tea with milk.")
    await says(memories, ming, "constraint", "Nothing after 22:00.")

    told = await memories.recall(ming, "When should I learn physics?", 20)

    assert [(each.memory.content, each.reasons) for each in told.items] == [
        ("Nothing after 22:00.", ("always",)),
        ("Physics in the mornings.", ("words",)),
        ("I study physics at the east campus.", ("words",)),
    ]
    assert told.constraints_left == 0
    assert all(0 <= each.score <= 1 for each in told.items)


async def test_a_commitment_comes_by_words_and_always_in_the_week_before(home: App, memories: MemoryClient, ming: Call) -> None:
    await says(memories, ming, "commitment", "I help Lin move.", ttl_at=MONDAY + timedelta(days=10))

    assert await contents(memories, ming, "essay") == []
    assert await contents(memories, ming, "moving with Lin") == ["I help Lin move."]
    home.clock.advance(timedelta(days=3))
    told = await memories.recall(ming, "essay", 20)
    assert [(each.memory.content, each.reasons) for each in told.items] == [("I help Lin move.", ("soon",))]
    home.clock.advance(timedelta(days=7))
    assert await contents(memories, ming, "moving with Lin") == []


async def test_constraints_beyond_their_budget_go_by_importance_and_are_counted(memories: MemoryClient, ming: Call) -> None:
    for number in range(10):
        await says(memories, ming, "constraint", f"{number}" + "不" * 49, importance=number / 10)

    told = await memories.recall(ming, "x", 20)

    assert [each.memory.importance for each in told.items] == [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    assert (told.constraints_left, sum(each.tokens for each in told.items)) == (4, 300)


async def test_a_long_item_is_cut_off(memories: MemoryClient, ming: Call) -> None:
    await says(memories, ming, "fact", "I study physics and " + "very much so " * 40)

    (told,) = (await memories.recall(ming, "physics", 20)).items

    assert told.tokens <= LONGEST_ITEM
    assert told.text.startswith("I study physics and very")
    assert told.text.endswith("…")


async def test_a_limit_holds_over_all_types(memories: MemoryClient, ming: Call) -> None:
    for kind in BUDGETS:
        await says(memories, ming, kind, f"physics: a {kind}", ttl_at=MONDAY + timedelta(days=1))

    assert await contents(memories, ming, "physics", 2) == ["physics: a constraint", "physics: a commitment"]
    assert await contents(memories, ming, "physics", 4) == [f"physics: a {kind}" for kind in BUDGETS]


async def test_what_was_confirmed_lately_comes_before_what_was_not(home: App, memories: MemoryClient, ming: Call) -> None:
    await says(memories, ming, "preference", "physics at noon")
    home.clock.advance(timedelta(days=60))
    await says(memories, ming, "preference", "physics at night")

    assert await contents(memories, ming, "physics") == ["physics at night", "physics at noon"]
    await says(memories, ming, "preference", "physics at noon")
    assert await contents(memories, ming, "physics") == ["physics at noon", "physics at night"]


async def test_switches_hold_at_once(memories: MemoryClient, ming: Call) -> None:
    await memories.set_settings(ming, MemorySwitches(sensitive_memory_enabled=True))
    await says(memories, ming, "constraint", "plain")
    await says(memories, ming, "constraint", "guessed", is_explicit=False)
    await says(memories, ming, "constraint", "private", sensitivity=2)

    assert sorted(await contents(memories, ming, "x")) == ["guessed", "plain", "private"]
    await memories.set_settings(ming, MemorySwitches())
    assert sorted(await contents(memories, ming, "x")) == ["guessed", "plain"]
    await memories.set_settings(ming, MemorySwitches(implicit_memory_enabled=False))
    assert await contents(memories, ming, "x") == ["plain"]
    await memories.set_settings(ming, MemorySwitches(memory_enabled=False))
    assert await contents(memories, ming, "x") == []


async def test_many_who_ask_at_once_share_one_load(home: App, memories: MemoryClient, ming: Call) -> None:
    await says(memories, ming, "fact", "I study physics.")
    await memories.recall(ming, "physics", 1)
    await memories.change(ming, (await says(memories, ming, "fact", "I study.")).id, MemoryPatch(content="I study chemistry."))

    async with home.statements(at_most=20 + 2):
        answers = await asyncio.gather(*(memories.recall(ming, "chemistry", 1) for _ in range(20)))

    assert {each.items[0].memory.content for each in answers} == {"I study chemistry."}


async def test_what_was_recalled_is_noted_later_and_changes_nothing(home: App, memories: MemoryClient, ming: Call) -> None:
    known = await says(memories, ming, "fact", "I study physics.")
    await says(memories, ming, "fact", "I like tea.")
    await memories.recall(ming, "physics", 20)
    home.clock.advance(timedelta(hours=1))

    for _ in range(2):
        await home.run_loop("memory.used")

    async with home.product.host.database.read() as reader:
        rows = await reader.all(select(items.c.used_at).where(items.c.user_id == ming.owner).order_by(items.c.id))
    assert [row.used_at for row in rows] == [MONDAY, None]
    assert await memories.get(ming, known.id) == known
