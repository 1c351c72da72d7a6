"""What a conversation's models took, as it is kept in its row. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from smartflow.client.agent.record import Totals
from smartflow.client.llm import Usage
from smartflow.shared.kernel.codec import plain


def read(kept: Mapping[str, Any] | None) -> Totals:
    """Read what a row keeps; nothing kept is nothing taken."""
    return Totals() if kept is None else msgspec.convert(kept, Totals)


def written(totals: Totals) -> Any:  # noqa: ANN401 - JSON
    """Write it as a row keeps it: amounts as texts, so that no digit is lost."""
    return plain(totals)


def plus(totals: Totals, used: Usage) -> Totals:
    """Add one settled answer."""
    cost = totals.cost.get(used.currency, Decimal(0)) + used.cost
    return Totals(
        calls=totals.calls + 1,
        unpriced_calls=totals.unpriced_calls + (not used.priced),
        estimated_calls=totals.estimated_calls + used.estimated,
        prompt_tokens=totals.prompt_tokens + used.prompt_tokens,
        cached_tokens=totals.cached_tokens + used.cached_tokens,
        completion_tokens=totals.completion_tokens + used.completion_tokens,
        reasoning_tokens=totals.reasoning_tokens + used.reasoning_tokens,
        cost={**totals.cost, used.currency: cost},
    )
