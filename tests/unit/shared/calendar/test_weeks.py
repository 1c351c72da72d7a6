from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.shared.calendar.weeks import WeekRun, WeekType, runs_of, weeks_of

RANKS = {WeekType.ALL: 0, WeekType.ODD: 1, WeekType.EVEN: 2}


def say(weeks: set[int]) -> str:
    """Write runs as `1-4, 6 even 10`."""
    return ", ".join(f"{run.start}" if run.start == run.end else f"{run.start} {run.type} {run.end}" for run in runs_of(weeks))


def every_way(weeks: frozenset[int]) -> Iterator[tuple[WeekRun, ...]]:
    """Give every list of disjoint runs, by start, that says a set of weeks."""
    if not weeks:
        yield ()
        return
    first = min(weeks)
    for kind, step in ((WeekType.ALL, 1), (WeekType.ODD if first % 2 else WeekType.EVEN, 2)):
        end = first
        while end in weeks:
            if step == 1 or end > first:
                run = WeekRun(first, end, kind)
                yield from ((run, *rest) for rest in every_way(weeks - set(run.weeks)))
            end += step


def preference(runs: tuple[WeekRun, ...]) -> tuple[int, int, list[tuple[int, int]]]:
    halves = sum(run.type is not WeekType.ALL for run in runs)
    return len(runs), halves, [(-run.end, RANKS[run.type]) for run in runs]


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ({1, 3, 4, 5, 7}, "1 odd 7, 4"),
        ({*range(1, 5), 6, *range(8, 13)}, "1 all 4, 6, 8 all 12"),
        ({1, 2, 3, 4, 6, 8, 10}, "1 all 4, 6 even 10"),
        ({3, 5}, "3 odd 5"),
        ({2, 4}, "2 even 4"),
        ({7}, "7"),
        ({1, 2}, "1 all 2"),
        (set(), ""),
        (set(range(1, 41)), "1 all 40"),
        (set(range(1, 41, 2)), "1 odd 39"),
    ],
)
def test_a_set_of_weeks_is_said_in_the_fewest_runs(weeks: set[int], said: str) -> None:
    assert say(weeks) == said


@given(st.frozensets(st.integers(1, 10)))
def test_no_other_way_to_say_the_weeks_is_preferred(weeks: frozenset[int]) -> None:
    assert runs_of(weeks) == min(every_way(weeks), key=preference)


@given(st.frozensets(st.integers(1, 10)))
def test_comparing_ends_before_types_would_choose_the_same(weeks: frozenset[int]) -> None:
    def by_ends_first(runs: tuple[WeekRun, ...]) -> tuple[int, int, list[int], list[int]]:
        return *preference(runs)[:2], [-run.end for run in runs], [RANKS[run.type] for run in runs]

    assert runs_of(weeks) == min(every_way(weeks), key=by_ends_first)


@given(st.frozensets(st.integers(1, 40)))
def test_the_runs_say_each_week_once_and_no_other(weeks: frozenset[int]) -> None:
    runs = runs_of(weeks)

    assert sorted(week for run in runs for week in run.weeks) == sorted(weeks)
    assert [run.start for run in runs] == sorted(run.start for run in runs)


@given(st.frozensets(st.integers(1, 40)))
def test_a_run_begins_and_ends_with_a_week_of_its_own_and_a_single_week_is_no_half(weeks: frozenset[int]) -> None:
    for run in runs_of(weeks):
        assert (run.weeks[0], run.weeks[-1]) == (run.start, run.end)
        assert run.type is WeekType.ALL or run.end > run.start


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(WeekType))
def test_a_run_counts_the_weeks_of_its_type_from_start_to_end(start: int, end: int, kind: WeekType) -> None:
    parities = {WeekType.ALL: (0, 1), WeekType.ODD: (1,), WeekType.EVEN: (0,)}[kind]

    assert weeks_of([WeekRun(start, end, kind)]) == {week for week in range(1, 41) if start <= week <= end and week % 2 in parities}


def test_odd_weeks_from_four_to_four_are_none() -> None:
    assert weeks_of([WeekRun(4, 4, WeekType.ODD)]) == frozenset()
