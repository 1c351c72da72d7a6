"""What planning answers: placements with their reasons, what was left out and why, and how good the plan provably is.

Codes and numbers only; `plan.texts` makes sentences of them.
"""

from typing import Literal

from msgspec import Struct

from smartflow.services.schedule.planner.instance import Place

Cost = tuple[int, int, int]
Facts = dict[str, int]
Unit = Literal["pair", "section", "block"]


class Points(Struct, frozen=True):
    """What one term costs a placement: its marginal points, and the facts that they came from."""

    code: str
    points: int
    facts: Facts = {}


class Difference(Struct, frozen=True):
    """How much more (or, below zero, less) one term would cost elsewhere; `facts` are those of elsewhere."""

    code: str
    points: int
    facts: Facts = {}


class Alternative(Struct, frozen=True):
    """The best other legal place; `exchanged` is the source that would come here instead, if one has to."""

    place: Place
    change: Cost
    terms: tuple[Difference, ...]
    exchanged: str | None = None


class Binding(Struct, frozen=True):
    """The best cheaper place that may not be taken: the violation, and what is in the way.

    `collides` are references: `event:9`, `busy:4`, `item:42`, `task:7`.
    """

    place: Place
    change: Cost
    terms: tuple[Difference, ...]
    code: str
    collides: tuple[str, ...] = ()


class Cushion(Struct, frozen=True):
    """The sections that are left until a deadline, less those that all work due by then needs."""

    sections: int
    minutes: int
    have: int
    need: int


class Explanation(Struct, frozen=True):
    """Why a block stands where it does."""

    terms: tuple[Points, ...]
    alternative: Alternative | None = None
    binding: Binding | None = None
    cushion: Cushion | None = None


class Placement(Struct, frozen=True):
    """Where a block goes; `came_from` is its standing place, and equals `place` where it was kept."""

    source: str
    place: Place
    explanation: Explanation
    came_from: Place | None = None


class Cause(Struct, frozen=True):
    """One reason for a block's being left out: a shortage (demand, capacity in `unit`), or how much a constraint takes."""

    code: str
    demand: int | None = None
    capacity: int | None = None
    unit: Unit = "pair"


class Relaxation(Struct, frozen=True):
    """A change that would make it fit, proven by matching (or by a plan); `also` is the second of two together.

    `target` is `class:3`, a source, a field of the limits, or `rule:<name>`; `amount` is days, a weekday, a pair,
    sections or blocks, as the kind says.
    """

    kind: str
    target: str
    amount: int = 0
    also: "Relaxation | None" = None


class Need(Struct, frozen=True):
    """One group of a certificate: blocks that may stand in the same places, and what they ask for."""

    class_id: int | None
    sources: tuple[str, ...]
    demand: int


class Certificate(Struct, frozen=True):
    """Why not everything fits: these groups ask for more than their windows hold, and none of them can be left out."""

    groups: tuple[Need, ...]
    demand: int
    capacity: int
    unit: Unit
    lone_sections: int
    window: tuple[int, int]
    binding: dict[str, int]
    relaxations: tuple[Relaxation, ...] = ()


class Unplaced(Struct, frozen=True):
    """A block left out, with its causes and what would bring it in, smallest first."""

    source: str
    causes: tuple[Cause, ...]
    relaxations: tuple[Relaxation, ...] = ()


class TermTotal(Struct, frozen=True):
    """What one term costs the whole plan."""

    code: str
    tier: int
    weight: int
    cost: int


class Answer(Struct, frozen=True, kw_only=True):
    """The outcome of one planning job.

    `gap` is relative, in the first tier where score and bound differ (`tier`; 0 where none does). `elapsed_ms` is the
    caller's to fill: planning reads no clock.
    """

    status: Literal["complete", "partial", "infeasible", "unknown"]
    placements: tuple[Placement, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    score: Cost = (0, 0, 0)
    bound: Cost = (0, 0, 0)
    terms: tuple[TermTotal, ...] = ()
    gap: float = 0.0
    tier: int = 0
    proof: Literal["optimal", "bounded", "none"] = "none"
    omitted_terms: tuple[str, ...] = ()
    certificate: Certificate | None = None
    seed: int = 1
    steps: int = 0
    elapsed_ms: int = 0
