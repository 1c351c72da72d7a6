"""The script as a model of pydantic-ai, and what of its events a person sees."""

from collections.abc import AsyncIterator

from pydantic_ai.messages import ModelMessage, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel
from scenario import FIRST, SECOND, TITLE, reach, show


async def _script(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | DeltaToolCalls]:
    del info
    second = any(isinstance(part, ToolReturnPart) for message in messages for part in message.parts)
    if second:
        reach("after")
    for number, text in enumerate(SECOND if second else FIRST):
        yield text
        if number == 0:
            reach("telling" if second else "saying")
    if not second:
        yield {0: DeltaToolCall(name="note", json_args=f'{{"title": "{TITLE}"}}', tool_call_id="c1")}


MODEL = FunctionModel(stream_function=_script)


def hear(event: object) -> None:
    """Show what an event adds to the text."""
    match event:
        case PartStartEvent(part=TextPart(content=text)) | PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            show(text)
        case _:
            pass
