"""Every code has its words in both languages."""

from itertools import product

import pytest

from smartflow.services.schedule.plan import tell, texts
from smartflow.services.schedule.planner import walls
from smartflow.services.schedule.planner.answer import (
    Alternative,
    Answer,
    Binding,
    Cause,
    Cushion,
    Difference,
    Explanation,
    Placement,
    Points,
    Relaxation,
    Unplaced,
)
from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Block, Holding, Limits, Place, StudyClass
from smartflow.services.schedule.planner.model import default_model
from smartflow.shared.kernel.text import Text
from tests.unit.services.schedule.planner.terms import all_but, host, instance, items

LANGUAGES = ("zh", "en")
WALL_CODES = {value for name, value in vars(walls).items() if name.isupper() and isinstance(value, str)}
BINDING_CODES = WALL_CODES - walls.WINDOW | {"course", "busy"}
VIOLATION_CODES = WALL_CODES - {walls.PLACEMENT, walls.LONE, walls.CROSSES_BREAK} | {"occupied", "busy"}
KINDS = ["extend_window", "allow_filler", "drop_excluded_day", "drop_excluded_slot", "drop_limit", "shorten_item", "drop_item"]
FACTS = dict.fromkeys(texts.COUNTED, 2) | {"reserve": 6, "demand": 2, "level": 3}


def said(text: str) -> bool:
    return bool(text.strip()) and "{" not in text


def every_text():
    for value in vars(texts).values():
        if isinstance(value, Text):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from inner.values() if isinstance(inner, dict) else [inner] if isinstance(inner, Text) else []


def test_placeholders_are_equal_in_both_languages():
    assert all(zh == en for zh, en in (text.placeholders() for text in every_text()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_of_the_model_and_each_of_its_variants_is_said(language):
    assert {term.code for term in default_model().terms} == set(texts.REASONS)
    for variants in texts.REASONS.values():
        for text in variants.values():
            counted = {fact: tell.counts(amount, texts.COUNTED[fact], language) for fact, amount in FACTS.items() if fact in texts.COUNTED}
            assert said(text.render(language, **counted))


def test_every_variant_is_chosen_by_some_facts():
    chosen = {code: set() for code in texts.REASONS}
    numbers = ("hours", "sections", "off", "same_day", "passed", "changes", "days", "moved", "off_hours")
    for code, values in product(texts.REASONS, product((0, 1), repeat=len(numbers))):
        facts = dict(zip(numbers, values, strict=True)) | {"reserve": 1}
        chosen[code].add(tell.variant(code, facts))
        chosen[code].add(tell.variant(code, {fact: amount for fact, amount in facts.items() if fact != "passed"}))
        for level in (1, 2, 3):
            chosen[code].add(tell.variant(code, facts | {"demand": 2, "level": level}))

    assert chosen == {code: set(variants) for code, variants in texts.REASONS.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_violation_cause_and_relaxation_is_said(language):
    assert set(texts.BARS) >= VIOLATION_CODES
    assert BINDING_CODES | {"shortage", "max_moves", "not_found", "predecessor"} == set(texts.CAUSES)
    assert set(KINDS) == set(texts.RELAXATIONS)
    assert {*Limits.__struct_fields__, "rule"} == set(texts.LIMITS)
    for code in texts.BARS:
        assert said(tell.bars(code, ("event:9",), language, names={}))
    for code, unit in product(texts.CAUSES, ("pair", "section", "block")):
        assert said(tell.cause(Cause(code, 3, 1, unit), language))
    for kind in KINDS:
        target = "last_day" if kind == "drop_limit" else "class:3"
        assert said(tell.relaxation(Relaxation(kind, target, 1, Relaxation("drop_limit", "rule:quiet")), language, names={}))


TUESDAY = Explanation(
    terms=(Points("attention", 0, {"demand": 3, "level": 3, "off_hours": 0}), Points("spacing", 0, {"off": 0})),
    alternative=Alternative(Place(2, 1, 2), (0, 0, 60), (Difference("spacing", 60, {"off": 0, "same_day": 1}),)),
    binding=Binding(Place(0, 3, 4), (0, 0, -6), (Difference("earliness", -6, {}),), "occupied", ("event:9",)),
)


def test_an_explanation_reads_well_in_english():
    assert tell.render(Place(1, 3, 4), TUESDAY, "en", names={"event:9": "Linear algebra"}) == (
        "Tue 3-4: your attention is high then, and it is the target day of an even spread. "
        "Next best Wed 1-2, 60 points worse: 1 item of its class beside it that day. "
        "Mon 3-4 would save 6 points, but Linear algebra meets there."
    )


def test_an_explanation_reads_well_in_chinese():
    assert tell.render(Place(1, 3, 4), TUESDAY, "zh", names={"event:9": "线性代数"}) == (
        "周二第3-4节：精力充沛，且正是均匀分布的目标日。次优为周三第1-2节，多60分：同日还有1块。周一第3-4节可省6分，但那时有线性代数。"
    )


def test_the_week_is_named_where_it_differs_and_an_exchange_is_told():
    other = Alternative(Place(9, 1, 1), (0, 9, 0), (Difference("lateness", 9, {"hours": 1}),), "task:7")

    assert tell.other(other, "en", beside=Place(1, 1, 2), names={}) == (
        "Next best week 2 Wed 1 (in exchange with the task), 9 points of lateness worse: it ends 1 hour after its deadline."
    )
    assert tell.other(Alternative(Place(2, 1, 2), (0, 0, 0), ()), "zh", beside=Place(1, 1, 2), names={}) == "周三第1-2节同样好。"


def test_the_cushion_is_told_as_room_or_as_a_lack():
    assert tell.cushion(Cushion(3, 135, 5, 2), "en").startswith("3 sections are left")
    assert tell.cushion(Cushion(-1, -45, 1, 2), "zh") == "截止前缺1节，必有拖延。"


HERE = Placement("task:2", Place(1, 3, 4), Explanation(()))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (plan_instance(instance(())), "There is nothing to place."),
        (Answer(status="partial", unplaced=(Unplaced("task:1", ()),)), "No block could be placed."),
        (plan_instance(instance((Block("task:1", demand=3),))), "All placed: 1 block. No better plan exists; that is proven."),
        (Answer(status="partial", placements=(HERE,), unplaced=(Unplaced("task:1", ()),), tier=2), "1 of 2 blocks placed."),
        (Answer(status="complete", placements=(HERE,), tier=3, gap=0.124), "All placed: 1 block. At most 12 % better is possible."),
    ],
)
def test_a_plan_is_summed_up(answer, text):
    assert tell.summary(answer, "en") == text


def test_every_sentence_of_a_real_plan_is_said_in_both_languages():
    study = StudyClass(1, "steady", 0, 3, heavy=True, allow_fillers=True, excluded_weekdays=(2,))
    holdings = (*all_but({0: range(1, 9), 2: [1, 2, 3, 4, 9]}, range(4)), Holding("busy", 4, 3, 1, 4))
    work = (*items(1, 9), Block("task:1", deadline=28_800_900, sections=2), Block("task:2", importance=8))
    answer = plan_instance(instance(work, study, holdings=holdings, hosts=(host(7, 3, 5, 8),)))

    assert answer.placements
    assert answer.unplaced
    for language in LANGUAGES:
        assert said(tell.summary(answer, language))
        for placement in answer.placements:
            assert said(tell.render(placement.place, placement.explanation, language, names={}))
            assert all(said(tell.reason(points, language)) for points in placement.explanation.terms)
        for left in answer.unplaced:
            assert all(said(tell.cause(found, language)) for found in left.causes)
            assert all(said(tell.relaxation(change, language, names={})) for change in left.relaxations)
