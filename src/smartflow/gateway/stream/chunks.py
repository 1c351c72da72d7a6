"""The chunk stream: rows of a conversation's log as frames that clients of chat completions read. A pure function of run and rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from smartflow.client.agent.log import LogRow
from smartflow.gateway.stream.sse import frame

DONE = b"data: [DONE]\n\n"
_MODEL = "smartflow"


class Encoder:
    """Writes the frames of one run."""

    def __init__(self, run: UUID, began_at: datetime, request_id: str) -> None:
        self.run = run
        self._head = {"id": str(run), "object": "chat.completion.chunk", "created": int(began_at.timestamp()), "model": _MODEL}
        self._request_id = request_id

    def frame(self, row: LogRow) -> bytes:
        """Write one row."""
        return frame(self._body(row), f"{row.run}:{row.pos}")

    def _body(self, row: LogRow) -> dict[str, Any]:
        match row.kind:
            case "usage":
                return {**self._head, "choices": [], "usage": row.payload}
            case "error":
                return {"error": {**row.payload, "request_id": self._request_id}}
            case "assistant_text" | "confirm_request":
                return self._text(row)
            case "finish":
                extra = {"kind": "finish", "meta": row.payload}
                return {**self._head, "choices": [_choice({}, "stop")], "extra": self._extra(row, extra, "replace")}
            case _:
                mode = "append" if row.kind == "thinking_summary" else "card"
                extra = self._extra(row, {"kind": row.kind, _MEMBER.get(row.kind, row.kind): row.payload}, mode)
                # Clients of chat completions look into the `choices` of every chunk.
                return {**self._head, "choices": [], "extra": extra}

    def _text(self, row: LogRow) -> dict[str, Any]:
        delta: dict[str, Any] = {"content": row.payload["text"]}
        if row.kind == "assistant_text" and not row.payload.get("joined"):
            delta = {"role": "assistant", **delta}
        extra: dict[str, Any] = {"kind": row.kind}
        if "confirm" in row.payload:
            extra["confirm"] = row.payload["confirm"]
        mode = "append" if row.kind == "assistant_text" else "card"
        return {**self._head, "choices": [_choice(delta, None)], "extra": self._extra(row, extra, mode)}

    def _extra(self, row: LogRow, extra: dict[str, Any], mode: str) -> dict[str, Any]:
        head = {"kind": extra.pop("kind"), "block_id": row.block, "stage": row.stage, "display_mode": mode}
        return head | extra


_MEMBER = {"tool_call": "tool", "tool_result": "tool"}


class Entry(Struct, frozen=True):
    """A row as the timeline shows it."""

    id: str
    seq: int
    kind: str
    created_at: datetime
    role: str | None = None
    content: str | None = None
    payload: dict[str, Any] | None = None


def entry(row: LogRow) -> Entry:
    """Show a row of the timeline: texts have role and content, the others what their frame had."""
    id_, seq = f"{row.run}:{row.pos}", row.seq or 0
    if row.kind in {"user_text", "assistant_text"}:
        role = "user" if row.kind == "user_text" else "assistant"
        return Entry(id_, seq, row.kind, row.created_at, role, row.payload["text"])
    payload: dict[str, Any] = {"stage": row.stage, "block_id": row.block, "display_mode": "card", "run_id": str(row.run)}
    if row.kind == "thinking_summary":
        return Entry(id_, seq, row.kind, row.created_at, payload={**payload, "display_mode": "append", **row.payload})
    member = {"confirm_request": "confirm"}.get(row.kind, _MEMBER.get(row.kind, row.kind))
    payload[member] = row.payload.get("confirm", row.payload)
    return Entry(id_, seq, row.kind, row.created_at, payload=payload)


def _choice(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish}
