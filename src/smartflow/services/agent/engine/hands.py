"""What the assistant works with: whom it may ask, and its tools."""

from collections.abc import Mapping

from msgspec import Struct

from smartflow.client.llm import LlmClient
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.task import TaskClient
from smartflow.services.agent.engine.recalling import Recaller
from smartflow.services.agent.tool.tool import Instrument


class Hands(Struct, frozen=True):
    """All of it."""

    llm: LlmClient
    tasks: TaskClient
    timetable: TimetableClient
    recaller: Recaller
    instruments: Mapping[str, Instrument]
