"""The talk on SmartFlow: the product with its real composition and start, a model's server that plays the script, and a reader.

The reader is that of any client: it remembers the id of the last frame that it has shown, and goes on from there.
"""

import asyncio
import os
import sqlite3
import sys
from contextlib import closing, suppress
from typing import Any

import httpx2
import msgspec
import uvloop
from scenario import FIRST, FOLDER, MOMENT, SECOND, TITLE, WORDS, die, reach, show

from smartflow.cmd.migrate import upgrade
from smartflow.cmd.settings import settings_of
from smartflow.cmd.up import serve
from smartflow.gateway.server import bound, server, started
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.process.datadir import DataDir
from smartflow.shared.process.logs import configure

STATE = FOLDER / "reader.json"
PERSON = {"username": "ming", "password": "correct horse"}
SETTINGS = {
    "SMARTFLOW_USERAUTH__HASH_MEMORY_KIB": "64",
    "SMARTFLOW_USERAUTH__HASH_ROUNDS": "1",
    "SMARTFLOW_USERAUTH__HASH_LANES": "1",
    "SMARTFLOW_LLM__FAST_PATH": "off",
    "SMARTFLOW_LLM__MODELS__PRO__MODEL": "scripted",
}
STAND = """SELECT (SELECT count(*) FROM agent_log WHERE kind = 'answer'), (SELECT count(*) FROM agent_log WHERE kind = 'result'),
(SELECT count(*) FROM task_tasks)"""


class Kills:
    """Ends the process at a commit: the one of the tool's effect, or right behind it."""

    def __init__(self, path: str) -> None:
        self._path = path

    def at(self, point: str) -> None:
        """Look at what is committed."""
        wanted = {("before", "unit.before_commit"): (1, 0, 0), ("inside", "unit.after_commit"): (1, 0, 1)}.get((MOMENT, point))
        if wanted is not None:
            with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as database:
                if database.execute(STAND).fetchone() == wanted:
                    die()


async def model(scope: Any, receive: Any, send: Any) -> None:
    """Play the script, over HTTP."""
    del scope
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    second = any(each["role"] == "tool" for each in msgspec.json.decode(body)["messages"])

    async def piece(delta: dict[str, Any], finish: str | None = None) -> None:
        data = {"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        await send({"type": "http.response.body", "body": b"data: " + msgspec.json.encode(data) + b"\n\n", "more_body": True})

    if second:
        reach("after")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    for number, text in enumerate(SECOND if second else FIRST):
        await piece({"content": text})
        if number == 0 and MOMENT in {"saying", "telling"}:
            await asyncio.sleep(0.5)
            reach("telling" if second else "saying")
    if not second:
        function = {"name": "create_task", "arguments": f'{{"title": "{TITLE}"}}'}
        await piece({"tool_calls": [{"index": 0, "id": "x", "type": "function", "function": function}]})
    await piece({}, "stop" if second else "tool_calls")
    await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})


async def read(url: str) -> None:
    """Say the words, or follow the answer from where it was seen last; to its end."""
    state: dict[str, Any] = msgspec.json.decode(STATE.read_bytes()) if STATE.exists() else {}
    async with httpx2.AsyncClient(base_url=f"{url}/api/v1", timeout=30) as http:
        for path in ("/user/register", "/user/login"):
            login = await http.post(path, json=PERSON, headers={"X-Idempotency-Key": path})
            while login.status_code == 504:  # a machine that is busy: the same again
                login = await http.post(path, json=PERSON, headers={"X-Idempotency-Key": path})
        headers = {"Authorization": f"Bearer {login.json()['data']['access_token']}", "X-Idempotency-Key": "say"}
        if "run" in state:
            asking = http.stream("GET", f"/agent/runs/{state['run']}/stream", headers={**headers, "Last-Event-ID": state["last"]})
        else:
            asking = http.stream("POST", "/agent/chat", json={"message": WORDS}, headers=headers)
        async with asking as answer:
            assert answer.status_code == 200, await answer.aread()
            async for line in answer.aiter_lines():
                if line.startswith("id: "):
                    state = {"run": answer.headers["x-run-id"], "last": line.removeprefix("id: ")}
                elif line.startswith("data: {"):
                    frame = msgspec.json.decode(line.removeprefix("data: "))
                    if frame.get("extra", {}).get("kind") == "assistant_text":
                        show(frame["choices"][0]["delta"]["content"])
                    STATE.write_bytes(msgspec.json.encode(state))


async def main() -> None:
    """Start the model and the product, play the talk, stop both."""
    scripted, listening = server(model, drain=1), bound("127.0.0.1", 0)
    serving = asyncio.create_task(scripted.serve([listening]))
    await started(scripted)
    with closing(bound("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ.update(SETTINGS, SMARTFLOW_LLM__MODELS__PRO__BASE_URL=f"http://127.0.0.1:{listening.getsockname()[1]}/v1")
    folder = DataDir(FOLDER / "data")
    folder.lock()
    upgrade(folder.database)
    settings = settings_of({"http.port": str(port), "data_dir": str(FOLDER / "data")})
    configure(sys.stderr, SystemClock(), "ERROR")
    product = asyncio.create_task(serve(settings, folder, demo=False, faults=Kills(str(folder.database))))
    for _ in range(300):
        with suppress(httpx2.TransportError):
            async with httpx2.AsyncClient() as http:
                await http.get(f"http://127.0.0.1:{port}/health/live")
            break
        await asyncio.sleep(0.05)
    await read(f"http://127.0.0.1:{port}")
    product.cancel()
    scripted.should_exit = scripted.force_exit = True
    with suppress(asyncio.CancelledError):
        await product
    await serving


if __name__ == "__main__":
    uvloop.run(main())
