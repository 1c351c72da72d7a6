"""The cost model: what a plan pays for, in which tier, and how much. It is data; the engine knows only the terms."""

from collections.abc import Mapping

from msgspec import Struct

TIERS = (1, 2, 3)
CLASS_IMPORTANCE: Mapping[int, int] = {3: 8, 2: 4, 1: 2}
TASK_IMPORTANCE: Mapping[int, int] = {1: 8, 2: 4, 3: 2, 4: 1}
INTENSITY_DEMAND: Mapping[str, int] = {"low": 1, "medium": 2, "high": 3}
DEFAULT_DEMAND = 2
TASK_DEMAND: Mapping[int, int] = {1: 2, 2: 2, 3: 1, 4: 1}


class Term(Struct, frozen=True):
    """One thing that costs: its tier, its main weight, and the other numbers that its rule needs."""

    code: str
    tier: int
    weight: int
    numbers: dict[str, int] = {}


class CostModel(Struct, frozen=True):
    """The terms of a plan's cost; blocks less than `adjacent_minutes` apart follow without a rest."""

    terms: tuple[Term, ...]
    adjacent_minutes: int = 45

    def term(self, code: str) -> Term | None:
        """Give a term, or nothing where this model leaves it out."""
        return next((term for term in self.terms if term.code == code), None)


DEFAULT_TERMS = (
    Term("unplaced", 1, 1),
    Term("lateness", 2, 1, {"grace": 8}),
    Term("cushion", 3, 4, {"reserve": 6}),
    Term("daily_load", 3, 10, {"cap": 360, "step": 30, "beyond": 30, "wall": 480}),
    Term("attention", 3, 6, {"spare": 2, "off_hours": 8}),
    Term("spacing", 3, 30, {"same_day": 60}),
    Term("fragmentation", 3, 8, {"lone": 3}),
    Term("heavy", 3, 20),
    Term("long_stretch", 3, 10, {"step": 45, "one_class": 200, "heavy": 180}),
    Term("embed", 3, 4),
    Term("earliness", 3, 1),
    Term("stability", 3, 12, {"within_day": 3, "within_three_days": 1}),
)


def default_model() -> CostModel:
    """Give the weights that planning uses unless an instance says otherwise."""
    return CostModel(DEFAULT_TERMS)
