"""`kill -9` at statements and commits of a talk: the next process ends it as if there had been one process all along."""

import asyncio
import random
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import asdict

from tests.chaos.test_kill import rows
from tests.flow.test_talk import Talk
from tests.kit.mortal import Mortal, Stream, mortal
from tests.kit.people import Person
from tests.kit.process import PATIENCE

SCRIPT = (
    "Remind me to call the dentist on 2030-03-01 at 9:30",
    "undo that",
    "Remind me to renew the passport on 2030-03-02 at 9:30",
    "Delete the passport task",
    "Yes, go ahead",
)
FOLDERS, EACH = 10, 5
# A seeded place in every fiftieth of the talk, dealt out so that each folder sees its beginning, middle and end.
_CHANCE = random.Random(20260914)
PLACES = [(number + _CHANCE.random()) / (FOLDERS * EACH) for number in range(FOLDERS * EACH)]


class Told(Struct, frozen=True):
    """What a talk has come to, without ids and times."""

    answers: list[tuple[str, list[str]]]
    timeline: list[tuple[str, str | None]]
    tasks: list[tuple[str, str, bool]]
    facts: list[tuple[str, int]]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", range(FOLDERS))
async def test_a_talk_that_is_killed_anywhere_comes_to_the_same(tmp_path: Path, number: int) -> None:
    async with mortal(tmp_path) as place:
        # All register at the first process: the others then need no workers, which are slow to start.
        people = [await place.someone() for _ in range(EACH + 2)]
        await drained(place)
        place.order()
        wanted = await told(place, people.pop())
        cells, _ = place.passed()
        assert cells > 100

        for share in PLACES[number::FOLDERS]:
            cell, point = await killed(place, people, 1 + int(share * cells), wanted)
            print(f"killed at passage {cell} of {cells}, {point}")


async def killed(place: Mortal, people: list[Person], cell: int, wanted: Told) -> tuple[int, str]:
    """Talk until the process dies of it; what other loops of the process pass varies, so one that lives is told an earlier cell."""
    while True:
        person = people.pop() if people else await place.someone()
        await drained(place)
        place.order(cell)
        found = await told(place, person)
        died = place.passed()
        assert asdict(found) == asdict(wanted), died
        if died[0] == cell:
            return died
        cell = max(1, cell * 3 // 4)


async def told(place: Mortal, person: Person) -> Told:
    """Say the whole script, each message as often as it takes; gives what it has come to."""
    conversation: str | None = None
    answers: list[tuple[str, list[str]]] = []
    for number, words in enumerate(SCRIPT):
        body = {"message": words} | ({} if conversation is None else {"conversation_id": conversation})
        heard = await said(place, person, body, f"say-{number}")
        conversation = heard.conversation
        answers.append((heard.text, kinds(heard)))
    await drained(place)
    now = place.now(person)
    timeline = (await now.get("/agent/conversation-timeline", conversation_id=conversation)).data
    tasks = sorted((task["title"], task["deadline_at"], task["is_completed"]) for task in await now.tasks())
    counted = "SELECT kind, count(*) FROM outbox WHERE kind LIKE 'task.%' AND user_id = {} GROUP BY kind ORDER BY kind"
    facts = rows(place.database, counted.format(person.id))
    return Told(answers, [(each["kind"], each.get("content")) for each in timeline], tasks, facts)


def kinds(talk: Talk) -> list[str]:
    """List the kinds of an answer's frames: the pieces of one text once, and not that the run has changed hands."""
    found: list[str] = []
    for frame in talk.frames:
        extra = frame.get("extra", {"kind": "usage"})
        kind = str(extra["kind"])
        if extra.get("status", {}).get("code") != "resumed" and (kind != "assistant_text" or found[-1:] != [kind]):
            found.append(kind)
    return found


async def said(place: Mortal, person: Person, body: dict[str, Any], key: str) -> Talk:
    """Say something until it is answered; whatever was seen before a kill is the beginning of what is there after it."""
    seen = await place.streamed(person, "POST", "/agent/chat", body, **{"X-Idempotency-Key": key})
    if seen.is_whole:
        return Talk(seen)
    await place.start()
    run = seen.headers.get("x-run-id") or await begun(place.now(person), body)
    if run is None:
        again = await place.streamed(person, "POST", "/agent/chat", body, **{"X-Idempotency-Key": key})
        assert again.is_whole, again.raw
        return Talk(again)
    rest = await place.streamed(person, "GET", f"/agent/runs/{run}/stream", **({"Last-Event-ID": seen.last_id} if seen.last_id else {}))
    whole = await place.streamed(person, "GET", f"/agent/runs/{run}/stream")
    assert rest.is_whole, rest.raw
    assert of_run(seen) + of_run(rest) == of_run(whole)
    return Talk(whole)


async def begun(person: Person, body: dict[str, Any]) -> str | None:
    """Find the run that was begun by a message whose answer never came, if one was."""
    conversation = body.get("conversation_id")
    if conversation is None:
        listed = (await person.get("/agent/conversation-list")).data["list"]
        if not listed:
            return None
        conversation = listed[0]["conversation_id"]
    timeline = (await person.get("/agent/conversation-timeline", conversation_id=conversation)).data
    last = [each for each in timeline if each["kind"] == "user_text"][-1]
    return str(last["id"]).partition(":")[0] if last["content"] == body["message"] else None


def of_run(stream: Stream) -> list[str]:
    """Give the frames, without the id of the request that asked for them."""
    return [re.sub(r'"request_id":"[^"]*"', "", block) for block in stream.blocks]


async def drained(place: Mortal) -> None:
    """Wait until every fact is sent and handled; if the process dies meanwhile, by the next one."""
    left = "SELECT kind FROM outbox WHERE state != 'sent' UNION ALL SELECT kind FROM inbox WHERE state != 'done'"
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            if place.is_dead:
                await place.start()
            if not rows(place.database, left):
                return
            await asyncio.sleep(0.02)
