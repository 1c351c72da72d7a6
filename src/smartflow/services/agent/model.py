"""What a conversation's answer is made of: what is wanted next, what it may take, what a tool is and does. Pure."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from smartflow.client.llm import ToolCall

Phase = Literal["route", "quick_task", "execute", "confirm", "interrupt", "deliver", "end"]
Outcome = Literal["completed", "waiting", "cancelled", "exhausted", "failed"]
Risk = Literal["none", "light", "medium", "heavy"]
Effect = Literal["read", "commit", "ask"]
Reading = Literal["approve", "reject", "amend", "aside", "unclear", "reply"]
# Why an answer of a model is not taken as it is.
Reason = Literal["invalid_output", "invalid_args", "unknown_tool", "not_allowed_now", "claim_without_effect"]
STAYS_OPEN: frozenset[Reading | None] = frozenset({None, "aside", "unclear"})
"""With these readings an interaction goes on waiting."""
Offer = Literal["all", "reads", "none"]

CORRECTIONS = 3
CALLS = 24
MOST_LIGHT = 5
"""So many light effects of one answer are done without being asked about."""
MOST_NAMED = 50
"""So many things are taken away by one call on a yes in advance, if each is named."""
LIVES = timedelta(days=7)
TITLE = 24
SNAPSHOT_FORMAT = 2


class Limits(Struct, frozen=True):
    """What one run may take: answers of a model, tokens, money in the currency of the prices, seconds of models at work."""

    rounds: int = 60
    tokens: int = 300_000
    cost: Decimal = Decimal("0.50")
    seconds: float = 600.0


class Call(Struct, frozen=True):
    """A tool call of this conversation without a result yet; `run` proposed it, so its effect has that run's key.

    `by_rules`: no model made it; `at`: when it was made, which is what "tomorrow" in it counts from.
    """

    run: UUID
    call: ToolCall
    by_rules: bool = False
    at: datetime | None = None


class Think(Struct, frozen=True):
    """Ask a model; `beginning` is what the person has seen of this answer already, `hidden` are tools it got wrong too often."""

    phase: Phase
    beginning: str = ""
    offer: Offer = "all"
    hidden: frozenset[str] = frozenset()


class Act(Struct, frozen=True):
    """Run these calls, in their order."""

    calls: tuple[Call, ...]


class Block(Struct, frozen=True):
    """Give these calls the result that the person said no."""

    calls: tuple[Call, ...]


class Refuse(Struct, frozen=True):
    """Give these calls the result that they cannot be run: no such tool, not offered now, or nobody can tell what they would do."""

    calls: tuple[Call, ...]
    reason: Reason | Literal["not_checked"]


class Ask(Struct, frozen=True):
    """Ask the person, and wait."""

    call: Call


class Confirm(Struct, frozen=True):
    """Show what these calls would do, and wait for a yes; `changed`: the yes was for what is not so any more."""

    calls: tuple[Call, ...]
    changed: bool = False


class Answered(Struct, frozen=True):
    """Give a question the person's words as its result."""

    call: Call
    reply: str


class Deliver(Struct, frozen=True):
    """Say by template how far things are, because a limit is reached, a model got it wrong too often, or the words were unclear."""

    outcome: Literal["exhausted", "completed"]
    unclear: bool = False


class End(Struct, frozen=True):
    """The answer is over."""

    outcome: Outcome


Step: TypeAlias = Think | Act | Block | Refuse | Ask | Confirm | Answered | Deliver | End


class Consent(Struct, frozen=True):
    """What this run may do without asking: `reading` is how the person's words to the open interaction were read.

    `held` are the calls that it asked about, `asked` is what it said, `digest` that of the diff it showed.
    """

    reading: Reading | None = None
    held: frozenset[str] = frozenset()
    asked: str = ""
    digest: str = ""
    always: bool = False


class Card(Struct, frozen=True):
    """A result as a card: what it is, its sentences, its numbers."""

    card_type: Literal["task_record", "task_query"]
    title: str
    summary: str
    data: dict[str, Any]
    source: str | None = None


class Result(Struct, frozen=True, kw_only=True):
    """What a tool gave: facts, `title` for people, cards; and how to take it back.

    A model is told the facts as they are, or `content` in their place.
    """

    status: Literal["done", "refused", "blocked"]
    value: dict[str, Any]
    title: str
    content: str = ""
    cards: tuple[Card, ...] = ()
    undo: dict[str, Any] | None = None
    undone: UUID | None = None

    @property
    def changed(self) -> bool:
        """Whether something is different now: then there is a way back, or it was one."""
        return self.undo is not None or self.undone is not None

    def plain(self) -> dict[str, Any]:
        """Say it as `Tool.result`."""
        return {"status": self.status, "value": self.value}


class Written(Struct, frozen=True):
    """What one run wrote, newest last, and how each is taken back."""

    run: UUID
    undo: tuple[dict[str, Any], ...]
