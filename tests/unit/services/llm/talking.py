"""Talks with the brain: requests, scripted results, and what came back in a form that can be compared."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec.json import schema

from smartflow.client.llm import (
    AnswerRequest,
    Assistant,
    CallPiece,
    Message,
    Now,
    ObjectPiece,
    Scene,
    TextPiece,
    Tool,
    ToolSpec,
    User,
)
from smartflow.services.agent.tool.arguments import TOOLS
from smartflow.services.llm.offline.brain import RuleBrain
from smartflow.shared.kernel.text import language_of

SPECS = tuple(ToolSpec(name, kind.__doc__ or "", schema(kind)) for name, kind in TOOLS.items())
MONDAY = Now(datetime(2026, 11, 23, 2, tzinfo=UTC), "Asia/Shanghai")


def request(*messages: Message, scene: Scene = "route", tools: tuple[ToolSpec, ...] = SPECS, beginning: str = "") -> AnswerRequest:
    """Make a request of these messages, on the Monday of the examples."""
    said = (each.content for each in reversed(messages) if isinstance(each, User))
    language = next(filter(None, map(language_of, said)), "zh")
    return AnswerRequest(
        request_id=UUID(int=1),
        role="lite",
        scene=scene,
        messages=messages,
        now=MONDAY,
        language=language,
        tools=tools,
        beginning=beginning,
    )


def pieces(asked: AnswerRequest) -> tuple[str, list[CallPiece], list[ObjectPiece]]:
    """Answer, and sort what came."""
    came = list(RuleBrain().answer(asked))
    text = "".join(piece.text for piece in came if isinstance(piece, TextPiece))
    return text, [each for each in came if isinstance(each, CallPiece)], [each for each in came if isinstance(each, ObjectPiece)]


def steps(says: list[str], results: list[dict[str, Any]]) -> list[Any]:
    """Talk until nothing is left to say: each step is the calls that were made, or the text that was said."""
    messages: list[Message] = []
    left, trace = list(results), []
    for said in says:
        messages.append(User(said))
        while True:
            text, calls, _ = pieces(request(*messages))
            if not calls:
                trace.append(text)
                messages.append(Assistant(text))
                break
            trace.append([[each.call.id, each.call.name, each.call.arguments] for each in calls])
            messages.append(Assistant(calls=tuple(each.call for each in calls)))
            messages.extend(Tool(each.call.id, each.call.name, "", left.pop(0)) for each in calls)
    assert not left, "results that nobody asked for"
    return trace
