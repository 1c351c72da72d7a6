"""What planning takes and shows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from smartflow.client.schedule.place import Placement, Source
from smartflow.client.schedule.plan import (
    Alternative,
    Plan,
    PlanApplied,
    PlanEdit,
    PlannedBlock,
    Unplaced,
    UnplacedBlocks,
)
from smartflow.gateway.broken import MISSING, Said, entries
from smartflow.gateway.envelope import View, shown
from smartflow.gateway.fields import Id, local
from smartflow.gateway.routes.event import EventForm
from smartflow.gateway.routes.plan_request import LimitsForm
from smartflow.gateway.routes.shown import (
    ChangeResultForm,
    PlaceForm,
    PlaceMembers,
    SourceForm,
    SourceShown,
    ViolationForm,
    source_of,
    view_of,
)
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.ids import PlanId
from smartflow.shared.kernel.refusal import FieldError

Revision = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class PlansQuery(Struct, frozen=True):
    """Which plans."""

    status: Literal["open", "applied", "discarded", "expired"] = "open"


class MovedForm(PlaceMembers, frozen=True, kw_only=True):
    """Where a source of the plan goes."""

    source: SourceForm | None = None
    task_item_id: Id | None = None

    def placement(self) -> Placement:
        """Say it in the words of the service."""
        return Placement(source_of(self.source, self.task_item_id), self.place())


class LeftForm(Struct, frozen=True):
    """A source that the plan shall leave out."""

    type: Literal["task_item", "task_pool"] | None = None
    id: Id | None = None
    task_item_id: Id | None = None

    def source(self) -> Source:
        """Say it in the words of the service."""
        named = None if self.type is None or self.id is None else SourceForm(self.type, self.id)
        return source_of(named, self.task_item_id)


class EditForm(Struct, frozen=True):
    """What changes in a plan, and the revision that was looked at."""

    revision: Revision
    placements: Annotated[list[MovedForm], Meta(max_length=500)] = []
    unplace: Annotated[list[LeftForm], Meta(max_length=500)] = []

    @staticmethod
    def check(said: Said) -> Iterator[FieldError]:
        """Name the sources that are not named."""
        for at, each in entries(said, "placements"):
            if each.get("source") is None and each.get("task_item_id") is None:
                yield FieldError(f"{at}.source", "required", MISSING)
        for at, each in entries(said, "unplace"):
            if each.get("task_item_id") is None and (each.get("type") is None or each.get("id") is None):
                yield FieldError(f"{at}.source", "required", MISSING)

    def edit(self) -> PlanEdit:
        """Say it in the words of the service."""
        moved = tuple(each.placement() for each in self.placements)
        return PlanEdit(self.revision, moved, tuple(each.source() for each in self.unplace))


class ApplyForm(Struct, frozen=True):
    """Consent to a revision of a plan."""

    revision: Revision
    base_version: Annotated[int, Meta(ge=0)] | None = None


class ReasonForm(Struct, frozen=True):
    """One cost or cause of a placement."""

    code: str
    text: str
    tier: int | None
    points: int | None


class AlternativeForm(Struct, frozen=True):
    """Another place, and what it would cost more."""

    place: PlaceForm
    cost_change: list[int]
    text: str
    violation: ViolationForm | None = None

    @classmethod
    def of(cls, found: Alternative | None, view: View) -> "AlternativeForm | None":
        """Show another place, if there is one."""
        if found is None:
            return None
        violation = None if found.violation is None else ViolationForm.of(found.violation, view)
        return cls(PlaceForm.of(found.place), list(found.cost_change), found.text, violation)


class PlannedForm(Struct, frozen=True):
    """A block of a plan, and why it is there."""

    source: SourceShown
    task_item_id: int | None
    week: int
    day_of_week: int
    start_section: int
    end_section: int
    embed_course_event_id: int | None
    task_class_id: int | None
    order: int | None
    event_id: int | None
    reasons: list[ReasonForm]
    best_rejected: AlternativeForm | None
    binding: AlternativeForm | None
    cushion: dict[str, int] | None

    @classmethod
    def of(cls, block: PlannedBlock, view: View) -> "PlannedForm":
        """Show a block."""
        place = block.place
        return cls(
            source=SourceShown.of(block.source),
            task_item_id=block.source.id if block.source.type == "task_item" else None,
            week=place.week,
            day_of_week=place.day,
            start_section=place.first,
            end_section=place.last,
            embed_course_event_id=place.host,
            task_class_id=block.task_class,
            order=block.order,
            event_id=block.event,
            reasons=[ReasonForm(each.code, each.text, each.tier, each.points) for each in block.reasons],
            best_rejected=AlternativeForm.of(block.best_rejected, view),
            binding=AlternativeForm.of(block.binding, view),
            cushion=None if block.cushion is None else {"sections": block.cushion.sections, "minutes": block.cushion.minutes},
        )


class UnplacedForm(Struct, frozen=True):
    """A block without a place, why, and what would help; the smallest change comes first."""

    source: SourceShown
    task_item_id: int | None
    task_class_id: int | None
    causes: list[dict[str, Any]]
    relaxations: list[dict[str, Any]]

    @classmethod
    def of(cls, found: Unplaced) -> "UnplacedForm":
        """Show a block that found no place."""
        causes = [{"code": c.code, "text": c.text, "demand": c.demand, "capacity": c.capacity} for c in found.causes]
        helps = [{"kind": r.kind, "text": r.text, "amount": r.amount, "target": r.target} for r in found.relaxations]
        item = found.source.id if found.source.type == "task_item" else None
        return cls(SourceShown.of(found.source), item, found.task_class, causes, helps)


class PlanForm(Struct, frozen=True):
    """A plan at one revision; lists leave its blocks out."""

    plan_id: PlanId
    status: str
    origin: str
    revision: int
    edited: bool
    base_version: int
    term_id: int
    task_class_ids: list[int]
    task_ids: list[int]
    created_at: datetime
    expires_at: datetime
    summary: str
    score: dict[str, Any]
    limits: LimitsForm | None
    better_plan_id: PlanId | None
    placements: list[PlannedForm] | UnsetType = UNSET
    unplaced: list[UnplacedForm] | UnsetType = UNSET

    @classmethod
    def of(cls, plan: Plan, call: Call, *, whole: bool = True) -> "PlanForm":
        """Show a plan."""
        view = view_of(call)
        return cls(
            plan_id=plan.id,
            status=plan.status,
            origin=plan.origin,
            revision=plan.revision,
            edited=plan.edited,
            base_version=plan.base_version,
            term_id=plan.term,
            task_class_ids=list(plan.classes),
            task_ids=list(plan.tasks),
            created_at=local(plan.created_at, call.zone),
            expires_at=local(plan.expires_at, call.zone),
            summary=plan.summary,
            score=plain(plan.score),
            limits=None if plan.limits is None else LimitsForm.of(plan.limits),
            better_plan_id=plan.better_plan,
            placements=[PlannedForm.of(block, view) for block in plan.placements] if whole else UNSET,
            unplaced=[UnplacedForm.of(each) for each in plan.unplaced] if whole else UNSET,
        )


class WeekForm(Struct, frozen=True):
    """A week as it would look."""

    week: int
    events: list[EventForm]


class AppliedForm(ChangeResultForm, frozen=True, kw_only=True):
    """What applying a plan did."""

    applied: list[dict[str, Any]]

    @classmethod
    def done(cls, found: PlanApplied, call: Call) -> "AppliedForm":
        """Show what was written."""
        result = ChangeResultForm.of(found.result, view_of(call))
        members = {name: getattr(result, name) for name in result.__struct_fields__}
        applied = [
            {"source": SourceShown.of(each.source), "task_item_id": _item(each.source), "event_id": each.event} for each in found.applied
        ]
        return cls(**members, applied=applied)


class DiscardedForm(Struct, frozen=True):
    """A plan was given up."""

    plan_id: PlanId
    status: str


def _item(source: Source) -> int | None:
    return source.id if source.type == "task_item" else None


@shown.register
def _unplaced(details: UnplacedBlocks, view: View) -> Any:  # noqa: ANN401 - details are of any shape
    del view
    return {"unplaced": [UnplacedForm.of(each) for each in details.unplaced]}
