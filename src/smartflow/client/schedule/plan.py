"""Plans: placements that are proposed, with reasons, and not yet applied."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal, Protocol

from msgspec import Struct

from smartflow.client.schedule.block import Start, Week
from smartflow.client.schedule.change import ChangeResult
from smartflow.client.schedule.place import Place, Placement, Source
from smartflow.client.schedule.violation import Violation
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, EventId, PlanId, TaskId, TermId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

PlanStatus = Literal["open", "applied", "discarded", "expired"]
PlanOrigin = Literal["person", "assistant", "active_scheduler"]
Proof = Literal["optimal", "bounded", "none"]


class LimitHours(Struct, frozen=True):
    """Hours of the day to keep to: a wall if hard, else a preference."""

    start: time
    end: time
    hard: bool = False


class Limits(Struct, frozen=True):
    """What one request asks of a plan: days of the week, dates (both in), hours."""

    days: frozenset[int] = frozenset()
    excluded_days: frozenset[int] = frozenset()
    start: date | None = None
    until: date | None = None
    hours: tuple[LimitHours, ...] = ()


class PlanRequest(Struct, frozen=True):
    """What to plan: all items of classes, and tasks; `replan` names placed sources that may move, at most `max_moves`."""

    classes: tuple[ClassId, ...] = ()
    tasks: tuple[TaskId, ...] = ()
    term: TermId | None = None
    partial: bool = True
    limits: Limits | None = None
    replan: tuple[Source, ...] = ()
    max_moves: int = 5


class Reason(Struct, frozen=True):
    """One cause or cost of a placement, in the language of the call; what a cost has beside are tier and points."""

    code: str
    text: str
    tier: int | None = None
    points: int | None = None


class Alternative(Struct, frozen=True):
    """Another place, what it would cost more (by tier; below zero: less), and what forbids it."""

    place: Place
    cost_change: tuple[int, ...]
    text: str
    violation: Violation | None = None


class Cushion(Struct, frozen=True):
    """How much room is left before a deadline; below zero something will be late whatever is planned."""

    sections: int
    minutes: int


class PlannedBlock(Struct, frozen=True):
    """One block of a plan and why it is there; with an `event`, it stands in the schedule now."""

    source: Source
    place: Place
    task_class: ClassId | None = None
    order: int | None = None
    event: EventId | None = None
    pinned: bool = False
    made_by: Literal["solver", "person", "kept"] = "solver"
    reasons: tuple[Reason, ...] = ()
    best_rejected: Alternative | None = None
    binding: Alternative | None = None
    cushion: Cushion | None = None


class ShortCause(Struct, frozen=True):
    """Why a block has no place: what was wanted and what there is."""

    code: str
    text: str
    demand: int | None = None
    capacity: int | None = None


class Relaxation(Struct, frozen=True):
    """A change, verified to be enough, that would make it fit."""

    kind: str
    text: str
    amount: int | None = None
    target: str | None = None


class Unplaced(Struct, frozen=True):
    """A block without a place; the smallest relaxation comes first."""

    source: Source
    task_class: ClassId | None = None
    causes: tuple[ShortCause, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


class ScoreTerm(Struct, frozen=True):
    """What one term of the cost comes to."""

    name: str
    tier: int
    weight: int
    cost: int


class Score(Struct, frozen=True):
    """What a plan costs, by tier, and how much better any plan could be."""

    tiers: tuple[int, ...]
    bound: tuple[int, ...]
    gap: float
    tier: int
    proof: Proof
    omitted_terms: tuple[str, ...] = ()
    terms: tuple[ScoreTerm, ...] = ()


class Plan(Struct, frozen=True):
    """A plan at one revision; lists leave placements and unplaced blocks out."""

    id: PlanId
    status: PlanStatus
    origin: PlanOrigin
    revision: int
    edited: bool
    base_version: int
    term: TermId
    classes: tuple[ClassId, ...]
    tasks: tuple[TaskId, ...]
    created_at: datetime
    expires_at: datetime
    summary: str
    score: Score
    limits: Limits | None = None
    placements: tuple[PlannedBlock, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    better_plan: PlanId | None = None


class Planned(Struct, frozen=True):
    """A plan, and the weeks as they would look with it."""

    plan: Plan
    weeks: tuple[Week, ...]


class PlanEdit(Struct, frozen=True):
    """What a person changes in a plan, and the revision that was looked at."""

    revision: int
    placements: tuple[Placement, ...] = ()
    unplace: tuple[Source, ...] = ()


class AppliedBlock(Struct, frozen=True):
    """A block of a plan that stands in the schedule now."""

    source: Source
    event: EventId


class PlanApplied(Struct, frozen=True):
    """What applying a plan did."""

    result: ChangeResult
    applied: tuple[AppliedBlock, ...]


class UnplacedBlocks(Struct, frozen=True):
    """The details of `NotEnoughTime`."""

    unplaced: tuple[Unplaced, ...]


class PlanNotFound(Refusal):
    """The owner has no such plan."""

    status, code = 404, "40402"
    text = Text(zh="没有这个方案。", en="There is no such plan.")


class PlanClosed(Refusal):
    """The plan was applied or discarded."""

    status, code = 409, "40903"
    text = Text(zh="方案已应用或已放弃。", en="The plan was applied or discarded already.")


class PlanExpired(Refusal):
    """The plan is too old."""

    status, code = 409, "40904"
    text = Text(zh="方案已过期，请重新编排。", en="The plan has expired; please plan again.")


class NotEnoughTime(Refusal):
    """Nothing fits, or not everything where everything was asked for."""

    status, code = 409, "40047"
    text = Text(zh="时间不够，排不下。", en="There is not enough time.")


class PlanClient(Protocol):
    """Asks for plans."""

    async def make(self, call: Call, request: PlanRequest) -> Planned:
        """Plan classes and tasks jointly; asked again within ten seconds, give the same open plan.

        Raises:
            ClassToPlanNotFound: The owner has no such class.
            TaskNotFound: The owner has no such task.
            ItemNotFound: The owner has no such item that may move.
            BothDatesNeeded: A class lacks a date.
            ClassNotAuto: A class is not in auto mode.
            NotEnoughTime: Nothing fits, or not everything and `partial` is off.
            Unavailable: A newer request replaced this one, or too many wait.
        """
        ...

    async def list(self, call: Call, status: PlanStatus = "open") -> tuple[Plan, ...]:
        """List plans, newest first, without their blocks."""
        ...

    async def get(self, call: Call, plan_id: PlanId) -> Plan:
        """Give a plan.

        Raises:
            PlanNotFound: The owner has no such plan.
        """
        ...

    async def edit(self, call: Call, plan_id: PlanId, edit: PlanEdit) -> Plan:
        """Move or take out blocks of a plan, and raise its revision.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied or discarded.
            PlanExpired: It is too old.
            Stale: It has another revision.
            InvalidInput: It names what is not in the plan.
            Refusal: What the validator says.
        """
        ...

    async def discard(self, call: Call, plan_id: PlanId) -> Plan:
        """Give a plan up.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied.
        """
        ...

    async def apply(self, call: Call, plan_id: PlanId, revision: int, *, base_version: int | None = None) -> PlanApplied:
        """Write a whole plan into the schedule, or nothing of it.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied or discarded.
            PlanExpired: It is too old.
            Stale: The plan has another revision, or the schedule another version.
            Refusal: What the validator says.
        """
        ...

    async def starts(self, call: Call, plan_id: PlanId, block: EventId | Source, *, weeks: Sequence[int]) -> tuple[Start, ...]:
        """Tell for every aligned place of these weeks whether a block could go there, judged in an open plan.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied or discarded.
            PlanExpired: It is too old.
            WeekOutsideTerm: The term has no such week.
            EventNotFound: The owner has no such block.
            ItemNotFound: The owner has no such item.
            TaskNotFound: The owner has no such task.
        """
        ...
