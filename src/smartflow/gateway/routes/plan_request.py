"""What is asked of a plan; the limits among it are shown with the plan again."""

from collections.abc import Iterator
from datetime import date, time
from typing import Annotated

from msgspec import Meta, Struct

from smartflow.client.schedule.plan import LimitHours, Limits, PlanRequest
from smartflow.gateway.broken import MISSING, Said, entries
from smartflow.gateway.fields import Clock, Id, TermQuery
from smartflow.gateway.routes.event import clock
from smartflow.gateway.routes.shown import SourceForm
from smartflow.shared.kernel.ids import ClassId, TaskId
from smartflow.shared.kernel.refusal import FieldError

Weekday = Annotated[int, Meta(ge=1, le=7)]


class LimitHoursForm(Struct, frozen=True):
    """Hours of the day to keep to."""

    start: Clock
    end: Clock
    hard: bool = False


class LimitsForm(Struct, frozen=True, rename={"from_": "from"}):
    """Days of the week, dates (both in) and hours to keep to."""

    days: list[Weekday] = []
    excluded_days: list[Weekday] = []
    from_: date | None = None
    until: date | None = None
    hours: list[LimitHoursForm] = []

    @classmethod
    def of(cls, limits: Limits) -> "LimitsForm":
        """Show limits."""
        hours = [LimitHoursForm(clock(each.start), clock(each.end), each.hard) for each in limits.hours]
        return cls(sorted(limits.days), sorted(limits.excluded_days), limits.start, limits.until, hours)

    @staticmethod
    def check(said: Said) -> Iterator[FieldError]:
        """Name what ends before it begins."""
        first, until = said.get("from"), said.get("until")
        if first is not None and until is not None and first > until:
            yield FieldError("limits.until", "order", facts={"limit": "from"})
        for at, each in entries(said, "hours"):
            if {"start", "end"} <= each.keys() and each["start"] >= each["end"]:
                yield FieldError(f"limits.{at}.end", "order", facts={"limit": "start"})

    def limits(self) -> Limits:
        """Say it in the words of the service."""
        hours = tuple(LimitHours(time.fromisoformat(each.start), time.fromisoformat(each.end), each.hard) for each in self.hours)
        return Limits(frozenset(self.days), frozenset(self.excluded_days), self.from_, self.until, hours)


class ManyForm(Struct, frozen=True):
    """What to plan jointly; one of the two lists is not empty."""

    task_class_ids: Annotated[list[Id], Meta(max_length=20)] = []
    task_ids: Annotated[list[Id], Meta(max_length=50)] = []
    partial: bool = True
    term_id: Id | None = None
    limits: LimitsForm | None = None
    replan: Annotated[list[SourceForm], Meta(max_length=500)] = []
    max_moves: Annotated[int, Meta(ge=0, le=50)] = 5

    @staticmethod
    def check(said: Said) -> Iterator[FieldError]:
        """Name the classes if there is nothing to plan, and limits that end before they begin."""
        if not said.get("task_class_ids") and not said.get("task_ids"):
            yield FieldError("task_class_ids", "required", MISSING)
        yield from LimitsForm.check(said.get("limits") or {})

    def request(self, query: TermQuery) -> PlanRequest:
        """Say it in the words of the service."""
        return PlanRequest(
            classes=tuple(dict.fromkeys(ClassId(each) for each in self.task_class_ids)),
            tasks=tuple(dict.fromkeys(TaskId(each) for each in self.task_ids)),
            term=query.term(self.term_id),
            partial=self.partial,
            limits=None if self.limits is None else self.limits.limits(),
            replan=tuple(each.source() for each in self.replan),
            max_moves=self.max_moves,
        )


class OneQuery(TermQuery, frozen=True, kw_only=True):
    """Which class to plan."""

    task_class_id: Id
    partial: bool = True
