import csv
import json

import pytest
from msgspec.structs import replace

from smartflow.client.course import ImportUnreadable, Reading
from smartflow.services.course.format import reader
from smartflow.shared.calendar.draft import check
from smartflow.shared.kernel.refusal import FieldError, InvalidInput
from tests.unit.services.course.format.samples import DATA, NONE, OWN, TERM, load, shown

with (DATA / "broken/expected.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t"))
REFUSED = [row for row in ROWS if row["outcome"] == "refused" and row["code"] != "40029"]
ACCEPTED = [row for row in ROWS if row["outcome"] == "accepted"]


def read(name: str, terms=OWN) -> Reading:
    return reader.read((DATA / name).read_bytes(), terms, "smartflow")


def errors_of(name: str) -> tuple[FieldError, ...]:
    with pytest.raises((ImportUnreadable, InvalidInput)) as refused:
        read(f"broken/{name}")
    return refused.value.errors


@pytest.mark.parametrize("name", ["term.json", "variants/smartflow-array.json"])
@pytest.mark.parametrize("terms", [OWN, NONE], ids=["own term", "no term"])
def test_the_sample_term_reads_as_expected(name, terms) -> None:
    reading = read(name, terms)

    assert shown(reading.courses) == load("expected/term.courses.json")
    assert reading.notices == ()
    assert reading.format == "smartflow"


def test_the_sample_term_suggests_its_term_to_who_has_none() -> None:
    reading = read("term.json", NONE)

    assert reading.term_suggestion is not None
    assert reading.term_suggestion.complete(NONE.term) == TERM
    assert reading.term_in_use == TERM
    assert reading.adopt is None


def test_the_sample_term_suggests_nothing_to_who_has_it_and_a_bare_list_to_nobody() -> None:
    assert read("term.json").term_suggestion is None
    assert read("variants/smartflow-array.json", NONE).term_suggestion is None


def test_the_sample_term_can_be_adopted() -> None:
    reading = read("term.json", replace(NONE, adopt_term=True))

    assert reading.adopt == TERM
    assert check(reading.adopt) == ()


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["file"])
def test_a_broken_file_is_refused_by_field_rule_and_code(row) -> None:
    errors = errors_of(row["file"])

    assert "|".join(error.field for error in errors) == row["field"]
    assert "|".join(error.rule for error in errors) == row["rule"]
    codes = {error.code for error in errors}
    assert (codes.pop() if len(codes) == 1 else "42201") == row["code"]


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row["file"])
def test_an_odd_file_is_accepted(row) -> None:
    reading = read(f"broken/{row['file']}")

    assert shown(reading.courses) == load("broken/accepted.json")[row["file"]]
    assert len(reading.courses) == int(row["courses"])
    assert ",".join(notice.code for notice in reading.notices) == row["warnings"]


def test_courses_that_meet_each_other_are_readable() -> None:
    assert len(read("broken/clash.json").courses) == 2


def test_a_file_in_another_format_is_told_which_one_it_is() -> None:
    (error,) = errors_of("other_format.json")

    assert error.facts["found"] == "shiguang"


def test_the_example_is_the_sample_term() -> None:
    example = DATA.parents[2] / "examples" / "term.json"

    assert example.read_bytes() == (DATA / "term.json").read_bytes()
    assert json.loads(example.read_bytes())["format"] == "smartflow"
