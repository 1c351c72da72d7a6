"""What holds for any text, and for any meaning that can be written down."""

from datetime import UTC, datetime
from typing import get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from smartflow.shared.calendar.weeks import WeekType
from smartflow.shared.timetext import ir
from smartflow.shared.timetext.holidays import NAMES
from smartflow.shared.timetext.ir import When
from smartflow.shared.timetext.join import joined
from smartflow.shared.timetext.lexicon import en, zh
from smartflow.shared.timetext.parse import parse
from smartflow.shared.timetext.reading import Fault, end_of, start_of
from smartflow.shared.timetext.resolve import resolve
from smartflow.shared.timetext.say import say
from tests.unit.shared.timetext.brief import NOW, TERM, ZONE

WORDS = sorted({text for table in (zh.WORDS, en.WORDS) for entries in table.values() for texts in entries for text in texts.split("|")})
SENTENCES = st.lists(
    st.sampled_from(WORDS) | st.sampled_from(["1", "2", "5", "12", "30", "三", "十五", " ", "，", "9:30", "x"]), max_size=12
)

numbers = st.one_of(st.integers(1, 7), st.integers(1, 12), st.integers(-3, 40), st.integers(-(10**12), 10**12))
some = st.one_of(st.none(), st.none(), numbers)
ZONES = st.sampled_from([ZONE, "Africa/Cairo", "America/New_York", "Pacific/Apia", "UTC"])
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))


def names(alias: object) -> st.SearchStrategy[str]:
    return st.sampled_from(get_args(alias))


durations = st.builds(ir.Duration, numbers, numbers, numbers, st.integers(-2, 9))
parities = st.sampled_from(WeekType)
weekdays = st.lists(st.integers(1, 7) | numbers, max_size=4).map(tuple)
units = st.builds(ir.Unit, names(ir.UnitName), numbers)
months = st.builds(ir.Month, numbers, some, some)
leaves: st.SearchStrategy[When] = st.one_of(
    st.builds(ir.Now),
    durations,
    st.builds(ir.Date, numbers, some, some, some),
    st.builds(ir.Weekday, numbers, some),
    units,
    months,
    st.builds(ir.Year, numbers),
    st.builds(ir.NthWeekday, numbers, numbers, units | months),
    st.builds(ir.Holiday, st.sampled_from(sorted(NAMES)) | st.text(max_size=3), some, some),
    st.builds(ir.TermWeek, some, some, parities, numbers),
    st.builds(ir.Clock, numbers, numbers, numbers, st.booleans(), st.booleans()),
    st.builds(ir.Part, names(ir.PartName)),
    st.builds(ir.Sections, numbers, numbers),
)


def grown(inner: st.SearchStrategy[When]) -> st.SearchStrategy[When]:
    perhaps = st.none() | inner
    return st.one_of(
        st.builds(ir.Shift, durations, st.booleans(), perhaps),
        st.builds(ir.Checked, inner, numbers),
        st.builds(ir.Edge, names(ir.EdgeName), inner),
        st.builds(ir.On, inner, inner),
        st.builds(ir.Range, perhaps, perhaps, st.booleans()),
        st.builds(ir.Deadline, st.sampled_from(["before", "by"]), inner),
        st.builds(ir.Recurrence, names(ir.Every), numbers, weekdays, parities, some, some, some, perhaps, perhaps, perhaps),
        st.builds(ir.Recurrence, st.just("week"), st.integers(1, 3), weekdays, parities, time=perhaps, since=perhaps, until=perhaps),
        st.builds(ir.OneOf, st.lists(inner, max_size=3).map(tuple)),
    )


MEANINGS = st.recursive(leaves, grown, max_leaves=6)


@given(st.text() | SENTENCES.map("".join) | SENTENCES.map(" ".join))
@settings(max_examples=400)
def test_any_text_is_read_the_same_twice_and_spans_lie_in_it(text: str) -> None:
    spans = parse(text)

    assert spans == parse(text)
    place = 0
    for span in spans:
        assert place <= span.start < span.end <= len(text)
        assert not text[span.start].isspace()
        place = span.end
        assert msgspec.json.decode(msgspec.json.encode(span.ir), type=When) == span.ir
    assert [span for meant in joined(spans) for span in meant.spans if span not in spans] == []


@given(SENTENCES.map("".join) | SENTENCES.map(" ".join))
@settings(max_examples=200)
def test_whatever_is_read_is_understood_and_said(text: str) -> None:
    for meant in joined(parse(text)):
        for reading in resolve(meant.ir, NOW, ZONE, TERM):
            assert say(reading, "zh", ZONE, NOW)
            assert say(reading, "en", ZONE, NOW)


@given(MEANINGS, MOMENTS, ZONES, st.sampled_from([TERM, None]))
@settings(max_examples=600)
def test_every_meaning_has_readings_equal_ones_for_equal_input(meaning: When, now: datetime, zone: str, term: object) -> None:
    found = resolve(meaning, now, zone, TERM if term else None)

    assert found == resolve(meaning, now, zone, TERM if term else None)
    assert found
    assert len(found) == 1 or not any(isinstance(each, Fault) for each in found)
    for reading in found:
        start, end = start_of(reading), end_of(reading)
        assert start is None or start.utcoffset() == NOW.utcoffset()
        assert start is None or end is None or start < end
        assert say(reading, "zh", zone, now)


@given(st.text(alphabet="一二三四五六七八九十周星期下每点月日号半到至前后、1234567890:-/ ", max_size=200))
@settings(max_examples=150)
def test_the_densest_texts_do_not_grow_out_of_hand(text: str) -> None:
    for span in parse(text):
        assert resolve(span.ir, NOW, ZONE, TERM)
