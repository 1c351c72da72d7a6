"""How well a memory fits: what it says, how much it matters, how sure and how fresh it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from smartflow.client.memory import Memory, Recalled, RecallReason
from smartflow.services.memory.recall.budget import clipped, tokens_of

SOON = timedelta(days=7)
CANDIDATES = 40
_RELEVANCE, _IMPORTANCE, _CONFIDENCE, _RECENCY, _EXPLICIT = 0.65, 0.12, 0.10, 0.08, 0.05
_HALF_LIFE = timedelta(days=90)


def relevance(scores: Mapping[int, float], gated: Sequence[int]) -> dict[int, float]:
    """Reduce the words' scores of what may be used to its best 40, each as a part of the best one."""
    hits = sorted((at for at in gated if at in scores), key=lambda at: (-scores[at], at))[:CANDIDATES]
    return {at: scores[at] / scores[hits[0]] for at in hits}


def reasons(memory: Memory, relevant: float, now: datetime) -> tuple[RecallReason, ...]:
    """Say why a memory is recalled; for no reason it is not."""
    found: list[RecallReason] = []
    if memory.type == "constraint":
        found.append("always")
    if memory.type == "commitment" and is_soon(memory, now):
        found.append("soon")
    if relevant > 0:
        found.append("words")
    return tuple(found)


def is_soon(memory: Memory, now: datetime) -> bool:
    """Tell whether a commitment is due within a week; one made by hand has no date but its end."""
    due = memory.valid_from or memory.ttl_at
    return due is not None and now >= due - SOON


def ranked(memory: Memory, relevant: float, now: datetime) -> Recalled:
    """Weigh a memory."""
    score = (
        _RELEVANCE * relevant
        + _IMPORTANCE * memory.importance
        + _CONFIDENCE * memory.confidence
        + _RECENCY * _freshness(memory, now)
        + _EXPLICIT * memory.is_explicit
    )
    text = clipped(memory.content)
    return Recalled(memory, round(score, 6), reasons(memory, relevant, now), text, tokens_of(text))


def best_first(each: Recalled) -> tuple[float, int]:
    """Sort by score, ties by id."""
    return -each.score, each.memory.id


def told_first(each: Recalled) -> tuple[float, float, int]:
    """Sort constraints by importance, the others by score."""
    first = each.memory.importance if each.memory.type == "constraint" else each.score
    return -first, -each.score, each.memory.id


def _freshness(memory: Memory, now: datetime) -> float:
    """Fade with time since it was last confirmed; a commitment does not before its date."""
    since = max(now - memory.confirmed_at, timedelta(0))
    ahead = memory.type == "commitment" and (memory.valid_from or memory.ttl_at or now) > now
    freshness: float = 1.0 if ahead else 0.5 ** (since / _HALF_LIFE)
    return freshness
