"""What becomes of memories, and which of two are the same statement."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from smartflow.client.memory import Memory, MemoryDraft, MemoryPatch, MemorySource, MemorySwitches, Slots
from smartflow.services.memory import model
from smartflow.shared.kernel.ids import OwnerId

NOW = datetime(2026, 9, 14, 2, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def memory(content: str = "I like tea.", **more: object) -> Memory:
    return replace(model.create(OwnerId(1), MemoryDraft("fact", content), NOW), **more)


@pytest.mark.parametrize("same", ["i like TEA.", "  I like\ttea. ", "Ｉ like tea."])
def test_the_same_words_are_the_same_statement(same: str) -> None:
    assert model.slot_of(memory(same)) == model.slot_of(memory())


@pytest.mark.parametrize(
    "other",
    [
        memory("I like coffee."),
        memory(slots=Slots("self", "habit", "positive", "tea")),
        memory(valid_to=LATER),
    ],
)
def test_other_words_slots_or_times_are_another_statement(other: Memory) -> None:
    assert model.slot_of(other) != model.slot_of(memory())


def test_of_one_value_only_a_second_value_has_the_same_slot() -> None:
    first, second = (memory(slots=Slots("self", "major", "positive", value)) for value in ("physics", "chemistry"))

    assert model.slot_of(first) == model.slot_of(second)


def test_what_is_not_active_has_no_slot() -> None:
    assert model.slot_of(model.archive(memory(), LATER)) is None
    assert model.slot_of(model.delete(memory(), LATER)) is None


def test_what_was_said_elsewhere_stays_a_source() -> None:
    said = MemorySource(NOW, "said", "Tea, please")
    known = memory(sources=(said,))

    confirmed = model.confirm(known, MemoryDraft("fact", "I like TEA."), LATER)
    changed = model.change(confirmed, MemoryPatch(content="I like coffee."), LATER)

    assert confirmed.sources == (said, MemorySource(LATER, "typed", "I like TEA."))
    assert changed.sources == (said, MemorySource(LATER, "typed", "I like coffee."))


def test_new_words_take_what_was_read_out_of_the_old_ones_away() -> None:
    known = memory(slots=Slots("self", "drink", "positive", "tea"), valid_to=LATER)

    changed = model.change(known, MemoryPatch(content="I like coffee."), NOW)

    assert (changed.slots, changed.valid_to) == (model.note(changed.content_hash), None)


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({}, True),
        ({"valid_from": LATER}, False),
        ({"valid_from": LATER, "type": "commitment"}, True),
        ({"valid_to": NOW}, False),
        ({"valid_to": LATER}, True),
        ({"ttl_at": NOW}, False),
        ({"ttl_at": LATER}, True),
    ],
)
def test_the_gate_judges_times(more: dict[str, object], holds: bool) -> None:
    assert model.holds(memory(**more), MemorySwitches(), NOW) is holds


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Tea", "Tea"),
        ("Tea\nand cake", "Tea"),
        ("长" * 64, "长" * 64),
        ("长" * 65, "长" * 63 + "…"),
    ],
)
def test_a_title_is_the_beginning_of_the_content(content: str, title: str) -> None:
    assert memory(content).title == title


def test_the_language_is_told_by_the_characters() -> None:
    assert [memory(content).language for content in ("I like tea", "我喜欢茶", "I like 茶")] == ["en", "zh", "zh"]
