"""The one file that knows the `openai` package: what that gives leaves here in our own words, what it raises as `Failure`."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from smartflow.services.llm.model import Model, Tokens
from smartflow.services.llm.provider.failure import Failure, Kind
from smartflow.services.llm.provider.heard import CallDelta, Delta, Halves, whole
from smartflow.services.llm.settings import ModelSettings, PatienceSettings
from smartflow.shared.kernel.clock import Clock

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_BUSY, _FAILED, _LATE = 429, 500, 408
_KEYLESS = "none"  # the package wants a key where the server wants none
_MOST_TOKENS = 100_000_000  # more than any window; what is said beyond is nonsense
_END = object()


class Wire:
    """Calls models; one pool of connections for each endpoint. To be closed in the end."""

    def __init__(self, patience: PatienceSettings, clock: Clock) -> None:
        self._patience = patience
        self._clock = clock
        self._clients: dict[tuple[str, str], AsyncOpenAI] = {}

    async def load(self) -> None:
        """Load the package, away from the event loop: that takes the better part of a second."""
        await asyncio.to_thread(_package)

    async def stream(self, model: Model, sent: dict[str, Any], first: float) -> AsyncGenerator[Delta, None]:
        """Make one call and give its pieces; the first has to come within so many seconds.

        Raises:
            Failure: It came to no end.
        """
        over = asyncio.get_running_loop().time() + self._patience.whole
        with self._failures():
            async with asyncio.timeout(min(first, self._patience.whole)):
                pieces, chunk = await self._begin(model, sent)
        finished, halves = False, Halves()
        try:
            while chunk is not _END:
                delta = halves.mend(_delta(chunk))
                finished = finished or bool(delta.finish)
                yield delta
                chunk = await self._next(pieces, over, finished=finished)
        finally:
            await pieces.close()
        if not finished:
            raise Failure("cut", begun=True)

    async def embed(self, model: Model, texts: Sequence[str]) -> tuple[list[list[float]], int]:
        """Make one call that embeds texts; gives a vector for each, and the tokens that the server counted.

        Raises:
            Failure: It came to no end, or what came are no such vectors.
        """
        with self._failures():
            async with asyncio.timeout(self._patience.first):
                client = self._client(model.at)
                # Said, since the package would otherwise ask for another format and need more to read it.
                answer = await client.embeddings.create(model=model.at.model, input=list(texts), encoding_format="float")
            vectors = [[float(number) for number in each.embedding] for each in sorted(answer.data, key=lambda each: each.index)]
            if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) != 1:
                raise Failure("failed")
            return vectors, _count(getattr(answer.usage, "prompt_tokens", None))

    async def close(self) -> None:
        """Let go of all connections."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    async def _begin(self, model: Model, sent: dict[str, Any]) -> tuple[Any, Any]:
        completions: Any = self._client(model.at).chat.completions
        pieces = await completions.create(**sent, stream=True)
        try:
            chunk = await anext(pieces, _END)
        except BaseException:
            await pieces.close()
            raise
        if chunk is _END:
            raise Failure("failed")
        return pieces, chunk

    async def _next(self, pieces: Any, over: float, *, finished: bool) -> Any:  # noqa: ANN401 - the package's own types
        left = over - asyncio.get_running_loop().time()
        try:
            with self._failures(begun=True):
                async with asyncio.timeout(min(self._patience.silence, left)):
                    return await anext(pieces, _END)
        except Failure:
            # After its end nothing can be missing but the count of tokens.
            if finished:
                return _END
            raise

    def _client(self, at: ModelSettings) -> "AsyncOpenAI":
        openai = _package()
        key = _KEYLESS if at.key is None else at.key.reveal()
        client: AsyncOpenAI | None = self._clients.get((at.base_url, key))
        if client is None:
            # Time between bytes is counted by us, in pieces and not in whatever keeps a connection alive.
            timeout = openai.Timeout(connect=self._patience.connect, read=None, write=self._patience.silence, pool=None)
            client = openai.AsyncOpenAI(base_url=at.base_url, api_key=key, max_retries=0, timeout=timeout)
            self._clients[at.base_url, key] = client
        return client

    @contextmanager
    def _failures(self, *, begun: bool = False) -> Iterator[None]:
        openai = _package()
        try:
            yield
        except openai.APIStatusError as error:
            raise self._refused(error) from error
        except openai.APIConnectionError as error:
            raise Failure("cut" if begun else "away", begun=begun) from error
        except TimeoutError as error:
            raise Failure("cut" if begun else "slow", begun=begun) from error
        except (openai.OpenAIError, ValueError, TypeError) as error:  # what came is not what the wire carries
            raise Failure("cut" if begun else "failed", begun=begun) from error

    def _refused(self, error: Any) -> Failure:  # noqa: ANN401 - the package's own type
        status = int(error.status_code)
        kind: Kind = "busy" if status == _BUSY else "failed" if status >= _FAILED or status == _LATE else "refused"
        return Failure(kind, status=status, said=f"{error.message} {error.body}".lower(), wait=self._wait(error.response.headers))

    def _wait(self, headers: Any) -> float | None:  # noqa: ANN401 - the package's own type
        """Read how many seconds the server wants to be left alone."""
        said = headers.get("retry-after", "")
        try:
            return max(0.0, float(said))
        except ValueError:
            pass
        try:
            return max(0.0, (parsedate_to_datetime(said) - self._clock.now()).total_seconds())
        except (ValueError, TypeError):
            return None


def _package() -> Any:  # noqa: ANN401 - a module
    # Not at the top: whoever configures no model never needs it.
    import openai

    return openai


def _delta(chunk: Any) -> Delta:  # noqa: ANN401 - the package's own type, and it checks nothing
    usage = _tokens(getattr(chunk, "usage", None))
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list) or not choices:
        return Delta(usage=usage)
    said, finish = getattr(choices[0], "delta", None), _text(choices[0], "finish_reason")
    text = _text(said, "content") + _text(said, "refusal")
    # Not of the wire's own words: two spellings are in use.
    thinking = _text(said, "reasoning_content") or _text(said, "reasoning")
    calls = getattr(said, "tool_calls", None)
    parts = tuple(_call(each) for each in calls) if isinstance(calls, list) else ()
    return Delta(text, thinking, parts, finish, usage)


def _call(part: Any) -> CallDelta:  # noqa: ANN401 - as above
    index, function = getattr(part, "index", None), getattr(part, "function", None)
    called = whole(_text(function, "name")), _text(function, "arguments")
    return CallDelta(index if isinstance(index, int) else None, whole(_text(part, "id")), *called)


def _text(of: Any, name: str) -> str:  # noqa: ANN401 - as above
    found = getattr(of, name, None)
    return found if isinstance(found, str) else ""


def _tokens(usage: Any) -> Tokens | None:  # noqa: ANN401 - as above
    prompt, completion = _count(getattr(usage, "prompt_tokens", None)), _count(getattr(usage, "completion_tokens", None))
    if not prompt and not completion:
        return None  # some send zeros for what they do not count
    cached = _count(getattr(getattr(usage, "prompt_tokens_details", None), "cached_tokens", None))
    reasoning = _count(getattr(getattr(usage, "completion_tokens_details", None), "reasoning_tokens", None))
    return Tokens(prompt, min(cached, prompt), completion, min(reasoning, completion))


def _count(found: object) -> int:
    return min(max(0, found), _MOST_TOKENS) if isinstance(found, int) else 0
