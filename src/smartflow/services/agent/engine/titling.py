"""A better title than the first words: asked of the lite model once, after the first answer."""

import asyncio
from asyncio import Task

from smartflow.client.llm import AnswerRequest, LlmClient, Now, TextPiece, User
from smartflow.services.agent import repository
from smartflow.services.agent.engine.job import Job, Shared
from smartflow.services.agent.model import TITLE
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.process.logs import logger

_PATIENCE = 8.0


def first_title(text: str) -> str:
    """Name a conversation by its first words."""
    return " ".join(text.split())[:TITLE]


class Titler:
    """Names conversations, beside everything else; a title that is lost stays as it was."""

    def __init__(self, shared: Shared, llm: LlmClient, clock: Clock, entropy: Entropy, *, wanted: bool = True) -> None:
        self._shared = shared
        self._wanted = wanted
        self._llm = llm
        self._clock = clock
        self._entropy = entropy
        self._log = logger("agent")
        self._naming: set[Task[None]] = set()

    def begin(self, job: Job) -> None:
        """Begin to name a conversation, if this was its first answer."""
        first = job.rows[0] if job.rows else None
        if not self._wanted or first is None or first.pos != 1 or first.run != job.run.id or not first.payload.get("text"):
            return
        naming = asyncio.get_running_loop().create_task(self._name(job, first.payload["text"]), name=f"title.{job.run.id}")
        self._naming.add(naming)
        naming.add_done_callback(self._naming.discard)

    async def settle(self) -> None:
        """Wait for the names in hand."""
        await asyncio.gather(*self._naming, return_exceptions=True)

    async def close(self) -> None:
        """Leave the names in hand."""
        for each in self._naming:
            each.cancel()
        await self.settle()

    async def _name(self, job: Job, words: str) -> None:
        try:
            await self._named(job, words)
        except (Refusal, TimeoutError):
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, the first words are a title
            self._log.warning("agent.titling_failed", run_id=str(job.run.id), why=type(error).__name__)

    async def _named(self, job: Job, words: str) -> None:
        before, title = first_title(words), ""
        async with asyncio.timeout(_PATIENCE):
            async for piece in self._llm.answer(job.call, self._request(job, words)):
                title += piece.text if isinstance(piece, TextPiece) else ""
        title = first_title(title.strip("\"'“”"))
        if not title or title == before:
            return
        async with self._shared.database.work(job.call) as unit:
            await repository.retitle(unit, job.owner, job.run.conversation_id, before=before, title=title)

    def _request(self, job: Job, words: str) -> AnswerRequest:
        return AnswerRequest(
            request_id=self._entropy.uuid(),
            role="lite",
            scene="title",
            messages=(User(words),),
            now=Now(self._clock.now(), job.call.zone),
            thinking="off",
            conversation=job.run.conversation_id,
            run=job.run.id,
        )
