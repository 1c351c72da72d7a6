"""Talks over HTTP: what came of a message, readers that are cut off, and a Monday in autumn on which the examples happen."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smartflow.services.llm.settings import LlmSettings, PatienceSettings
from tests.kit.app import App, Somebody, running
from tests.kit.llm import SHORT, three
from tests.kit.model_server import ModelServer, model_server
from tests.kit.people import Answer
from tests.kit.ports import ManualClock

LONG = PatienceSettings(first=150.0, first_lite=150.0, silence=150.0, whole=160.0)  # for what a test holds back
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai, week 12 of 20
_CLOCKS = (("08:00", "08:45"), ("08:55", "09:40"), ("10:00", "10:45"), ("10:55", "11:40"), ("14:00", "14:45"), ("14:55", "15:40"))
AUTUMN = {
    "first_monday": "2026-09-07",
    "last_day": "2027-01-24",
    "zone": "Asia/Shanghai",
    "sections": [{"section": number, "start": start, "end": end} for number, (start, end) in enumerate(_CLOCKS, 1)],
    "breaks": [4],
    "name": "Autumn",
}


class Talk:
    """What came of one message."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        blocks = [block for block in answer.body.split("\n\n") if "data: " in block]
        self.data = [block.split("data: ", 1)[1] for block in blocks]
        self.ids = [block.split("\n", 1)[0].removeprefix("id: ") for block in blocks if block.startswith("id: ")]
        self.frames = [json.loads(each) for each in self.data if each != "[DONE]"]

    @property
    def text(self) -> str:
        return "".join(choice["delta"].get("content", "") for frame in self.frames for choice in frame.get("choices", ()))

    @property
    def kinds(self) -> list[str]:
        return [frame["extra"]["kind"] for frame in self.frames if "extra" in frame]

    @property
    def told(self) -> list[str]:
        """The kinds without those that say how far things are."""
        return [kind for kind in self.kinds if kind != "status"]

    @property
    def codes(self) -> list[str]:
        """The codes of the statuses."""
        return [frame["extra"]["status"]["code"] for frame in self.frames if frame.get("extra", {}).get("kind") == "status"]

    @property
    def conversation(self) -> str:
        return str(self.answer.headers["x-conversation-id"])

    @property
    def run(self) -> str:
        return str(self.answer.headers["x-run-id"])

    @property
    def ended(self) -> str:
        return next(frame["extra"]["meta"]["run_status"] for frame in self.frames if frame.get("extra", {}).get("kind") == "finish")

    def extra(self, kind: str) -> Any:
        return next(frame["extra"] for frame in self.frames if frame.get("extra", {}).get("kind") == kind)

    @property
    def cards(self) -> list[Any]:
        """The cards, in order."""
        return [frame["extra"]["business_card"] for frame in self.frames if frame.get("extra", {}).get("kind") == "business_card"]

    @property
    def calls(self) -> list[str]:
        """The tools that were called, in order."""
        return [frame["extra"]["tool"]["name"] for frame in self.frames if frame.get("extra", {}).get("kind") == "tool_call"]

    @property
    def diff(self) -> list[tuple[str, str]]:
        """What the confirmation shows: what would be done to what."""
        return [(each["op"], each["name"]) for each in self.extra("confirm_request")["confirm"]["diff"]]


async def say(somebody: Somebody, message: str, *, key: str | None = None, **rest: Any) -> Talk:
    more = {} if key is None else {"key": key}
    answer = await somebody.post("/agent/chat", {"message": message, **rest}, **more)
    assert answer.status == 200, answer.body
    return Talk(answer)


def pressed(conversation: str, interaction: str, action: str, words: str = "") -> dict[str, Any]:
    """Make the body of an answer by button."""
    resume = {"interaction_id": interaction, "action": action}
    return {"message": words, "conversation_id": conversation, "extra": {"resume": resume}}


async def waiting(somebody: Somebody, conversation: str) -> Any:
    """Give the interaction that waits for the person, or None."""
    return (await somebody.get("/agent/conversation-meta", conversation_id=conversation)).data["pending"]


async def student(app: App, **headers: str) -> Somebody:
    """Meet a person whose term is that of the examples."""
    ming = await app.someone(**headers)
    made = await ming.put("/schedule/term", AUTUMN)
    assert made.status == 200, made.body
    return ming


@asynccontextmanager
async def autumn(folder: Path, **sections: Any) -> AsyncIterator[App]:
    """Run the product on that Monday."""
    async with running(folder, **{"clock": ManualClock(NOW), **sections}) as app:
        yield app


@asynccontextmanager
async def scripted(folder: Path, patience: PatienceSettings = SHORT) -> AsyncIterator[tuple[App, ModelServer]]:
    """Run the product on that Monday with a model that plays a script, and no rules before it."""
    async with model_server() as server, autumn(folder, llm=by_script(server, patience)) as app:
        yield app, server


def by_script(server: ModelServer, patience: PatienceSettings = SHORT) -> LlmSettings:
    """Settings with which a server's script answers, and nothing in its place."""
    return LlmSettings(models=three(server.url), patience=patience, fast_path="off", offline="off")


async def first_frame(app: App, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> tuple[str, Mapping[str, str]]:
    """Ask for a stream and leave after its first frame; gives it with the answer's headers."""
    left, received = asyncio.Event(), [] if body is None else [json.dumps(body).encode()]
    head: dict[str, str] = {}
    seen = ""

    async def receive() -> Any:
        if received:
            return {"type": "http.request", "body": received.pop(), "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal seen
        if message["type"] == "http.response.start":
            head.update({name.decode().lower(): value.decode() for name, value in message["headers"]})
            assert message["status"] == 200
        elif not seen.endswith("\n\n"):
            seen += message.get("body", b"").decode().removeprefix(": ping\n\n")
            if seen.endswith("\n\n"):
                left.set()

    length = {} if body is None else {"content-type": "application/json", "content-length": str(len(received[0]))}
    sent = [(name.lower().encode(), value.encode()) for name, value in {"host": "smartflow.test", **headers, **length}.items()]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": f"/api/v1{path}"}
    scope |= {"raw_path": scope["path"].encode(), "query_string": b"", "headers": sent, "root_path": "", "scheme": "http"}
    scope |= {"server": ("smartflow.test", 80), "client": ("127.0.0.1", 1)}
    await app.product.gateway(scope, receive, send)
    return seen, head


async def piecemeal(app: App, somebody: Somebody, message: str, **rest: Any) -> Talk:
    """Say something over connections that break after each frame; gives what was seen in all of them."""
    headers = {"Authorization": f"Bearer {somebody.tokens['access_token']}"}
    seen, head = await first_frame(app, "POST", "/agent/chat", headers, {"message": message, **rest})
    frames = [seen]
    while "[DONE]" not in frames[-1]:
        last = frames[-1].split("\n", 1)[0].removeprefix("id: ")
        again, _ = await first_frame(app, "GET", f"/agent/runs/{head['x-run-id']}/stream", {**headers, "Last-Event-ID": last})
        frames.append(again)
    return Talk(Answer(200, "".join(frames), head))
