"""Sets of weeks, and the few runs that say the same."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

_CACHE: Final = 4096


class WeekType(StrEnum):
    """Which weeks of a run count."""

    ALL = "all"
    ODD = "odd"
    EVEN = "even"


class WeekRun(Struct, frozen=True):
    """Weeks from start to end, both inside: all of them, or only the odd or the even ones."""

    start: int
    end: int
    type: WeekType = WeekType.ALL

    @property
    def weeks(self) -> range:
        """The weeks, ascending; perhaps none."""
        if self.type is WeekType.ALL:
            return range(self.start, self.end + 1)
        wrong_parity = self.start % 2 == (self.type is WeekType.EVEN)
        return range(self.start + wrong_parity, self.end + 1, 2)


def weeks_of(runs: Iterable[WeekRun]) -> frozenset[int]:
    """Give the set of weeks that runs name."""
    return frozenset(week for run in runs for week in run.weeks)


def runs_of(weeks: Iterable[int]) -> tuple[WeekRun, ...]:
    """Say a set of weeks in the fewest disjoint runs.

    Of equally few: fewer odd and even ones; then, in order of start, the run that ends later; then all before odd
    before even. A run of one week is `all`.
    """
    return _runs_of(frozenset(weeks))


_Runs = tuple[WeekRun, ...]
_Open = frozenset[WeekType]
_RANK: Final = {WeekType.ALL: 0, WeekType.ODD: 1, WeekType.EVEN: 2}


@lru_cache(_CACHE)
def _runs_of(weeks: frozenset[int]) -> _Runs:
    """Go through the weeks once, keeping the best list for each set of runs that are still open."""
    best: dict[_Open, _Runs] = {frozenset(): ()}
    for week in range(min(weeks, default=1), max(weeks, default=0) + 1):
        parity = WeekType.ODD if week % 2 else WeekType.EVEN
        after: dict[_Open, _Runs] = {}
        for still_open, runs in best.items():
            if week in weeks:
                for kind in (WeekType.ALL, parity):
                    closed = still_open - {WeekType.ALL, parity}
                    _keep(after, closed | {kind}, _with(runs, week, kind, go_on=kind in still_open))
            else:
                _keep(after, still_open - {WeekType.ALL, parity}, runs)
        best = after
    return min((_settled(runs) for runs in best.values()), key=_order)


def _with(runs: _Runs, week: int, kind: WeekType, *, go_on: bool) -> _Runs:
    if not go_on:
        return (*runs, WeekRun(week, week, kind))
    at = max(place for place, run in enumerate(runs) if run.type is kind)
    return (*runs[:at], replace(runs[at], end=week), *runs[at + 1 :])


def _keep(best: dict[_Open, _Runs], still_open: _Open, runs: _Runs) -> None:
    if still_open not in best or _order(runs) < _order(best[still_open]):
        best[still_open] = runs


def _settled(runs: _Runs) -> _Runs:
    return tuple(replace(run, type=WeekType.ALL) if run.start == run.end else run for run in runs)


def _order(runs: _Runs) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    halves = sum(run.type is not WeekType.ALL for run in runs)
    return len(runs), halves, tuple((-run.end, _RANK[run.type]) for run in runs)
