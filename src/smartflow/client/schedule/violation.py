"""What the one validator finds, and the refusals that its errors become."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from smartflow.client.schedule.place import Place, Source
from smartflow.shared.kernel.ids import EventId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

Severity = Literal["error", "warning"]


class Entry(Struct, frozen=True):
    """What a violation collides with: a standing event, a busy block, or what another change of the set makes.

    `id` is the event's, the busy block's, or the index of the change. `name`, `location` and `guests` are filled where
    the entry is shown.
    """

    kind: Literal["event", "busy", "change"]
    id: int
    place: Place
    starts_at: datetime
    ends_at: datetime
    source: Source | None = None
    calendar: int | None = None
    name: str = ""
    location: str = ""
    guests: tuple["EntryGuest", ...] = ()


class EntryGuest(Struct, frozen=True):
    """A guest inside an entry."""

    event: EventId
    source: Source
    place: Place


class Violation(Struct, frozen=True):
    """One broken rule: what breaks it, where, and against what.

    `index` says which change of the set broke it (-1: the edit of a class). `code` is the word and `number` the code of
    the catalogue. `subject` is missing only where the set names an event that is not there.
    """

    code: str
    invariant: str
    number: str
    severity: Severity
    index: int
    subject: Source | None = None
    event: EventId | None = None
    place: Place | None = None
    collides_with: tuple[Entry, ...] = ()
    facts: dict[str, int | str] = {}

    @property
    def text(self) -> Text:
        """The sentence for people; `facts` fill it."""
        return RULES[self.code].text


class Rule(Struct, frozen=True):
    """What a code stands for; an empty number depends on the subject, or marks a warning."""

    invariant: str
    number: str
    text: Text


RULES: dict[str, Rule] = {
    "unknown_section": Rule("INV-5", "40041", Text(zh="作息表里没有这一节。", en="The section table has no such section.")),
    "bad_day": Rule("INV-5", "40042", Text(zh="周次或星期不对。", en="There is no such week or day of the week.")),
    "bad_range": Rule("INV-5", "40043", Text(zh="开始节次晚于结束节次。", en="The first section lies after the last.")),
    "outside_term": Rule("INV-5", "40023", Text(zh="不在学期内。", en="This lies outside the term.")),
    "source_missing": Rule("INV-9", "", Text(zh="要安排的内容不存在。", en="What should be placed does not exist.")),
    "event_missing": Rule("INV-10", "40031", Text(zh="没有这个日程。", en="There is no such block.")),
    "already_placed": Rule("INV-8", "40034", Text(zh="已经安排过了。", en="It has a place already.")),
    "not_placed": Rule("INV-8", "40035", Text(zh="还没有安排。", en="It has no place.")),
    "outside_class": Rule("INV-5", "40049", Text(zh="不在任务类的日期范围内。", en="This lies outside the dates of the task class.")),
    "excluded_day": Rule("INV-6", "40049", Text(zh="任务类不排这一天。", en="The task class leaves this day of the week out.")),
    "excluded_slot": Rule("INV-6", "40049", Text(zh="任务类不排这个时段。", en="The task class leaves these sections out.")),
    "outside_host": Rule("INV-2", "40028", Text(zh="超出了所嵌入课程的节次。", en="This lies outside the meeting that should host it.")),
    "host_taken": Rule("INV-2", "40025", Text(zh="这节课里已经嵌入了别的任务。", en="That meeting has a guest there already.")),
    "host_not_filler": Rule("INV-3", "42203", Text(zh="这门课不允许嵌入任务。", en="That course takes no guests.")),
    "filler_not_allowed": Rule("INV-3", "42203", Text(zh="任务类不允许嵌入课程。", en="The task class does not go into courses.")),
    "item_order": Rule("INV-4", "42203", Text(zh="打乱了任务块的先后顺序。", en="The items of the class would be out of order.")),
    "crosses_break": Rule("INV-7", "42203", Text(zh="跨越了休息时间。", en="This crosses a break.")),
    "named_twice": Rule("INV-8", "42203", Text(zh="同一个日程被改了两次。", en="The same block is changed twice.")),
    "bad_report": Rule("INV-8", "42203", Text(zh="完成的节数不对。", en="So many sections cannot be done of this block.")),
    "occupied": Rule("INV-1", "40026", Text(zh="这里已有安排。", en="Something else is there.")),
    "busy": Rule("INV-1", "40026", Text(zh="外部日历在这个时间有事。", en="An outside calendar is busy then.")),
    "unaligned": Rule("", "", Text(zh="没有对齐到大节。", en="It is not aligned to a pair of sections.")),
    "duration_differs": Rule("", "", Text(zh="占 {length} 节，还剩 {left} 节。", en="It takes {length} sections; {left} are left to do.")),
    "forbidden_hours": Rule("", "", Text(zh="在不想安排的时段内。", en="It lies in hours that should stay free.")),
    "in_the_past": Rule("", "", Text(zh="时间已经过去。", en="It begins in the past.")),
    "after_deadline": Rule("", "", Text(zh="在截止时间之后。", en="It ends after the deadline.")),
    "over_daily_cap": Rule("", "", Text(zh="当天共 {minutes} 分钟，超过 {cap} 分钟。", en="That day holds {minutes} minutes, over {cap}.")),
}
WARNINGS = frozenset(code for code, rule in RULES.items() if not rule.invariant)
MISSING = {"task_item": "40036", "task_pool": "40050", "course": "40409", "task_class": "40020"}
MISSING_HOST = "40027"
ORDER = (
    *("40041", "40042", "40043", "40023", "40050", "40036", "40031", "40034", "40035", "40049", "40027", "40028", "40025"),
    *("42203", "40026", "40020", "40409"),
)
"""In which order errors are shown; warnings follow."""


def ranked(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Put violations into the order in which they are shown: errors by number, then warnings, else as they come."""
    return tuple(sorted(violations, key=lambda found: ORDER.index(found.number) if found.number in ORDER else len(ORDER)))


def shared_number(violations: Iterable[Violation]) -> str | None:
    """Choose the code of a refusal: the one that all errors share, else that of an occupied place, else of broken rules."""
    numbers = {found.number for found in violations if found.severity == "error"}
    if len(numbers) <= 1:
        return next(iter(numbers), None)
    return PlaceOccupied.code if PlaceOccupied.code in numbers else RulesBroken.code


class Violations(Struct, frozen=True):
    """The details of a refusal by the validator."""

    violations: tuple[Violation, ...]


class OutsideTerm(Refusal):
    """A place lies outside the term."""

    status, code = 422, "40023"
    text = Text(zh="不在学期内。", en="This lies outside the term.")


class HostTaken(Refusal):
    """A meeting has a guest already."""

    status, code = 409, "40025"
    text = Text(zh="这节课里已经嵌入了任务。", en="That meeting has a guest already.")


class PlaceOccupied(Refusal):
    """A place is held by something else."""

    status, code = 409, "40026"
    text = Text(zh="时间冲突：这里已有安排。", en="Something else is there.")


class HostNotFound(Refusal):
    """The owner has no such meeting to host a guest."""

    status, code = 404, "40027"
    text = Text(zh="要嵌入的课程不存在。", en="There is no such meeting to host it.")


class OutsideHost(Refusal):
    """A guest does not lie inside its host."""

    status, code = 422, "40028"
    text = Text(zh="超出了所嵌入课程的节次。", en="This lies outside the sections of the meeting.")


class EventNotFound(Refusal):
    """The owner has no such block."""

    status, code = 404, "40031"
    text = Text(zh="没有这个日程。", en="There is no such block.")


class AlreadyPlaced(Refusal):
    """The item or task has a place already."""

    status, code = 409, "40034"
    text = Text(zh="已经安排过了。", en="It has a place already.")


class NotPlaced(Refusal):
    """There is nothing to take out."""

    status, code = 409, "40035"
    text = Text(zh="还没有安排，没有可取消的。", en="It has no place, so there is nothing to take out.")


class UnknownSection(Refusal):
    """The section table has no such section."""

    status, code = 422, "40041"
    text = Text(zh="作息表里没有这一节。", en="The section table has no such section.")


class BadDay(Refusal):
    """A week or day of the week does not exist."""

    status, code = 422, "40042"
    text = Text(zh="周次或星期不对。", en="There is no such week or day of the week.")


class RangeInverted(Refusal):
    """The first section lies after the last."""

    status, code = 422, "40043"
    text = Text(zh="开始节次晚于结束节次。", en="The first section lies after the last.")


class OutsideClass(Refusal):
    """A place is outside the dates of the class, or on what it excludes."""

    status, code = 422, "40049"
    text = Text(zh="不在任务类允许的时间内。", en="The task class does not allow this time.")


class RulesBroken(Refusal):
    """Placements break rules; the violations say which."""

    status, code = 422, "42203"
    text = Text(zh="安排违反了规则。", en="The placements break rules.")
