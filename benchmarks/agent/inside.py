"""The whole product in this process, and a person who talks to it: every call a call of the application, no socket between."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from smartflow.cmd.host import Means
from smartflow.cmd.migrate import upgrade
from smartflow.cmd.product import Product, assemble
from smartflow.cmd.settings import Settings
from smartflow.gateway.settings import LimitsSettings
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.database.sqlite import SqliteEngine
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.kernel.ids import SystemEntropy

PASSWORD = "correct horse"
TEXT = b'"kind":"assistant_text"'
KEYS = itertools.count(1)


class Inline:
    """Runs jobs here."""

    async def run(self, function: Any, *args: Any, deadline: Any, kind: str = "") -> Any:
        """Run a job."""
        del deadline, kind
        return function(*args)


class Heard(Struct):
    """An answer: its headers, its body as it came, and the seconds until a reader could see the first of the text, and of CPU."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    first: float | None = None
    cpu: float = 0.0


class Person:
    """Somebody with an account, logged in."""

    def __init__(self, product: Product, token: str) -> None:
        self._product = product
        self._token = token

    async def ask(self, path: str, body: object) -> Heard:
        """Post a body; the answer is heard to its end."""
        return await asked(self._product, path, body, self._token)

    async def say(self, words: str, conversation: str | None = None, **extra: object) -> Heard:
        """Say something, in a conversation if one is named."""
        heard = await self.ask("/agent/chat", {"message": words, "conversation_id": conversation, "extra": extra})
        assert heard.status == 200, heard.body
        return heard


async def asked(product: Product, path: str, body: object, token: str = "") -> Heard:
    """Call the application with a request, as a server would, and listen."""
    content, heard, left = msgspec.json.encode(body), Heard(), asyncio.Event()
    headers = {"host": "smartflow.test", "content-type": "application/json", "content-length": str(len(content))}
    headers["x-idempotency-key"] = f"key-{next(KEYS)}"
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "method": "POST",
        "path": f"/api/v1{path}",
        "raw_path": f"/api/v1{path}".encode(),
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    waiting: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if waiting:
            return waiting.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            heard.status = message["status"]
            heard.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            heard.body += message.get("body", b"")
            if heard.first is None and TEXT in message.get("body", b""):
                heard.first, heard.cpu = time.perf_counter() - began, time.process_time() - spent

    began, spent = time.perf_counter(), time.process_time()
    await product.gateway(scope, receive, send)
    return heard


async def somebody(product: Product, name: str) -> Person:
    """Register a person, and log in."""
    person = {"username": name, "password": PASSWORD}
    await asked(product, "/user/register", person)
    login = await asked(product, "/user/login", person)
    return Person(product, msgspec.json.decode(login.body)["data"]["access_token"])


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Product]:
    """Run the product on a database in a folder: no model, no limits, cheap passwords."""
    upgrade(folder / "bench.db")
    engine = SqliteEngine(folder / "bench.db")
    await engine.open()
    userauth = UserauthSettings(keys_dir=folder, hash_memory_kib=64, hash_rounds=1, hash_lanes=1)
    settings = Settings(data_dir=folder, userauth=userauth, limits=LimitsSettings(enabled=False))
    product = assemble(settings, Means(engine, SystemClock(), SystemEntropy(), Inline()))
    try:
        yield product
    finally:
        await product.host.close()
        await engine.close()
