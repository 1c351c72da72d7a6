from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartflow.shared.calendar.faults import BadRange, OutsideTerm, UnknownSection
from smartflow.shared.calendar.instants import Interval, slot_at, to_instants, to_slot, to_slots, wall_instant
from smartflow.shared.calendar.sections import Section, SectionTable, Slot, default_table
from smartflow.shared.calendar.term import Term, monday_of

ZONES = ("Asia/Shanghai", "Europe/London", "America/St_Johns", "Pacific/Apia", "America/Sao_Paulo", "Asia/Tehran", "Australia/Lord_Howe")
AUTUMN = Term(date(2026, 9, 7), date(2027, 1, 10), "Asia/Shanghai", default_table())
LONDON = Term(date(2026, 9, 28), date(2027, 4, 4), "Europe/London", default_table())
HOURLY = SectionTable(tuple(Section(hour + 1, time(hour, 0), time(hour, 50)) for hour in range(24)))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    monday = monday_of(draw(st.dates(date(1995, 1, 1), date(2035, 1, 1))))
    minutes = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), min_size=2, max_size=30)))
    clocks = [time(minute // 60, minute % 60) for minute in minutes]
    rows = tuple(Section(n + 1, clocks[2 * n], clocks[2 * n + 1]) for n in range(len(clocks) // 2))
    last_day = monday + timedelta(days=draw(st.integers(0, 279)))
    return Term(monday, last_day, draw(st.sampled_from(ZONES)), SectionTable(rows))


@st.composite
def slots(draw: st.DrawFn, term: Term) -> Slot:
    week, day = draw(st.sampled_from(list(term.days())))
    ends = draw(st.lists(st.integers(1, len(term.table)), min_size=2, max_size=2))
    return Slot(week, day, min(ends), max(ends))


def clocks_change(term: Term, slot: Slot) -> bool:
    """Tell whether the zone's offset changes on the slot's day or the one before."""
    midnight = datetime.combine(term.date_of(slot.week, slot.day), time(0), ZoneInfo(term.zone))
    return len({(midnight + timedelta(days=n)).utcoffset() for n in (-1, 0, 1, 2)}) > 1


def test_a_slot_lasts_from_its_first_start_to_its_last_end() -> None:
    assert to_instants(AUTUMN, Slot(2, 3, 1, 2)) == Interval(utc("2026-09-16T00:00"), utc("2026-09-16T01:40"))


def test_sections_keep_their_wall_time_when_the_clocks_change() -> None:
    before = to_instants(LONDON, Slot(4, 7, 1, 1))
    after = to_instants(LONDON, Slot(5, 1, 1, 1))

    assert (before.start, after.start) == (utc("2026-10-25T08:00"), utc("2026-10-26T08:00"))
    assert to_instants(LONDON, Slot(4, 6, 1, 1)).start == utc("2026-10-24T07:00")


@pytest.mark.parametrize(
    ("zone", "on", "clock", "instant"),
    [
        ("Europe/London", date(2027, 3, 28), time(1, 30), "2027-03-28T01:30"),
        ("Europe/London", date(2026, 10, 25), time(1, 30), "2026-10-25T00:30"),
        ("America/St_Johns", date(2027, 3, 14), time(2, 15), "2027-03-14T05:45"),
        ("America/St_Johns", date(2010, 3, 14), time(0, 30), "2010-03-14T04:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(8, 0), "2011-12-30T18:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "2026-10-03T15:40"),
        ("America/Sao_Paulo", date(2018, 11, 4), time(0, 20), "2018-11-04T03:20"),
    ],
)
def test_a_skipped_wall_time_moves_forward_and_of_two_equal_ones_the_first_counts(zone: str, on: date, clock: time, instant: str) -> None:
    assert wall_instant(on, clock, zone) == utc(instant)


def test_a_day_that_the_zone_skips_lies_on_the_next_one() -> None:
    apia = Term(date(2011, 12, 26), date(2012, 1, 1), "Pacific/Apia", default_table())

    skipped = to_instants(apia, Slot(1, 5, 1, 4))

    assert skipped == to_instants(apia, Slot(1, 6, 1, 4))
    assert to_slot(apia, skipped.start) == Slot(1, 6, 1, 1)
    assert to_slots(apia, skipped) == (Slot(1, 5, 1, 4), Slot(1, 6, 1, 4))


def test_a_section_whose_start_alone_is_skipped_keeps_its_length() -> None:
    night = SectionTable((Section(1, time(1, 30), time(2, 15)),))
    term = Term(date(2027, 3, 22), date(2027, 3, 28), "Europe/London", night)

    assert to_instants(term, Slot(1, 7, 1, 1)) == Interval(utc("2027-03-28T01:30"), utc("2027-03-28T02:15"))


def test_in_a_repeated_hour_only_the_first_pass_is_the_section() -> None:
    term = Term(date(2026, 10, 19), date(2026, 10, 25), "Europe/London", HOURLY)

    assert to_slot(term, utc("2026-10-25T00:30")) == Slot(1, 7, 2, 2)
    with pytest.raises(UnknownSection):
        to_slot(term, utc("2026-10-25T01:30"))


@pytest.mark.parametrize(
    ("slot", "fault"), [(Slot(1, 1, 12, 13), UnknownSection), (Slot(1, 1, 2, 1), BadRange), (Slot(19, 1, 1, 1), OutsideTerm)]
)
def test_coordinates_that_the_term_lacks_have_no_instants(slot: Slot, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        to_instants(AUTUMN, slot)


def test_instants_between_sections_and_outside_the_term_are_told_apart() -> None:
    with pytest.raises(UnknownSection):
        to_slot(AUTUMN, utc("2026-09-07T00:45"))
    with pytest.raises(OutsideTerm):
        to_slot(AUTUMN, utc("2026-09-06T15:59"))
    with pytest.raises(UnknownSection):
        slot_at(AUTUMN, Interval(utc("2026-09-07T00:00"), utc("2026-09-07T00:44")))


@given(st.data())
def test_slots_and_instants_are_inverse(data: st.DataObject) -> None:
    term = data.draw(terms())
    slot = data.draw(slots(term))
    assume(not clocks_change(term, slot))

    instants = to_instants(term, slot)

    assert slot_at(term, instants) == slot
    assert to_slot(term, instants.start) == Slot(slot.week, slot.day, slot.first, slot.first)
    assert to_slot(term, instants.end - timedelta(seconds=1)) == Slot(slot.week, slot.day, slot.last, slot.last)


@given(st.data())
def test_whatever_the_clocks_do_an_instant_lies_in_the_section_that_it_is_given(data: st.DataObject) -> None:
    term = data.draw(terms())
    slot = data.draw(slots(term))
    instants = to_instants(term, slot)
    assert instants.start < instants.end
    assume(term.first_monday <= term.today(instants.start) <= term.last_day)

    try:
        found = to_slot(term, instants.start)
    except UnknownSection:  # a day that was skipped whole lies on the next one
        assert term.today(instants.start) != term.date_of(slot.week, slot.day)
        return

    assert to_instants(term, found).has(instants.start)


@given(st.data())
def test_what_is_busy_takes_exactly_the_sections_that_it_overlaps(data: st.DataObject) -> None:
    term = data.draw(terms())
    start = datetime.combine(term.first_monday, time(0), UTC) + timedelta(minutes=data.draw(st.integers(-3000, 14 * 1440)))
    busy = Interval(start, start + timedelta(minutes=data.draw(st.integers(0, 4000))))

    taken = {(slot.week, slot.day, section) for slot in to_slots(term, busy) for section in slot.sections}

    assert taken == {
        (week, day, row.number)
        for week, day in term.days()
        for row in term.table.rows
        if max(busy.start, (one := to_instants(term, Slot(week, day, row.number, row.number))).start) < min(busy.end, one.end)
    }


def test_touching_is_no_overlap_and_an_instant_takes_nothing() -> None:
    assert to_slots(AUTUMN, Interval(utc("2026-09-07T00:45"), utc("2026-09-07T00:55"))) == ()
    assert to_slots(AUTUMN, Interval(utc("2026-09-07T00:10"), utc("2026-09-07T00:10"))) == ()
    assert to_slots(AUTUMN, Interval(utc("2026-09-07T00:44"), utc("2026-09-07T00:56"))) == (Slot(1, 1, 1, 2),)


def test_what_lies_outside_the_term_takes_nothing() -> None:
    assert to_slots(AUTUMN, Interval(utc("2020-01-01T00:00"), utc("2026-09-06T16:00"))) == ()
    assert len(to_slots(AUTUMN, Interval(utc("2020-01-01T00:00"), utc("2040-01-01T00:00")))) == 18 * 7
