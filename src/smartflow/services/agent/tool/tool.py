"""What a tool is: its arguments, its effect and risk, and what it does."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from smartflow.client.llm import Message, ToolSpec
from smartflow.client.schedule.term import TermView
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import TaskClient
from smartflow.services.agent.model import Effect, Result, Risk, Written
from smartflow.shared.kernel.call import Call


class Scene(Struct, frozen=True):
    """Where a tool works: the call it makes (keyed), the person's moment, whom it may ask, what this conversation wrote and said."""

    call: Call
    now: datetime
    term: TermView
    tasks: TaskClient
    timetable: TimetableClient
    written: tuple[Written, ...] = ()
    said: Sequence[Message] = ()


Run = Callable[[Scene, Any], Awaitable[Result]]


class Instrument(Struct, frozen=True):
    """One tool."""

    name: str
    arguments: type[Struct]
    effect: Effect
    risk: Risk
    run: Run

    def spec(self) -> ToolSpec:
        """Describe the tool to a model."""
        schema = msgspec.json.schema(self.arguments)
        name = schema["$ref"].rsplit("/", 1)[1]
        body = dict(schema["$defs"].pop(name))
        if schema["$defs"]:
            body["$defs"] = schema["$defs"]
        return ToolSpec(self.name, (self.arguments.__doc__ or self.name).strip(), body)
