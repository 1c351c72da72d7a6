"""The language model's port: what an answer is asked with, the pieces in which it comes, and what it costs."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol, TypeAlias
from uuid import UUID

from msgspec import Struct

from smartflow.shared.events.event import Event
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Language, Text

Role = Literal["lite", "pro", "max"]
Thinking = Literal["auto", "on", "off"]
Finish = Literal["stop", "tool_calls", "length", "filtered"]
# What an answer is for: it names the line of the bill, and tells the offline brain which work is asked of it.
Scene = Literal[
    "route",
    "quick_task",
    "plan",
    "execute",
    "deliver",
    "title",
    "thinking_summary",
    "compaction",
    "memory_extraction",
    "confirmation_words",
    "course_image",
]
MESSAGE_FORMAT = 1


class ToolCall(Struct, frozen=True):
    """A tool that a model wants run; the id is ours and unique in its run, the arguments are a JSON object."""

    id: str
    name: str
    arguments: dict[str, Any]


class System(Struct, frozen=True, tag="system", tag_field="role"):
    """Rules of the phase, or the block of the present moment."""

    content: str


class User(Struct, frozen=True, tag="user", tag_field="role"):
    """What the person said."""

    content: str


class Assistant(Struct, frozen=True, tag="assistant", tag_field="role"):
    """An earlier answer: its text, and the tools that it called."""

    content: str = ""
    calls: tuple[ToolCall, ...] = ()


class Tool(Struct, frozen=True, tag="tool", tag_field="role"):
    """What a called tool gave: `content` for a model, `result` (JSON) for who computes with it."""

    call_id: str
    name: str
    content: str
    result: dict[str, Any] = {}


Message: TypeAlias = System | User | Assistant | Tool


class ToolSpec(Struct, frozen=True):
    """A tool that may be called: `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: dict[str, Any]


class Bounds(Struct, frozen=True):
    """How much an answer may take: tokens of output, and what the run may still cost in the currency of the prices (none: no cap)."""

    output_tokens: int = 8_000
    cost: Decimal | None = None


OFFLINE = "offline"
"""The model of answers that rules made, without one."""


class Now(Struct, frozen=True):
    """The moment of a request, for whoever has no clock: an instant, the person's zone, the term and its week, if any."""

    at: datetime
    zone: str
    term: dict[str, Any] | None = None


class AnswerRequest(Struct, frozen=True, kw_only=True):
    """One answer that is wanted.

    `beginning` is text already shown to the person: a repeated answer goes on from there. `language` is that of the answer.
    """

    request_id: UUID
    role: Role
    scene: Scene
    messages: tuple[Message, ...]
    now: Now
    language: Language = "zh"
    tools: tuple[ToolSpec, ...] = ()
    output_schema: dict[str, Any] | None = None
    thinking: Thinking = "auto"
    bounds: Bounds = Bounds()
    conversation: UUID | None = None
    run: UUID | None = None
    beginning: str = ""
    format: int = MESSAGE_FORMAT


class Usage(Struct, frozen=True):
    """Tokens of one answer by kind, and what it cost; not `priced`: no price is known; `estimated`: we counted the tokens."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost: Decimal = Decimal(0)
    currency: str = "USD"
    priced: bool = True
    estimated: bool = False


class TextPiece(Struct, frozen=True, tag="text", tag_field="piece"):
    """The next characters of the answer."""

    text: str


class ThinkingPiece(Struct, frozen=True, tag="thinking", tag_field="piece"):
    """The next characters of a model's reasoning: for summaries only, never stored and never shown."""

    text: str


class CallPiece(Struct, frozen=True, tag="call", tag_field="piece"):
    """A tool call, complete and valid JSON."""

    call: ToolCall


class ObjectPiece(Struct, frozen=True, tag="object", tag_field="piece"):
    """The object that `output_schema` asked for, valid by it."""

    value: dict[str, Any]


class DegradedPiece(Struct, frozen=True, tag="degraded", tag_field="piece"):
    """Another model than the one asked for goes on with the answer."""

    role: Role | Literal["offline"]


class Done(Struct, frozen=True, tag="done", tag_field="piece"):
    """The end of an answer: always the last piece, once."""

    usage: Usage
    model: str
    finish: Finish


Piece: TypeAlias = TextPiece | ThinkingPiece | CallPiece | ObjectPiece | DegradedPiece | Done


class ModelUsage(Struct, frozen=True):
    """What one model took in a month."""

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal


class UsageReport(Struct, frozen=True):
    """What an owner used in a month, and the budgets that hold for them (none: no limit)."""

    currency: str
    cost: Decimal
    calls: int
    unpriced_calls: int
    estimated_calls: int
    models: tuple[ModelUsage, ...]
    day_spent: Decimal
    day_budget: Decimal | None = None
    month_budget: Decimal | None = None


class CallRecord(Struct, frozen=True):
    """One line of the bill: an answer that came to its end, or was given up as lost."""

    request: UUID
    scene: str
    role: str
    model: str
    begun_at: datetime
    ended_at: datetime | None
    usage: Usage
    lost: bool = False
    conversation: UUID | None = None
    run: UUID | None = None


class UsageRecorded(Event, frozen=True):
    """An answer was settled."""

    kind: ClassVar[str] = "llm.usage_recorded"
    publisher: ClassVar[str] = "llm"

    request_id: UUID
    scene: str
    conversation_id: UUID | None
    run_id: UUID | None
    model: str
    usage: Usage


class BudgetExceeded(Refusal):
    """The owner's budget does not cover the answer until `retry_after`, or (then without it) the bounds of the request do not."""

    status, code = 429, "40051"
    text = Text(zh="模型预算已用完。", en="The budget for models is used up.")


class ModelUnavailable(Refusal):
    """No model answers, and the offline brain may not."""

    status, code = 503, "50303"
    text = Text(zh="没有可用的模型。", en="No model answers.")
    retry_after = 30


class Flaw(Struct, frozen=True):
    """What is wrong with an answer: with its object, or with the arguments of a tool; `where` are paths and broken rules."""

    reason: Literal["invalid_output", "invalid_args"]
    tool: str = ""
    where: tuple[str, ...] = ()


class UnusableAnswer(Refusal):
    """A model's answer could not be made valid; its details are the `Flaw`."""

    status, code = 500, "50002"
    text = Text(zh="模型的回答无法使用。", en="The model's answer cannot be used.")


class LlmClient(Protocol):
    """Asks language models, or the brain that needs none."""

    def answer(self, call: Call, request: AnswerRequest) -> AsyncIterator[Piece]:
        """Stream one answer; its last piece is `Done`. The call says who pays and until when.

        Raises:
            BudgetExceeded: Before anything is sent to the model that the budget does not cover.
            ModelUnavailable: Nobody answers.
            UnusableAnswer: What came cannot be made valid.
        """
        ...

    async def embed(self, call: Call, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Embed texts by the configured endpoint.

        Raises:
            BudgetExceeded: Before anything is sent.
            ModelUnavailable: None is configured, or it does not answer.
        """
        ...

    async def window(self, call: Call, role: Role) -> int | None:
        """Tell how many tokens the model that is asked in a role takes, its answer included; None: rules answer there."""
        ...

    async def usage(self, call: Call, month: date) -> UsageReport:
        """Report what the owner used in the month of a date."""
        ...

    def calls(self, call: Call) -> AsyncIterator[CallRecord]:
        """Give every line of the owner's bill, by time."""
        ...

    async def forget_conversation(self, call: Call, conversation: UUID) -> None:
        """Take a conversation's id off the owner's bills."""
        ...
