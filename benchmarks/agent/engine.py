"""What one phase of an answer costs before anything is asked or committed: the log read into a state, the state into a step.

The logs are real ones: a person talks to the product that runs in this process, and the rows of the conversation are taken
from its database. Each place of the log at which the engine would decide is measured on its own.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID

from inside import Person, running, somebody

from smartflow.client.agent.log import LogRow
from smartflow.cmd.product import Product
from smartflow.services.agent import repository
from smartflow.services.agent.context.build import Present, build
from smartflow.services.agent.engine.decide import Rules, decide, start
from smartflow.services.agent.engine.fold import State, copied, extend, fold
from smartflow.services.agent.model import Think
from smartflow.services.agent.tool.catalogue import INSTRUMENTS
from smartflow.shared.kernel.ids import OwnerId

TURNS, AGAIN = (10, 200), 10
TALK = ("Remind me to call the dentist tomorrow at 9:30", "What is due this week?", "这周有什么任务要交", "Reply with exactly CP5_OK")
LAST = (
    "Remind me to read chapter four tomorrow at 11:00",
    "Submit the essay next Friday",
    "never mind",
    "Delete the chapter four task",
    "no",
)
DECIDES = frozenset({"user_text", "answer", "result"})
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
NATURE = {name: (each.effect, each.risk) for name, each in INSTRUMENTS.items()}
FIRST = "first visible token"
GOAL, GOAL_FIRST = 1.0, 50.0


_KNOWN: dict[int, State] = {}


def _folded(rows: Sequence[LogRow]) -> State:
    """Give the state that a run has in hand before its newest row."""
    if len(rows) not in _KNOWN:
        _KNOWN.clear()
        _KNOWN[len(rows)] = fold(rows)
    return _KNOWN[len(rows)]


def phase(rows: Sequence[LogRow], run: UUID) -> str:
    """Do what the engine does for one phase, between reading rows and acting; gives the kind of step. Adjust this to the engine."""
    del run
    state = copied(_folded(rows[:-1]))
    extend(state, rows[-1:])
    step = decide(start(state), state, Rules(NATURE))
    if isinstance(step, Think):
        build(state.messages, Present(NOW, "Asia/Shanghai", "en"), state.summary)
        return f"{type(step).__name__} ({step.phase})"
    return type(step).__name__


async def measure(folder: Path, rounds: int) -> dict[int, dict[str, list[float]]]:
    """Measure each place in the last turns of a conversation of so many turns: medians of the rounds, in milliseconds."""
    found: dict[int, dict[str, list[float]]] = {}
    async with running(folder) as product:
        for turns in TURNS:
            person = await somebody(product, f"talker-{turns}")
            rows = await _talked(product, person, turns)
            found[turns] = timed(rows, rounds)
            found[turns][FIRST] = [await _first(product, person, str(rows[0].conversation))]
    return found


def timed(rows: Sequence[LogRow], rounds: int) -> dict[str, list[float]]:
    """Measure every place at which the engine decides, in the runs of the last turns."""
    runs = list(dict.fromkeys(row.run for row in rows))[-len(LAST) :]
    found: defaultdict[str, list[float]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.run in runs and row.kind in DECIDES:
            known, took = rows[: index + 1], list[float]()
            kind = phase(known, row.run)
            for _ in range(rounds):
                began = time.perf_counter()
                phase(known, row.run)
                took.append(time.perf_counter() - began)
            found[kind].append(median(took) * 1e3)
    return found


async def _talked(product: Product, person: Person, turns: int) -> Sequence[LogRow]:
    """Talk for so many turns, the last ones of every kind; gives the rows."""
    said = [TALK[number % len(TALK)] for number in range(turns - len(LAST))]
    heard = await person.say("Hello")
    conversation = heard.headers["x-conversation-id"]
    for words in (*said[1:], *LAST):
        await person.say(words, conversation)
    await product.host.settle()
    owner = await _owner(product, UUID(conversation))
    async with product.host.database.read() as reader:
        return await repository.rows(reader, owner, UUID(conversation))


async def _first(product: Product, person: Person, conversation: str) -> float:
    """Measure how long the conversation's next answers take to their first text: the median, in milliseconds."""
    took = list[float]()
    for _ in range(AGAIN):
        heard = await person.say(TALK[1], conversation)
        took.append((heard.first or 0) * 1e3)
        await product.host.settle()
    return median(took)


async def _owner(product: Product, conversation: UUID) -> OwnerId:
    table = repository.conversations
    async with product.host.database.read() as reader:
        return OwnerId(await reader.value(table.select().with_only_columns(table.c.user_id).where(table.c.id == conversation)))


def show(found: dict[int, dict[str, list[float]]]) -> None:
    """Print it."""
    print("engine per phase without database and models, in ms (medians; the dearest place of its kind), and the whole way to a text")
    for turns, kinds in found.items():
        for kind, took in kinds.items():
            met = max(took) <= (GOAL_FIRST if kind == FIRST else GOAL)
            print(f"{turns:4} turns  {kind:22} {max(took):7.3f}   {'met' if met else 'NOT MET'}")
