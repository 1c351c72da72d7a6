"""`/api/v1/schedule/health`: how the schedule is doing."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from smartflow.client.schedule.analysis import AnalysisClient, Candidate, DeadlineCushion, Health, HealthQuery, Room
from smartflow.client.schedule.change import Add, Move
from smartflow.client.schedule.term import TermNotFound, WeekOutsideTerm
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import Id, local
from smartflow.gateway.route import LONG, READ, Table, get, table
from smartflow.gateway.routes.change import ChangeForm
from smartflow.gateway.routes.shown import Week
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import TermId


class WeeksQuery(Struct, frozen=True):
    """Which weeks, both in; absent: from this one, to the term's last."""

    from_week: Week | None = None
    to_week: Week | None = None
    term_id: Id | None = None


class DimensionForm(Struct, frozen=True):
    """One side of health, 0..1; without data it has no value, and the others carry its weight."""

    name: str
    weight: int
    value: float | None


class IssueForm(Struct, frozen=True):
    """Something to look at."""

    code: str
    severity: Literal["critical", "warning"]
    text: str
    event_ids: list[int]


class RhythmForm(Struct, frozen=True):
    """How a day changes between classes; fragmentation is the share of changes among its transitions."""

    date: date
    switches: int
    fragmentation: float
    longest_minutes: int
    heavy_adjacent: int


class CushionForm(Struct, frozen=True):
    """Room before a deadline: `sections` is `have` less `need`."""

    task_id: int | None
    task_class_id: int | None
    name: str
    deadline_at: datetime
    have: int
    need: int
    sections: int
    minutes: int

    @classmethod
    def of(cls, cushion: DeadlineCushion, call: Call) -> "CushionForm":
        """Show a cushion."""
        source = cushion.source
        return cls(
            task_id=source.id if source.type == "task_pool" else None,
            task_class_id=source.id if source.type == "task_class" else None,
            name=cushion.name,
            deadline_at=local(cushion.deadline_at, call.zone),
            have=cushion.have,
            need=cushion.need,
            sections=cushion.sections,
            minutes=cushion.minutes,
        )


class CandidateForm(Struct, frozen=True):
    """Changes that would help, as POST /schedule/changes takes them; what they cost more by tier, and the health after."""

    changes: list[ChangeForm]
    text: str
    cost_change: list[int]
    health: int

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateForm":
        """Show a candidate."""
        changes = [ChangeForm.of(change) for change in candidate.changes if isinstance(change, Add | Move)]
        return cls(changes, candidate.text, list(candidate.cost_change), candidate.health)


class HealthForm(Struct, frozen=True):
    """The state of a stretch of weeks, 0..100."""

    health: int
    room: Room
    dimensions: list[DimensionForm]
    issues: list[IssueForm]
    rhythm: list[RhythmForm]
    cushions: list[CushionForm]
    candidates: list[CandidateForm]

    @classmethod
    def of(cls, health: Health, call: Call) -> "HealthForm":
        """Show health."""
        return cls(
            health=health.health,
            room=health.room,
            dimensions=[DimensionForm(each.name, each.weight, each.value) for each in health.dimensions],
            issues=[IssueForm(each.code, each.severity, each.text, list(each.events)) for each in health.issues],
            rhythm=[
                RhythmForm(each.date, each.switches, each.fragmentation, each.longest_minutes, each.heavy_adjacent)
                for each in health.rhythm
            ],
            cushions=[CushionForm.of(each, call) for each in health.cushions],
            candidates=[CandidateForm.of(each) for each in health.candidates],
        )


class AnalysisRoutes:
    """How the schedule is doing."""

    def __init__(self, analysis: AnalysisClient) -> None:
        self._analysis = analysis

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        return table("analysis", "/schedule", [get("/health", self.health, READ | LONG, refuses=(WeekOutsideTerm, TermNotFound))])

    async def health(self, call: Call, query: WeeksQuery) -> Ok[HealthForm]:
        """Judge a stretch of weeks, and say what would make it better."""
        term = None if query.term_id is None else TermId(query.term_id)
        found = await self._analysis.health(call, HealthQuery(query.from_week, query.to_week, term))
        return Ok(HealthForm.of(found, call))
