"""Readings said back, every date with its weekday."""

from datetime import date, datetime, time, timedelta
from functools import singledispatchmethod
from typing import Final

from msgspec import Struct

from smartflow.shared.calendar.zones import zone_of
from smartflow.shared.kernel.text import Language, Text
from smartflow.shared.timetext import texts
from smartflow.shared.timetext.ir import Recurrence
from smartflow.shared.timetext.reading import (
    DayReading,
    DeadlineReading,
    DurationReading,
    Fault,
    InstantReading,
    IntervalReading,
    Reading,
    RecurrenceReading,
    SectionsReading,
)

_MIDNIGHT: Final = time()
_END_OF_DAY: Final = "24:00"
_YEAR, _HOUR, _MINUTE = 12, 3600, 60


def say(reading: Reading, language: Language, zone: str, now: datetime) -> str:
    """Say a reading in a language, on the wall of a zone; a year is named if it is not the present one.

    A deadline at 00:00 is said as the end of the day before.
    """
    return _Speaker(language, zone, now.astimezone(zone_of(zone)).year).say(reading)


class _Speaker(Struct, frozen=True):
    language: Language
    zone: str
    year: int

    @singledispatchmethod
    def say(self, reading: Reading) -> str:
        raise TypeError(reading)

    @say.register
    def _(self, reading: InstantReading) -> str:
        return self._moment(reading.at)

    @say.register
    def _(self, reading: DayReading) -> str:
        return self._date(reading.on)

    @say.register
    def _(self, reading: IntervalReading) -> str:
        start = self._wall(reading.start)
        if reading.end is None:
            whole = self._date(start.date()) if start.time() == _MIDNIGHT else self._moment(reading.start)
            return self._text(texts.OPEN, start=whole)
        on, clock = self._until(reading.end)
        if reading.slot is not None:
            named = self._sections(reading.slot.first, reading.slot.last)
            return self._text(texts.SLOT, date=self._date(start.date()), sections=named, start=_clock(start), end=clock)
        if on == start.date():
            return self._text(texts.HOURS, date=self._date(on), start=_clock(start), end=clock)
        if start.time() == _MIDNIGHT and clock == _END_OF_DAY:
            return self._text(texts.DAYS, start=self._date(start.date()), end=self._date(on))
        end = self._text(texts.MOMENT, date=self._date(on), clock=clock)
        return self._text(texts.DAYS, start=self._moment(reading.start), end=end)

    @say.register
    def _(self, reading: DeadlineReading) -> str:
        on, clock = self._until(reading.at)
        if clock == _END_OF_DAY:
            return self._text(texts.DUE_DAY, date=self._date(on))
        return self._text(texts.DUE, moment=self._moment(reading.at))

    @say.register
    def _(self, reading: DurationReading) -> str:
        years, months = divmod(reading.months, _YEAR)
        hours, rest = divmod(reading.seconds, _HOUR)
        minutes, seconds = divmod(rest, _MINUTE)
        counts = (years, months, reading.days, hours, minutes, seconds, reading.sections)
        said = [self._text(pair[count != 1], count=count) for pair, count in zip(texts.LENGTHS.values(), counts, strict=True) if count]
        return self._text(texts.BETWEEN_LENGTHS).join(said) or self._text(texts.LENGTHS["minutes"][1], count=0)

    @say.register
    def _(self, reading: RecurrenceReading) -> str:
        rule = self._rule(reading.pattern)
        time = self._time(reading)
        if time:
            rule = self._text(texts.AT, rule=rule, time=time)
        since = self._date(reading.on)
        if reading.until is None:
            return self._text(texts.SINCE, rule=rule, date=since)
        return self._text(texts.UNTIL, rule=rule, since=since, until=self._date(reading.until))

    @say.register
    def _(self, reading: SectionsReading) -> str:
        return self._sections(reading.first, reading.last)

    @say.register
    def _(self, reading: Fault) -> str:
        return self._text(texts.FAULTS[reading.code])

    def _rule(self, pattern: Recurrence) -> str:
        days = self._text(texts.AND).join(self._text(texts.WEEKDAYS[day - 1]) for day in pattern.weekdays)
        if pattern.nth is not None:
            nth = texts.LAST if pattern.nth == -1 else texts.NTH
            days = self._text(nth, nth=pattern.nth, day=days)
        elif pattern.unit == "month":
            days = self._text(texts.LAST_DAY if pattern.day == -1 else texts.DAY_OF_MONTH, day=pattern.day)
        elif pattern.unit == "year":
            days = self._text(texts.DAY_OF_YEAR, month=self._text(texts.MONTHS[(pattern.month or 1) - 1]), day=pattern.day)
        if pattern.parity in texts.PARITY:
            return self._text(texts.PARITY[pattern.parity], days=days)
        return self._text((texts.EVERY_FEW if pattern.every > 1 else texts.EVERY)[pattern.unit], days=days, every=pattern.every)

    def _time(self, reading: RecurrenceReading) -> str:
        if reading.sections is not None:
            return self._sections(*reading.sections)
        if reading.clock is None:
            return ""
        start = _clock(self._wall(reading.start))
        return start if reading.end is None else f"{start}–{self._until(reading.end)[1]}"

    def _sections(self, first: int, last: int) -> str:
        return self._text(texts.SECTION if first == last else texts.SECTIONS, first=first, last=last)

    def _moment(self, moment: datetime) -> str:
        there = self._wall(moment)
        return self._text(texts.MOMENT, date=self._date(there.date()), clock=_clock(there))

    def _date(self, on: date) -> str:
        template = texts.DATE if on.year == self.year else texts.DATE_OF_YEAR
        month, weekday = self._text(texts.MONTHS[on.month - 1]), self._text(texts.WEEKDAYS[on.weekday()])
        return self._text(template, year=on.year, month=month, day=on.day, weekday=weekday)

    def _until(self, end: datetime) -> tuple[date, str]:
        """Say an end: midnight is the end of the day before."""
        there = self._wall(end)
        if there.time() == _MIDNIGHT:
            return (there - timedelta(days=1)).date(), _END_OF_DAY
        return there.date(), _clock(there)

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(zone_of(self.zone))

    def _text(self, text: Text, **facts: object) -> str:
        return text.render(self.language, **facts)


def _clock(there: datetime) -> str:
    return f"{there:%H:%M}"
