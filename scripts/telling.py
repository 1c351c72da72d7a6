"""Tells what the product is asked and what it answers, as a page: every word of an answer is said by the running product."""

import asyncio
import itertools
import json
import re
import textwrap
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from smartflow.gateway.server import bound, server, started
from tests.kit.app import App
from tests.kit.people import Answer, Door

Json = Any
Cut = int | tuple[str, ...] | None
"""How to shorten a value: a list to its first so many, an object to these members, anything to an ellipsis."""

WIDTH = 118
_LONGEST_WORD = 60
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_SECRET = {"access_token", "refresh_token", "request_id"}
_SHOWN_HEADERS = ("Idempotency-Replayed",)
HEAD = """# Use cases

Written by `make docs`: each request below was sent to the product, and each answer is its own. The clock of the
product stood at Monday, 14 September 2026, 10:00 in Shanghai, until a use case says that time has passed.

An ellipsis stands for what is left out: `"… 14 more"` for the rest of a list, `"… 14"` for a whole one, `"…": "…"` for
further members of an object, `"…"` for a token, the id of a request or a long value. What is left is JSON as it came.
Ids and UUIDs will be others with you. [The tutorial](tutorial.md) explains the words that are used here.

The requests are for bash, in the directory of this repository, with these four definitions. An access token lives for
15 minutes; log in again when it is over.

```bash
api=http://127.0.0.1:8000/api/v1
json='Content-Type: application/json'
key() { echo "X-Idempotency-Key: $(python3 -c 'import uuid; print(uuid.uuid4())')"; }
merged() { python3 -c 'import json, sys
print(json.dumps({**json.load(open(sys.argv[1])), **json.loads(sys.argv[2])}))' "$1" "$2"; }
```

"""


class Teller:
    """Asks the product and writes down both sides."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.headers: dict[str, str] = {}
        self._http = http
        self._keys = itertools.count(1)
        self._lines: list[str] = []

    def case(self, title: str, *texts: str) -> None:
        """Begin a use case."""
        self._lines += [f"## {title}", ""]
        self.say(*texts)

    def say(self, *texts: str) -> None:
        """Write paragraphs."""
        for text in texts:
            self._lines += [textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False), ""]

    def fence(self, language: str, text: str) -> None:
        """Write a block as it stands."""
        self._lines += [f"```{language}", text, "```", ""]

    async def ask(self, request: str, body: Json = None, *, cut: Mapping[str, Cut] | None = None, **more: str) -> Answer:
        """Send `METHOD path`, and write it down with its answer.

        More may be: `file`, whose members the body adds to; `language` that is asked for; the idempotency `key`.
        """
        answer = await self.send(request, body, **more)
        self.fence("bash", "\n".join(_curl(request, body, more)))
        headers = "".join(f", `{name}: {answer.headers[name]}`" for name in _SHOWN_HEADERS if name in answer.headers)
        self._lines += [f"Answer {answer.status}{headers}:", ""]
        self.fence("json", written(shortened(answer.body, cut or {})))
        return answer

    async def send(self, request: str, body: Json = None, **more: str) -> Answer:
        """Send without a word about it."""
        method, path = request.split(" ", 1)
        headers = {**self.headers, **({"Accept-Language": more["language"]} if "language" in more else {})}
        key = None if method == "GET" else more.get("key", f"key-{next(self._keys)}")
        if "file" in more:
            body = {**json.loads(Path(more["file"]).read_text(encoding="utf-8")), **body}  # noqa: ASYNC240 - nobody waits
        rest = {} if body is None else {"json": body}
        return await Door(self._http, headers).ask(method, path, key=key, **rest)

    def page(self) -> str:
        """Give everything told; each UUID is renamed by the order in which it first appears."""
        names: dict[str, str] = {}
        text = "\n".join(self._lines).rstrip() + "\n"
        return HEAD + _UUID.sub(lambda found: names.setdefault(found[0], f"00000000-0000-7000-8000-{len(names) + 1:012d}"), text)


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[str]:
    """Let the product listen on a free port of this machine, as a stream wants; gives its URL."""
    socket, serving = bound("127.0.0.1", 0), server(app.product.gateway)
    task = asyncio.create_task(serving.serve([socket]))
    await started(serving)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        serving.should_exit = True
        await task


def shortened(value: Json, cut: Mapping[str, Cut], at: str = "") -> Json:
    """Shorten JSON so that it stays JSON; paths are written as in `data.diff[].after`."""
    if at in cut:
        return _cut(value, cut, at)
    if isinstance(value, dict):
        return {name: "…" if name in _SECRET else shortened(each, cut, f"{at}.{name}".lstrip(".")) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each, cut, f"{at}[]") for each in value]
    if isinstance(value, str) and len(value) > _LONGEST_WORD and " " not in value:
        return f"{value[:20]}…"
    return value


def _cut(value: Json, cut: Mapping[str, Cut], at: str) -> Json:
    how = cut[at]
    if how is None:
        return "…"
    if isinstance(how, int):
        left = len(value) - how
        rest = [f"… {left} more" if how else f"… {left}"] if left > 0 else []
        return [*(shortened(each, cut, f"{at}[]") for each in value[:how]), *rest]
    kept = {name: shortened(value[name], cut, f"{at}.{name}") for name in how}
    return kept if len(kept) == len(value) else {**kept, "…": "…"}


def written(value: Json, indent: int = 0, before: int = 0) -> str:
    """Write JSON in lines that are as full as they may be; so many characters stand before the first."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent + before < WIDTH or not isinstance(value, dict | list):
        return flat
    inner = indent + 2
    start, end = "{}" if isinstance(value, dict) else "[]"
    lines = [" " * inner + line for line in _filled(list(_parts(value, inner)), inner)]
    return "\n".join([start, *lines, " " * indent + end])


def _parts(value: Json, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f'"{name}": {written(each, indent, len(name) + 4)}' for name, each in value.items())
    else:
        yield from (written(each, indent) for each in value)


def _filled(parts: list[str], indent: int) -> list[str]:
    lines: list[str] = []
    for number, part in enumerate(parts):
        piece = part + ("," if number < len(parts) - 1 else "")
        if lines and "\n" not in piece and "\n" not in lines[-1] and indent + len(lines[-1]) + 1 + len(piece) <= WIDTH:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines


def _curl(request: str, body: Json, more: Mapping[str, str]) -> Iterator[str]:
    """Write the request as a shell says it."""
    line = " ".join(_words(request, body is None, more))
    if "file" in more:
        yield f"merged {more['file']} '{written(body)}' |"
        yield f"  {line} -d @-"
    elif body is None:
        yield line
    elif len(line) + len(json.dumps(body, ensure_ascii=False)) + 6 <= WIDTH:
        yield f"{line} -d '{written(body)}'"
    else:
        yield f"{line} \\"
        yield f"  -d '{written(body, 2, 5)}'"


def _words(request: str, bare: bool, more: Mapping[str, str]) -> Iterator[str]:  # noqa: FBT001 - whether it has no body
    method, path = request.split(" ", 1)
    yield "curl -s"
    if method != ("GET" if bare else "POST"):
        yield f"-X {method}"
    yield f'"$api{path}"'
    if not path.startswith("/user/"):
        yield '-H "$auth"'
    if "language" in more:
        yield f"-H 'Accept-Language: {more['language']}'"
    if not bare:
        yield '-H "$json"'
    if method != "GET" and not path.startswith("/user/"):
        yield f"-H 'X-Idempotency-Key: {more['key']}'" if "key" in more else '-H "$(key)"'
