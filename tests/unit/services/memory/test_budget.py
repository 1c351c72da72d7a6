"""Budgets hold for any items."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from smartflow.client.memory import MemoryDraft, Recalled
from smartflow.services.memory.model import create
from smartflow.services.memory.recall.budget import BUDGETS, LONGEST_ITEM, clipped, tokens_of, within
from smartflow.shared.kernel.ids import MemoryId, OwnerId

NOW = datetime(2026, 9, 14, tzinfo=UTC)
SAID = st.tuples(st.sampled_from(list(BUDGETS)), st.text("ab 学习，", min_size=1, max_size=300))


def test_tokens_are_counted_roughly() -> None:
    assert [tokens_of(text) for text in ("", "tea", "physics", "学习", "学习 tea")] == [0, 1, 2, 2, 3]


@given(st.text(max_size=400), st.integers(1, 80))
def test_a_text_is_cut_off_only_where_it_is_too_long(text: str, most: int) -> None:
    cut = clipped(text, most)

    assert tokens_of(cut) <= max(most, tokens_of("…"))
    assert cut == text if tokens_of(text) <= most else text.startswith(cut.removesuffix("…"))


@given(st.lists(SAID, max_size=30), st.integers(0, 30))
def test_each_type_keeps_to_its_own_budget_and_all_to_the_limit(said: list[tuple[str, str]], limit: int) -> None:
    found = [recalled(number, kind, text) for number, (kind, text) in enumerate(said)]

    kept = within(found, limit)

    assert len(kept) <= limit
    order = list(BUDGETS)
    assert [each.memory.type for each in kept] == sorted((each.memory.type for each in kept), key=order.index)
    for kind, budget in BUDGETS.items():
        mine = [each for each in found if each.memory.type == kind]
        used = sum(each.tokens for each in kept if each.memory.type == kind)
        assert used <= budget
        left = [each for each in mine if each not in kept]
        assert len(kept) == limit or all(each.tokens > budget - used for each in left)
    assert all(each.tokens <= LONGEST_ITEM for each in kept)


def recalled(number: int, kind: str, text: str) -> Recalled:
    memory = replace(create(OwnerId(1), MemoryDraft(kind, text), NOW), id=MemoryId(number))
    return Recalled(memory, 0.5, ("words",), clipped(text), tokens_of(clipped(text)))
