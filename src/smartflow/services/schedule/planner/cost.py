"""Costs as one number: three tiers packed into an integer, so that comparing plans is comparing integers."""

from collections.abc import Iterable, Mapping

from smartflow.services.schedule.planner.answer import Cost
from smartflow.services.schedule.planner.model import TIERS, CostModel

# Wider than any tier of any instance can grow, so that lower tiers never reach a higher one.
_TIER_BITS = 40
_TIER_MASK = (1 << _TIER_BITS) - 1
UNBOUNDED = 1 << _TIER_BITS * (len(TIERS) + 1)


def scale(tier: int) -> int:
    """Give the factor of a tier in a packed cost."""
    return 1 << _TIER_BITS * (TIERS[-1] - tier)


def scales(model: CostModel) -> dict[str, int]:
    """Give the factor of each term of a model; terms that it leaves out are not there."""
    return {term.code: scale(term.tier) for term in model.terms}


def unpack(packed: int) -> Cost:
    """Take a packed cost, or a difference of two, apart into its tiers."""
    low = _lowest(packed)
    middle = _lowest(packed - low >> _TIER_BITS)
    return (packed - low >> _TIER_BITS) - middle >> _TIER_BITS, middle, low


def _lowest(packed: int) -> int:
    """Give the lowest tier, which in a difference may lie below zero."""
    half = 1 << _TIER_BITS - 1
    return (packed + half & _TIER_MASK) - half


def by_tier(model: CostModel, points: Iterable[tuple[str, int]]) -> Cost:
    """Sum points by the tier of their term; differences below zero stay below zero."""
    tiers: Mapping[str, int] = {term.code: term.tier for term in model.terms}
    sums = [0, 0, 0]
    for code, amount in points:
        if code in tiers:
            sums[tiers[code] - 1] += amount
    return sums[0], sums[1], sums[2]


def started(amount: int, step: int) -> int:
    """Count the steps that an amount has started; none below zero."""
    return -(-amount // step) if amount > 0 else 0
