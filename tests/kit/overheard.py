"""A talk in which every kind of word occurs that is nobody's business, in a process of its own whose every line, number and span is kept.

A tracer is a whole process's, so it has one: `python -m tests.kit.overheard FOLDER` prints what was heard, as JSON.
"""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from opentelemetry import trace
from sqlalchemy import text

from smartflow.services.llm.settings import LlmSettings
from smartflow.shared.process.logs import configure
from tests.kit.app import App, Somebody, running
from tests.kit.llm import SHORT, three
from tests.kit.model_server import ModelServer, breaks, calls, model_server, part, refuses, says
from tests.kit.people import PASSWORD
from tests.kit.ports import ManualClock

MESSAGE, TITLE, MEMORY, ANSWER, BROKEN, SERVER, TOOL, LOST = (
    "quokka",
    "zanzibar",
    "marimba",
    "xylophone",
    "brontosaurus",
    "gallimaufry",
    "okapi",
    "ptarmigan",
)
KEY = "sk-secret"
WORDS = (MESSAGE, TITLE, MEMORY, ANSWER, BROKEN, SERVER, TOOL, LOST, KEY, PASSWORD)


class Span(trace.NonRecordingSpan):
    """Keeps everything that it is told."""

    def __init__(self, name: str, told: dict[str, Any], kept: list[str]) -> None:
        super().__init__(trace.SpanContext(7, 8, is_remote=False, trace_flags=trace.TraceFlags(1)))
        self._kept = kept
        kept.append(f"{name} {told}")

    def set_attribute(self, key: str, value: Any) -> None:
        self._kept.append(f"{key} {value}")

    def set_status(self, status: Any, description: str | None = None) -> None:
        self._kept.append(f"{getattr(status, 'description', status)} {description}")

    def record_exception(self, exception: BaseException, *args: Any, **rest: Any) -> None:
        self._kept.append(str(exception))


class Tracer(trace.NoOpTracer, trace.TracerProvider):
    """Makes such spans, and tells them of errors as tracers do."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def get_tracer(self, *args: Any, **rest: Any) -> trace.Tracer:
        return self

    @contextmanager
    def start_as_current_span(self, name: str, **rest: Any) -> Iterator[Span]:
        made = Span(name, {key: value for key, value in rest.items() if key == "attributes"}, self.kept)
        with trace.use_span(made, record_exception=rest["record_exception"], set_status_on_exception=rest["set_status_on_exception"]):
            yield made


async def talk(app: App, server: ModelServer, ming: Somebody) -> None:
    """Say, ask, delete, fail: each thing once."""

    async def says_(message: str, **rest: Any) -> Any:
        return await ming.post("/agent/chat", {"message": message, **rest})

    await ming.remembers(f"I play the {MEMORY}")
    await ming.get("/memory/search", q=MEMORY)
    server.plays(calls(part(0, "create_task", f'{{"title": "renew {TITLE} card"}}', "x")), says(f"{ANSWER}, noted."))
    conversation = (await says_(f"Add the {MESSAGE}", extra={"always_execute": True})).headers["x-conversation-id"]
    task = (await ming.tasks())[0]["id"]
    server.plays(calls(part(0, "delete_task", f'{{"refs": ["task:{task}"]}}', "x")))
    await says_(f"Delete the {MESSAGE}", conversation_id=conversation)
    server.plays(says('{"reading": "approve"}'), says(f"{ANSWER}, done."))
    await says_(f"Yes, the {MESSAGE}", conversation_id=conversation)
    assert await ming.tasks() == []
    server.plays(calls(part(0, TOOL, f'{{"title": "{ANSWER}"}}', "x")), says("I cannot."))
    await says_(f"And a {MESSAGE} without one?", conversation_id=conversation)
    other = await ming.adds_task(f"{TITLE} again")
    server.plays(calls(part(0, "delete_task", f'{{"refs": ["task:{other}"]}}', "x")))
    asked = (await says_(f"Delete the {MESSAGE} again")).headers["x-conversation-id"]
    server.plays(says(f"{BROKEN} and no object"), says(f"{BROKEN} again"), says("Well."))
    await says_(f"It depends on the {MESSAGE}", conversation_id=asked)
    server.plays(calls(part(0, "create_task", f'{{"title": "{BROKEN}', "x")))
    await says_(f"Would a {MESSAGE} be of help to me?")
    server.plays(breaks(ANSWER), says(" and more."))
    await says_(f"Do tell me more of that {MESSAGE}")
    server.plays(refuses(401, SERVER), refuses(401, SERVER))
    await says_(f"How does a {MESSAGE} sleep?")
    assert server.over, server.models
    await ming.get("/agent/conversation-list", q=MESSAGE)
    await ming.post("/agent/chat", {"message": 5, "extra": MESSAGE})
    await ming.delete(f"/agent/conversations/{conversation}", query={"memories": "true"})
    await app.settle()
    await app.http.get("/api/v1/user/export", headers={"Authorization": f"Bearer {ming.tokens['access_token']}"})


async def break_down(app: App, server: ModelServer, ming: Somebody) -> None:
    """Lose tables below what is at work: the errors of the database quote what was to be written."""
    server.always(calls(part(0, "create_task", f'{{"title": "{LOST}"}}', "x")))
    failing = [
        ("task_tasks", lambda: ming.post("/agent/chat", {"message": f"Add the {LOST}"})),
        ("memory_sources", lambda: ming.remembers(f"I keep a {LOST}")),
        ("agent_log", lambda: ming.post("/agent/chat", {"message": f"What of the {LOST}?"})),
    ]
    for table, attempt in failing:
        async with app.product.host.database.work() as unit:
            await unit.run(text(f"ALTER TABLE {table} RENAME TO lost_{table}"))
        with suppress(AssertionError):
            await attempt()
        await app.settle()


async def main(folder: Path) -> None:
    """Print what was heard."""
    tracer, lines = Tracer(), io.StringIO()
    trace.set_tracer_provider(tracer)
    configure(lines, ManualClock(), "DEBUG")
    async with model_server() as server:
        llm = LlmSettings(models=three(server.url), patience=SHORT, fast_path="off")
        async with running(folder, llm=llm) as app:
            ming = await app.someone()
            await talk(app, server, ming)
            await break_down(app, server, ming)
            numbers = (await ming.ask("GET", "//metrics")).body
            asked = json.dumps(server.asked)
    logging.getLogger().handlers.clear()
    heard = {"lines": lines.getvalue(), "numbers": numbers, "spans": "\n".join(tracer.kept), "asked": asked}
    heard["tokens"] = " ".join((ming.tokens["access_token"], ming.tokens["refresh_token"]))
    print(json.dumps(heard))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
