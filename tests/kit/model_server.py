"""A model's server on this machine: it speaks the chat-completions stream over HTTP, from a script, faults included."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from smartflow.gateway.server import bound, server, started

CUT = "cut"  # the connection breaks here
HANG = "hang"  # nothing more comes
USED = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


class Reply(Struct, frozen=True):
    """What one request gets: a status with a body, or a stream of pieces (JSON, raw text, CUT or HANG)."""

    pieces: tuple[Any, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = {}
    body: Any = None
    hangs: bool = False


def says(*texts: str, finish: str = "stop", usage: Any = USED, before: tuple[Any, ...] = (), then: tuple[Any, ...] = ("[DONE]",)) -> Reply:
    """Say a text in pieces."""
    return Reply((*before, *(piece(content=text) for text in texts), *_end(finish, usage), *then))


def calls(*parts: Mapping[str, Any], text: str = "", finish: str = "tool_calls", usage: Any = USED) -> Reply:
    """Call tools, in parts (see `part`)."""
    said = [piece(content=text)] if text else []
    return Reply((*said, *(piece(tool_calls=[each]) for each in parts), *_end(finish, usage), "[DONE]"))


def part(index: int | None, name: str | None = None, arguments: str = "", id: str | None = None) -> dict[str, Any]:  # noqa: A002
    """Make a part of a tool call."""
    made: dict[str, Any] = {"type": "function", "function": {"arguments": arguments} | ({} if name is None else {"name": name})}
    return made | ({} if index is None else {"index": index}) | ({} if id is None else {"id": id})


def piece(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """Make a piece of a stream."""
    return {"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def breaks(*texts: str, at: Any = CUT) -> Reply:
    """Say a text and stop in its middle."""
    return Reply((*(piece(content=text) for text in texts), at))


def refuses(status: int, message: str = "no", **headers: str) -> Reply:
    """Refuse."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body={"error": {"message": message}})


def vectors(*each: list[float]) -> Reply:
    """Embed."""
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(each)]
    return Reply(body={"object": "list", "data": data, "usage": {"prompt_tokens": 7, "total_tokens": 7}})


class ModelServer:
    """Plays a script, one reply for each request; what nobody foresaw gets 418."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.left = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._script: list[Reply] = []
        self._always: Reply | None = None

    def plays(self, *replies: Reply) -> None:
        """Add to the script."""
        self._script += replies

    def starts_over(self) -> None:
        """Forget the script, and what was asked."""
        self._script.clear()
        self.asked.clear()

    def always(self, reply: Reply) -> None:
        """Say what every request gets once the script is over."""
        self._always = reply

    @property
    def models(self) -> list[str]:
        """Which models were asked, in order."""
        return [each["model"] for each in self.asked]

    @property
    def over(self) -> bool:
        """Whether the whole script was played."""
        return not self._script

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.asked.append(json.loads(body))
        self.keys.append(dict(scope["headers"]).get(b"authorization", b"").decode())
        await self.may_answer.wait()
        reply = self._script.pop(0) if self._script else self._always or Reply(status=418, body={})
        if reply.hangs:
            await self._hang(receive)
            return
        streams = reply.body is None
        kind = "text/event-stream" if streams else "application/json"
        headers = [(name.encode(), value.encode()) for name, value in {"content-type": kind, **reply.headers}.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        for each in reply.pieces:
            if each == CUT:
                # Let what was sent be read first: a reset would take it along.
                await asyncio.sleep(0.02)
                raise ConnectionAbortedError
            if each == HANG:
                await self._hang(receive)
                return
            data = each if isinstance(each, str) else json.dumps(each)
            await send({"type": "http.response.body", "body": f"data: {data}\n\n".encode(errors="surrogatepass"), "more_body": True})
        await send({"type": "http.response.body", "body": b"" if streams else json.dumps(reply.body).encode()})

    async def _hang(self, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.set()


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """Start one on a free port."""
    made = ModelServer()
    serving = server(made, drain=1)
    listening = bound("127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    running = asyncio.create_task(serving.serve([listening]))
    await started(serving)
    try:
        yield made
    finally:
        serving.should_exit = serving.force_exit = True
        await running


def _end(finish: str, usage: Any) -> list[Any]:
    last = [piece(finish=finish)]
    return last if usage is None else [*last, {"id": "x", "object": "chat.completion.chunk", "choices": [], "usage": usage}]
