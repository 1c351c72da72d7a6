"""Health in numbers (`Health` of the client): each dimension 0..1, and the sum. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from smartflow.services.schedule.analysis.scene import Scene, Work
from smartflow.services.schedule.planner.answer import Cushion
from smartflow.services.schedule.planner.days import DAY_TERMS

WEIGHTS = {"placed": 20, "punctual": 20, "cushion": 15, "load": 15, "spacing": 10, "attention": 10, "rhythm": 10}
# From this importance on, a late or unplaced block weighs upon everything.
MATTERS = 4
_BROKEN, _LATE, _WHOLE = 39, 59, 100
_ROUGH_DAY = 12


class Measured(Struct, frozen=True):
    """The sum, 0..100, and each dimension; one without data has no value, and the others carry its weight."""

    health: int
    values: dict[str, float | None]


def measured(scene: Scene, cushions: Sequence[Cushion]) -> Measured:
    """Measure a stretch of days."""
    values = {
        "placed": _share((work.value, work.position is not None) for work in scene.work),
        "punctual": _share((work.block.importance, not work.late) for work in scene.placed if work.block.deadline is not None),
        "cushion": _cushion(scene, cushions),
        "load": _load(scene),
        "spacing": _spacing(scene),
        "attention": _share((work.minutes, _attentive(scene, work)) for work in scene.placed),
        "rhythm": _rhythm(scene),
    }
    known = {name: min(1.0, max(0.0, value)) for name, value in values.items() if value is not None}
    total = sum(WEIGHTS[name] for name in known)
    health = round(_WHOLE * sum(WEIGHTS[name] * value for name, value in known.items()) / total) if total else _WHOLE
    return Measured(min(health, _ceiling(scene)), {name: known.get(name) for name in WEIGHTS})


def _ceiling(scene: Scene) -> int:
    if scene.broken:
        return _BROKEN
    troubled = any(work.block.importance >= MATTERS and (work.position is None or work.late) for work in scene.work)
    return _LATE if troubled else _WHOLE


def _share(parts: Iterable[tuple[int, bool]]) -> float | None:
    """Give the weight of what is well as a share of all of it."""
    whole = well = 0
    for weight, is_well in parts:
        whole += weight
        well += weight if is_well else 0
    return well / whole if whole else None


def _cushion(scene: Scene, cushions: Sequence[Cushion]) -> float | None:
    reserve = scene.weights.reserve
    kept = [min(1.0, max(0.0, cushion.sections / reserve)) for cushion in cushions] if reserve else []
    return sum(kept) / len(kept) if kept else None


def _load(scene: Scene) -> float | None:
    minutes = [sum(entry.ends - entry.begins for entry in entries) for _, entries in scene.worked()]
    over = sum(max(0, placed - scene.weights.cap) for placed in minutes)
    return 1 - 2 * over / sum(minutes) if minutes else None


def _spacing(scene: Scene) -> float | None:
    """Judge even spreads: days off their targets as a share of the days between two items."""
    sizes = Counter(piece.key for piece in scene.solution.problem.pieces)
    shares = []
    for work in scene.placed:
        piece, position = work.piece, work.position
        if piece is not None and position is not None and piece.spread is not None and piece.target is not None:
            off = piece.spread.days_off(position.day, piece.target)
            shares.append(off * sizes[piece.key] / max(1, len(piece.spread.usable_days)))
    return 1 - sum(shares) / len(shares) if shares else None


def _attentive(scene: Scene, work: Work) -> bool:
    return work.position is not None and scene.solution.problem.unary.level(work.position) >= work.block.demand


def _rhythm(scene: Scene) -> float | None:
    terms = scene.solution.problem.days
    rough, days = 0, 0
    for day, entries in scene.worked():
        points = dict(zip(DAY_TERMS, terms.points(terms.counts(day, entries)), strict=True))
        rough += points["fragmentation"] + points["heavy"]
        days += 1
    return 1 - rough / (_ROUGH_DAY * days) if days else None
