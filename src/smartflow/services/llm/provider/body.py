"""A request as it goes over the wire."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from smartflow.client.llm import AnswerRequest, Assistant, Message, System, ToolCall, User
from smartflow.client.llm import Tool as ToolResult
from smartflow.services.llm.provider.ability import Ability
from smartflow.services.llm.provider.structure import in_words, response_format
from smartflow.shared.kernel.codec import to_json

_GO_ON = "Your answer was cut off there. Go on exactly where it ends, in the same language; repeat nothing, and do not mention the cut."
_EFFORT = {"on": "high", "off": "minimal"}


class Remark(Struct, frozen=True):
    """An answer that would not do, and why."""

    said: str
    complaint: str


def body(model: str, request: AnswerRequest, ability: Ability, *, shown: str, remark: Remark | None = None) -> dict[str, Any]:
    """Write a request, without its output limit; `shown` is the beginning of the answer, to be gone on with."""
    sent: dict[str, Any] = {"model": model, "messages": [*_messages(request, ability, shown, remark)]}
    if request.tools:
        tools = [{"name": each.name, "description": each.description, "parameters": each.parameters} for each in request.tools]
        sent["tools"] = [{"type": "function", "function": each} for each in tools]
    wanted = None if request.output_schema is None else response_format(ability.way, request.output_schema)
    if wanted is not None:
        sent["response_format"] = wanted
    if ability.usage:
        sent["stream_options"] = {"include_usage": True}
    if ability.effort and request.thinking in _EFFORT:
        sent["reasoning_effort"] = _EFFORT[request.thinking]
    return sent


def _messages(request: AnswerRequest, ability: Ability, shown: str, remark: Remark | None) -> Iterator[dict[str, Any]]:
    for message in request.messages:
        yield _message(message)
    if request.output_schema is not None:
        words = in_words(ability.way, request.output_schema)
        if words:
            yield {"role": "system", "content": words}
    elif shown:
        yield from ({"role": "assistant", "content": shown}, {"role": "user", "content": _GO_ON})
    if remark is not None:
        yield from ({"role": "assistant", "content": remark.said}, {"role": "user", "content": remark.complaint})


def _message(message: Message) -> dict[str, Any]:
    match message:
        case System(content):
            return {"role": "system", "content": content}
        case User(content):
            return {"role": "user", "content": content}
        case ToolResult():
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.content}
        case Assistant(content, ()):
            return {"role": "assistant", "content": content}
        case Assistant():
            return {"role": "assistant", "content": message.content or None, "tool_calls": [_call(each) for each in message.calls]}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": to_json(call.arguments).decode()}}
