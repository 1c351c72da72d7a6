"""The documented table of conventions: each row is read as it says."""

from pathlib import Path

import pytest

from smartflow.shared.timetext.parse import parse
from tests.unit.shared.timetext.brief import readings

PAGE = Path(__file__).parents[4] / "docs" / "time-words.md"
ROWS = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize(("words", "said"), ROWS, ids=[words for words, _ in ROWS])
def test_a_row_of_the_table_is_so(words: str, said: str) -> None:
    spans = parse(words)

    assert [words[span.start : span.end] for span in spans] == [words]
    assert readings(spans[0].ir) == said.split(" ; ")
