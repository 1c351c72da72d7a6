"""What holds after any sequence of writes: what is gone is in no answer, and an answer does not depend on what is cached."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from smartflow.client.memory import Memory, MemoryClient, MemoryDraft, MemoryFilter, MemoryPatch, MemorySwitches, MemoryType
from smartflow.services.memory.recall.matrix import Matrices
from smartflow.services.memory.recall.uses import Uses
from smartflow.services.memory.service import MemoryService
from smartflow.services.memory.tables import items, sources
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import Refusal
from tests.kit.app import App
from tests.kit.ports import Boom, SeededEntropy

WALKS, STEPS = 8, 50
WORDS = ["physics", "maths", "mornings", "evenings", "早上学习", "晚上休息", "running", "tea"]
KINDS: list[MemoryType] = ["constraint", "preference", "fact", "commitment"]
EVERY = MemoryFilter(statuses=("active", "archived", "deleted"), limit=100)


class Walk:
    """Two people who say, change, forget and switch at random, while time goes by and commits fail or are not heard of."""

    def __init__(self, home: App, people: list[Call], seed: int) -> None:
        self.home = home
        self.people = people
        self.rng = Random(seed)
        self.memories: MemoryClient = home.product.clients.memory
        self.erased: set[int] = set()

    async def step(self) -> None:
        """Do one thing, or lose it around the commit; a refusal is an answer like any other."""
        who = self.rng.choice(self.people)
        deed = self.rng.choice([self.says, self.says, self.changes, self.forgets, self.restores, self.erases, self.switches, self.waits])
        if self.rng.random() < 0.15:
            self.home.faults.fail(self.rng.choice(["unit.before_commit", "unit.after_commit"]))
        with suppress(Refusal, Boom):
            await deed(who)

    async def says(self, who: Call) -> None:
        draft = MemoryDraft(
            self.rng.choice(KINDS),
            self.content(),
            importance=self.rng.random(),
            sensitivity=self.rng.choice([0, 0, 0, 1]),
            is_explicit=self.rng.random() < 0.7,
            ttl_at=self.soon(),
        )
        await self.memories.add(who, draft)

    async def changes(self, who: Call) -> None:
        patch = self.rng.choice([MemoryPatch(content=self.content()), MemoryPatch(ttl_at=self.soon()), MemoryPatch(sensitivity=1)])
        await self.memories.change(who, (await self.any(who)).id, patch)

    async def forgets(self, who: Call) -> None:
        await self.memories.delete(who, (await self.any(who)).id)

    async def restores(self, who: Call) -> None:
        await self.memories.restore(who, (await self.any(who)).id)

    async def erases(self, who: Call) -> None:
        memory = await self.any(who)
        await self.memories.erase(who, memory.id)
        self.erased.add(memory.id)

    async def switches(self, who: Call) -> None:
        chosen = MemorySwitches(*(self.rng.random() < 0.8 for _ in range(3)))
        await self.memories.set_settings(who, chosen)

    async def waits(self, _: Call) -> None:
        self.home.clock.advance(timedelta(hours=self.rng.choice([1, 20, 200])))
        if self.rng.random() < 0.5:
            await self.home.run_loop(self.rng.choice(["memory.expired", "memory.deleted"]))

    async def any(self, who: Call) -> Memory:
        known = (await self.memories.find(who, EVERY)).memories
        if not known:
            return await self.memories.add(who, MemoryDraft("fact", self.content()))
        return self.rng.choice(known)

    def content(self) -> str:
        return " ".join(self.rng.sample(WORDS, self.rng.choice([1, 2])))

    def soon(self) -> Any:
        return self.rng.choice([None, self.home.clock.now() + timedelta(hours=self.rng.choice([2, 30, 300]))])


def may_be_used(memory: Memory, switches: MemorySwitches, now: Any) -> bool:
    """Judge by the words of the contract, not by the product's own gate."""
    if memory.status != "active" or not switches.memory_enabled:
        return False
    if memory.ttl_at is not None and memory.ttl_at <= now:
        return False
    return (memory.is_explicit or switches.implicit_memory_enabled) and (not memory.sensitivity or switches.sensitive_memory_enabled)


@pytest.mark.parametrize("seed", range(WALKS))
async def test_what_is_gone_or_switched_off_is_in_no_answer_and_a_warm_matrix_answers_as_a_cold_one(
    home: App, newcomer: Callable[[], Call], seed: int
) -> None:
    walk = Walk(home, [newcomer(), newcomer()], seed)
    for _ in range(STEPS):
        await walk.step()
        for who in walk.people:
            await holds(walk, who)


async def holds(walk: Walk, who: Call) -> None:
    host, now = walk.home.product.host, walk.home.clock.now()
    known = {each.id: each for each in (await walk.memories.find(who, EVERY)).memories}
    switches = (await walk.memories.settings(who)).switches
    usable = {each.id for each in known.values() if may_be_used(each, switches, now)}
    text = " ".join(WORDS)

    searched = await walk.memories.search(who, text, limit=100)
    told = await walk.memories.recall(who, text, 100)
    listed = (await walk.memories.find(who, MemoryFilter(limit=100))).memories

    assert {each.memory.id for each in searched} == usable
    assert {each.memory.id for each in told.items} <= usable
    assert [each.memory for each in searched] == [known[each.memory.id] for each in searched]
    assert {each.id for each in listed} == {each.id for each in known.values() if each.status != "deleted"}
    assert not walk.erased & known.keys()
    assert {each.owner for each in known.values()} <= {who.owner}
    cold = MemoryService(host.database, Matrices(host.database, host.clock, SeededEntropy(2)), Uses(host.database), host.metrics)
    assert await cold.search(who, text, limit=100) == searched
    assert await cold.recall(who, text, 100) == told


async def test_at_most_one_item_is_active_for_the_same_words_and_no_source_is_left_alone(home: App, newcomer: Callable[[], Call]) -> None:
    walk = Walk(home, [newcomer()], seed=99)
    for _ in range(300):
        await walk.step()

    async with home.product.host.database.read() as reader:
        mine = items.c.user_id == walk.people[0].owner
        live = await reader.all(select(items.c.content_hash).where(mine, items.c.status == "active"))
        kept = await reader.value(select(func.count()).select_from(items).where(mine))
        lone = select(func.count()).select_from(sources).where(sources.c.user_id == walk.people[0].owner)
        orphans = await reader.value(lone.where(sources.c.memory_id.not_in(select(items.c.id))))
        typed = await reader.value(lone)
    assert len({row.content_hash for row in live}) == len(live)
    assert (orphans, typed) == (0, kept)
