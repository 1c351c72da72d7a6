"""A report in the words of the call."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from smartflow.client.schedule.analysis import Candidate, DayRhythm, DeadlineCushion, Dimension, Health, Issue
from smartflow.client.schedule.change import Add, Change, Move
from smartflow.client.schedule.place import Source
from smartflow.services.schedule.analysis import texts
from smartflow.services.schedule.analysis.findings import Deadline, Finding
from smartflow.services.schedule.analysis.job import Report
from smartflow.services.schedule.analysis.measure import WEIGHTS
from smartflow.services.schedule.analysis.options import Option
from smartflow.services.schedule.analysis.rhythm import Rhythm
from smartflow.services.schedule.plan import tell
from smartflow.services.schedule.plan.instance import to_place
from smartflow.services.schedule.plan.telling import source_of
from smartflow.services.schedule.plan.texts import WEEK
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.kernel.ids import ClassId
from smartflow.shared.kernel.text import Language

_MINUTE = 60


class Words(Struct, frozen=True):
    """What sentences need: the language, what things are called, the date of the term's first day, and where blocks stand."""

    language: Language
    names: Mapping[Source, str]
    first_monday: date
    state: ScheduleState

    def on(self, day: int) -> date:
        """Give the date of a day counted from the first Monday."""
        return self.first_monday + timedelta(days=day)


def health(report: Report, words: Words, broken: tuple[Issue, ...], options: list[Option]) -> Health:
    """Show a report; `broken` are the rules that the schedule breaks, `options` those that break none."""
    return Health(
        health=report.health,
        room=report.room,
        dimensions=tuple(Dimension(name, weight, _rounded(report.values[name])) for name, weight in WEIGHTS.items()),
        issues=(*broken, *(issue(each, words) for each in report.findings)),
        rhythm=tuple(_rhythm(each, words) for each in report.rhythms),
        cushions=tuple(_cushion(each, words) for each in report.deadlines),
        candidates=tuple(_candidate(each, words) for each in options),
    )


def issue(found: Finding, words: Words) -> Issue:
    """Show one thing to look at."""
    facts: dict[str, object] = {name: tell.counts(amount, texts.UNITS[name], words.language) for name, amount in found.facts.items()}
    if found.source:
        facts["name"] = named(found.source, words)
    if found.day is not None:
        facts["date"] = words.on(found.day).isoformat()
    events = tuple(event for block in found.blocks for event in words.state.standing(source_of(block)))
    return Issue(found.code, found.severity, texts.ISSUES[found.code].render(words.language, **facts), events)


def changes(option: Option, state: ScheduleState) -> tuple[Change, ...]:
    """Make the changes that an option stands for."""
    made: list[Change] = []
    for reference, place in option.moves:
        source = source_of(reference)
        standing = state.standing(source)
        made.append(Move(standing[0], to_place(place)) if standing else Add(source, to_place(place)))
    return tuple(made)


def named(reference: str, words: Words) -> str:
    """Say what a class, an item or a task is called."""
    return words.names.get(subject(reference)) or reference


def subject(reference: str) -> Source:
    """Read a reference to a class or a block."""
    word, _, number = reference.partition(":")
    return Source.task_class(ClassId(int(number))) if word == "class" else source_of(reference)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _rhythm(found: Rhythm, words: Words) -> DayRhythm:
    return DayRhythm(words.on(found.day), found.switches, round(found.fragmentation, 3), found.longest, found.heavy)


def _cushion(found: Deadline, words: Words) -> DeadlineCushion:
    at = datetime.fromtimestamp(found.at * _MINUTE, UTC)
    left = found.cushion
    return DeadlineCushion(subject(found.source), named(found.source, words), at, left.have, left.need, left.minutes)


def _candidate(option: Option, words: Words) -> Candidate:
    facts: dict[str, object] = {}
    if option.source:
        facts["name"] = named(option.source, words)
    if option.kind == "swap":
        facts["other"] = named(next(source for source, _ in option.moves if source != option.source), words)
    elif option.kind == "replan":
        facts["blocks"] = tell.counts(len(option.moves), "block", words.language)
    elif option.moves:
        place = option.moves[0][1]
        facts["place"] = WEEK.render(words.language, week=place.week) + tell.where(place, words.language)
    text = texts.OPTIONS[option.kind].render(words.language, **facts)
    return Candidate(changes(option, words.state), text, option.change, option.health)
