"""Questions and confirmations: the run ends, and what it asked stays open over restarts and days."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.agent.log import LogRow
from smartflow.client.llm import Usage
from smartflow.services.agent import repository
from smartflow.services.agent.engine import saying
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.job import Also, Job
from smartflow.services.agent.engine.texts import CHANGED
from smartflow.services.agent.model import LIVES, Ask, Call, Confirm
from smartflow.services.agent.repository import Line
from smartflow.services.agent.tool import tasks, texts
from smartflow.services.agent.tool.arguments import TOOLS, AskUser
from smartflow.services.agent.tool.tool import Scene
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.text import Language

_LONGEST, _MOST_SAID = 500, 6


class Asker:
    """Opens interactions."""

    def __init__(self, hands: Hands, clock: Clock, entropy: Entropy) -> None:
        self._hands = hands
        self._clock = clock
        self._entropy = entropy

    def ask(self, job: Job, step: Ask, used: Usage, over: Also) -> tuple[list[Line], Also]:
        """Give the lines and the commit of a question."""
        interaction = self._entropy.uuid()
        asked = msgspec.convert(step.call.call.arguments, AskUser)
        shown = "\n".join([asked.text, *(f"{number}. {choice}" for number, choice in enumerate(asked.choices, start=1))])
        lines = [saying.text(shown), *saying.question(interaction, asked.text), *saying.end("waiting", used)]
        row = _row(job, step, interaction, asked.text)
        return lines, _opening(job, row, over)

    async def confirm(self, job: Job, step: Confirm, used: Usage, over: Also) -> tuple[list[Line], Also] | None:
        """Give the lines and the commit of a confirmation: what the calls would do, by their dry run; None: nothing."""
        interaction = self._entropy.uuid()
        shown = await self._shown(job, step.calls)
        if not shown.diff:
            return None
        expires_at = self._clock.now() + LIVES
        said = [saying.text(CHANGED.render(job.call.language) + "\n\n")] if step.changed else []
        asked = saying.confirmation(interaction, shown.title, shown.summary, expires_at, shown.diff)
        row = _row(job, step, interaction, shown.title, shown.digest)
        return [*said, *asked, *saying.end("waiting", used)], _opening(job, row, over)

    async def holds(self, job: Job, calls: tuple[Call, ...], digest: str) -> bool:
        """Tell whether calls would still do what was shown under a digest; that nothing is left to do they say themselves."""
        shown = await self._shown(job, calls)
        return not shown.diff or shown.digest == digest

    async def _shown(self, job: Job, calls: tuple[Call, ...]) -> "_Shown":
        hands, written = self._hands, tuple(job.state().written)
        scene = Scene(job.call, self._clock.now(), await hands.timetable.term(job.call), hands.tasks, hands.timetable, written)
        shown = list[tasks.Preview]()
        for each in calls:
            then, wanted = replace(scene, now=each.at or scene.now), msgspec.convert(each.call.arguments, TOOLS[each.call.name])
            shown.append(await tasks.preview(then, each.call.name, wanted))
        diff = [entry for each in shown for entry in each.diff]
        title, summary = _worded(shown, job.call.language)
        return _Shown(title, summary, diff, sha256(to_json(diff)).hexdigest())


def _worded(shown: Sequence[tasks.Preview], language: Language) -> tuple[str, str]:
    """Say what would be done: a question, and what belongs to it."""
    names = [str(entry["name"]) for each in shown for entry in _named(each)]
    blocks = [getattr(one, language) for each in shown if each.op != "add" for one in each.said]
    due = [getattr(each.said[0], language) if each.op == "add" and each.said else "" for each in shown for _ in _named(each)]
    ops = {each.op for each in shown}
    one, many = texts.CONFIRM[ops.pop()] if len(ops) == 1 else (texts.CHANGE, texts.CHANGES)
    if len(names) == 1:
        title, told = one.render(language, title=names[0]), texts.DUE.render(language, times=due[0]) if due[0] else ""
    else:
        title = many.render(language, count=len(names))
        told = texts.BETWEEN[language].join(f"{name} ({at})" if at else name for name, at in zip(names, due, strict=True))
    listed = texts.BETWEEN[language].join(blocks[:_MOST_SAID]) + (" .." if len(blocks) > _MOST_SAID else "")
    times = texts.BLOCKS.render(language, count=len(blocks), times=listed) if blocks else ""
    return title, texts.NAMED.render(language, titles=told, times=times) if told and times else told or times


def _named(shown: tasks.Preview) -> list[Mapping[str, Any]]:
    """Give what a call names: the blocks go with that."""
    return [entry for entry in shown.diff if entry["op"] != "remove"]


class _Shown(Struct, frozen=True):
    """What a confirmation says and shows."""

    title: str
    summary: str
    diff: list[Mapping[str, Any]]
    digest: str


def _row(job: Job, step: Ask | Confirm, interaction: UUID, summary: str, digest: str = "") -> dict[str, Any]:
    kind, calls = ("ask_user", (step.call,)) if isinstance(step, Ask) else ("confirm", step.calls)
    row = {"id": interaction, "conversation_id": job.run.conversation_id, "run_id": job.run.id, "type": kind}
    return row | {"summary": summary[:_LONGEST], "held": [each.call.id for each in calls], "digest": digest}


def _opening(job: Job, row: dict[str, Any], over: Also) -> Also:
    async def also(unit: Unit, written: Sequence[LogRow]) -> None:
        await repository.ask(unit, job.owner, {**row, "expires_at": unit.now + LIVES})
        await over(unit, written)

    return also
