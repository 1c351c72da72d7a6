"""The development list: every phrase of it is read exactly as it says, on Monday 2026-11-23 at 10:00 in Shanghai."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from smartflow.shared.timetext.ir import When
from smartflow.shared.timetext.parse import parse
from tests.unit.shared.timetext.brief import readings

DATA = Path(__file__).parents[3] / "data" / "timetext"
PHRASES: dict[str, list[dict[str, Any]]] = {name: msgspec.json.decode((DATA / f"{name}.json").read_bytes()) for name in ("zh", "en")}
ALL = [pytest.param(phrase["text"], phrase["times"], id=phrase["text"]) for phrases in PHRASES.values() for phrase in phrases]


@pytest.mark.parametrize(("text", "times"), ALL)
def test_a_phrase_is_read_as_the_list_says(text: str, times: list[list[str]]) -> None:
    assert [[text[span.start : span.end], *readings(span.ir)] for span in parse(text)] == times


@pytest.mark.parametrize(("text", "times"), ALL)
def test_what_was_read_reads_alike_alone_and_survives_json(text: str, times: list[list[str]]) -> None:
    for span in parse(text):
        alone = parse(text[span.start : span.end])

        assert [(each.start, each.end, each.ir) for each in alone] == [(0, span.end - span.start, span.ir)]
        assert msgspec.json.decode(msgspec.json.encode(span.ir), type=When) == span.ir


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_is_long_enough(language: str) -> None:
    assert len({phrase["text"] for phrase in PHRASES[language]}) >= 150


def test_a_language_leaves_out_the_words_of_the_other() -> None:
    text = "明天 and tomorrow, 12/5"

    assert [text[span.start : span.end] for span in parse(text, "zh")] == ["明天", "12/5"]
    assert [text[span.start : span.end] for span in parse(text, "en")] == ["tomorrow", "12/5"]
