"""The grammar as a whole: its categories fit together, its tables are of one kind."""

from datetime import date

import pytest

from smartflow.shared.timetext.grammar import clock, day, length, on, recurring, span, unit
from smartflow.shared.timetext.holidays import FIRST_YEAR, LAST_YEAR, MOVING, NAMES, feast
from smartflow.shared.timetext.lexicon import en, zh
from smartflow.shared.timetext.normal import normal
from smartflow.shared.timetext.numerals import numerals
from smartflow.shared.timetext.parse import parse

RULES = [rule for module in (clock, unit, day, length, on, recurring, span) for rule in module.RULES]
SCANNED = {"n", "ordinal", "ordinal_number", "lone_n", "digits", "year", "minute", "decimal", "wall", "full_date", "counted"}
WORDS = set(zh.WORDS) | set(en.WORDS)
# Words of these are already what rules make of others.
SHARED = {"part", "weekday", "not"}


def test_every_category_of_a_rule_is_read_or_made() -> None:
    made = {rule.category for rule in RULES}
    used = {category for rule in RULES for category in rule.pattern.split()}

    assert used - made - WORDS - SCANNED == set()
    assert made & (WORDS | SCANNED) == SHARED


def test_every_word_is_used() -> None:
    used = {category for rule in RULES for category in rule.pattern.split()}

    assert WORDS - used == {"glue", "mover", "not"}


@pytest.mark.parametrize("table", [zh.WORDS, en.WORDS], ids=["zh", "en"])
def test_words_are_written_as_they_are_read(table: dict[str, dict[str, object]]) -> None:
    for entries in table.values():
        for texts in entries:
            for text in texts.split("|"):
                assert text
                assert normal(text).text == text
    feasts = set(table["holiday"].values())

    assert feasts <= NAMES


def test_feasts_that_move_are_known_for_each_year_of_the_table() -> None:
    for name in MOVING:
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            assert isinstance(feast(name, year), date)
        assert feast(name, LAST_YEAR + 1) is None
    assert feast("spring", 2027) == date(2027, 2, 6)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("廿三", 23),
        ("卅", 30),
        ("三十一", 31),
        ("一百二十", 120),
        ("一百零五", 105),
        ("二〇二七", 2027),
    ],
)
def test_chinese_numerals(written: str, value: int) -> None:
    assert [each.value for each in numerals(written, 0) if each.end == len(written)][-1] == value


@pytest.mark.parametrize(
    "text", ["9" * 5000, f"{'9' * 5000}.5 hours", f"1.{'5' * 5000}号", "一" * 5000, "九百" * 2000, " " * 5000, "周五" + " " * 5000 + "下午"]
)
def test_monstrous_numbers_and_gaps_are_no_times(text: str) -> None:
    assert all(found.end - found.start <= 96 for found in parse(text))


def test_full_width_and_offsets_are_those_of_the_original() -> None:
    text = "㊗️ ＴＯＭＯＲＲＯＷ ａｔ ９：３０，ﬁnish"

    assert [text[found.start : found.end] for found in parse(text)] == ["ＴＯＭＯＲＲＯＷ ａｔ ９：３０"]
