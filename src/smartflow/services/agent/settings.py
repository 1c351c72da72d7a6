"""What a host may choose about the assistant."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct


class AgentSettings(Struct, frozen=True):
    """`run_cost`: what one answer may cost, in the currency of the models' prices. `run_minutes`: how long models may be at work."""

    run_cost: Decimal = Decimal("0.50")
    run_minutes: Annotated[int, Meta(ge=1, le=60)] = 10
