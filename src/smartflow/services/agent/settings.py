"""What a host may choose about the assistant."""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct


class AgentSettings(Struct, frozen=True):
    """The assistant.

    `run_cost`: what one answer may cost, in the currency of the models' prices. `run_minutes`: how long models may be at work on
    one. `titles`: the lite model, if there is one, names a conversation after its first answer.
    """

    run_cost: Decimal = Decimal("0.50")
    run_minutes: Annotated[int, Meta(ge=1, le=60)] = 10
    titles: Literal["on", "off"] = "on"
