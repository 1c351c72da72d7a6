"""What a host may choose about language models."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct, field

from smartflow.shared.process.config import Secret

Switch = Literal["on", "off"]


class PriceSettings(Struct, frozen=True):
    """What a million tokens cost. Without `input` and `output` no price is known; without `cached` it is that of input."""

    input: Decimal | None = None
    cached: Decimal | None = None
    output: Decimal | None = None


class ModelSettings(Struct, frozen=True):
    """A model behind an OpenAI-compatible endpoint; without `base_url` and `model` there is none. `window`: its tokens."""

    base_url: str = ""
    model: str = ""
    key: Secret | None = None
    prices: PriceSettings = field(default_factory=PriceSettings)
    window: int = 128_000


class ModelsSettings(Struct, frozen=True):
    """The models by role. A role without one takes that of the next lower role: `max`, then `pro`, then `lite`."""

    lite: ModelSettings = field(default_factory=ModelSettings)
    pro: ModelSettings = field(default_factory=ModelSettings)
    max: ModelSettings = field(default_factory=ModelSettings)


class BudgetSettings(Struct, frozen=True):
    """What each person's answers may cost by day and by month of that person's zone; none: no limit."""

    day: Decimal | None = None
    month: Decimal | None = None


class PatienceSettings(Struct, frozen=True):
    """Seconds: to connect, until the first piece (a lite one), between two pieces, and for a whole call."""

    connect: float = 5.0
    first: float = 20.0
    first_lite: float = 8.0
    silence: float = 30.0
    whole: float = 120.0


class LlmSettings(Struct, frozen=True):
    """Language models.

    `offline`: the brain without a model answers where no model does. `fast_path`: with a model configured, it still
    answers what rules alone are sure of. `require_price`: a model without a price is refused. `currency`: of all prices.
    """

    models: ModelsSettings = field(default_factory=ModelsSettings)
    embeddings: ModelSettings = field(default_factory=ModelSettings)
    budgets: BudgetSettings = field(default_factory=BudgetSettings)
    patience: PatienceSettings = field(default_factory=PatienceSettings)
    offline: Switch = "on"
    fast_path: Switch = "on"
    require_price: Switch = "off"
    currency: str = "USD"
