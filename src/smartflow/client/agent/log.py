"""The log of a conversation: the truth that streams, timelines and resumed runs are made of."""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

Kind = Literal[
    "user_text",
    "answer",
    "result",
    "correction",
    "summary",
    "assistant_text",
    "status",
    "tool_call",
    "tool_result",
    "confirm_request",
    "interrupt",
    "business_card",
    "schedule_completed",
    "finish",
    "usage",
    "error",
    "thinking_summary",
]
# Rows that readers of a run never see: they are what a run goes on from.
INNER: frozenset[Kind] = frozenset({"user_text", "answer", "result", "correction", "summary"})
# Rows that the timeline keeps; each has a `seq`, and the pieces of one text share theirs.
KEPT: frozenset[Kind] = frozenset(
    {
        "user_text",
        "assistant_text",
        "tool_call",
        "tool_result",
        "confirm_request",
        "interrupt",
        "business_card",
        "schedule_completed",
        "thinking_summary",
    }
)
Payload: TypeAlias = dict[str, Any]


class LogRow(Struct, frozen=True):
    """One row. `pos` counts the conversation's rows, `seq` what its timeline keeps; a row is never changed."""

    conversation: UUID
    run: UUID
    pos: int
    kind: Kind
    payload: Payload
    created_at: datetime
    seq: int | None = None
    block: str = ""
    stage: str = ""
