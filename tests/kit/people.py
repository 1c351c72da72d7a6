"""People who use the product through its front door."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import httpx2
from msgspec import Struct

T = TypeVar("T")
_NUMBERS = itertools.count(1)


class Answer(Struct, frozen=True):
    """An answer over HTTP."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The envelope's business code."""
        return str(self.body["status"])

    @property
    def data(self) -> Any:
        """The envelope's data."""
        return self.body.get("data")

    @property
    def broken(self) -> dict[str, str]:
        """Each broken field with its rule."""
        return {error["field"]: error["rule"] for error in self.data["errors"]}


class Door:
    """Speaks HTTP with the product; `headers` go with every request."""

    def __init__(self, http: httpx2.AsyncClient, headers: Mapping[str, str] | None = None) -> None:
        self._http = http
        self._headers = dict(headers or {})
        self._intents = itertools.count(1)

    async def ask(self, method: str, path: str, **rest: Any) -> Answer:
        """Send a request; a `key` of None sends no idempotency key, without one a new key is made for writes."""
        key = rest.pop("key", f"intent-{next(self._intents)}" if method != "GET" else None)
        headers = {**self._headers, **rest.pop("headers", {})}
        if key is not None:
            headers["X-Idempotency-Key"] = key
        url = path if path.startswith("//") else f"/api/v1{path}"
        answer = await self._http.request(method, url.removeprefix("/") if url.startswith("//") else url, headers=headers, **rest)
        kind = answer.headers.get("content-type", "")
        return Answer(answer.status_code, answer.json() if "application/json" in kind else answer.text, answer.headers)

    async def get(self, path: str, **query: Any) -> Answer:
        """GET with a query."""
        return await self.ask("GET", path, params={name: value for name, value in query.items() if value is not None})

    async def post(self, path: str, body: Any = None, **rest: Any) -> Answer:
        """POST a JSON body."""
        return await self.ask("POST", path, **_json(body), **rest)

    async def put(self, path: str, body: Any = None, **rest: Any) -> Answer:
        """PUT a JSON body."""
        return await self.ask("PUT", path, **_json(body), **rest)

    async def patch(self, path: str, body: Any = None, **rest: Any) -> Answer:
        """PATCH with a JSON body."""
        return await self.ask("PATCH", path, **_json(body), **rest)

    async def delete(self, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None, **rest: Any) -> Answer:
        """DELETE with a query, a JSON body, or neither."""
        return await self.ask("DELETE", path, params=query, **_json(body), **rest)


class Person(Door):
    """Somebody with an account, logged in."""

    def __init__(self, http: httpx2.AsyncClient, name: str, id_: int, tokens: Mapping[str, Any]) -> None:
        super().__init__(http, {"Authorization": f"Bearer {tokens['access_token']}"})
        self.name = name
        self.id = id_
        self.tokens = tokens

    async def adds_task(self, title: str, *, quadrant: int = 2, **more: Any) -> int:
        """Create a task; gives its id."""
        answer = await self.post("/task/create", {"title": title, "priority_group": quadrant, **more})
        assert answer.status == 200, answer.body
        return int(answer.data["id"])

    async def remembers(self, content: str, *, kind: str = "preference", **more: Any) -> int:
        """Add a memory; gives its id."""
        answer = await self.post("/memory/items", {"memory_type": kind, "content": content, **more})
        assert answer.status == 200, answer.body
        return int(answer.data["id"])

    async def tasks(self, **query: Any) -> list[Any]:
        """List the tasks."""
        answer = await self.get("/task/get", **query)
        assert answer.status == 200, answer.body
        return list(answer.data)


PASSWORD = "correct horse"


async def someone(http: httpx2.AsyncClient, **headers: str) -> Person:
    """Register a new person and log in."""
    name = f"person-{next(_NUMBERS)}"
    door = Door(http, headers)
    registered = await door.post("/user/register", {"username": name, "password": PASSWORD})
    assert registered.status == 200, registered.body
    tokens = await door.post("/user/login", {"username": name, "password": PASSWORD})
    assert tokens.status == 200, tokens.body
    return Person(http, name, registered.data["id"], tokens.data)


async def twice(click: Callable[[], Awaitable[T]]) -> tuple[T, T]:
    """Do the same thing twice at once."""
    first, second = await asyncio.gather(click(), click())
    return first, second


def _json(body: Any) -> dict[str, Any]:
    return {} if body is None else {"json": body}
