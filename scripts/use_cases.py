"""Writes `docs/use-cases.md`: the product runs in this process, under a clock that stands, and says every answer itself."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from scripts.remembering import memories
from scripts.telling import Cut, Teller, listening
from tests.kit.app import App, running

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "use-cases.md"
TERM = "examples/term.json"
ME = {"username": "ming", "password": "correct horse"}
EVENT = ("id", "date", "day_of_week", "name", "start_time", "end_time", "type", "span", "start_section", "status", "state")
ENTRY = ("id", "kind", "origin", "note", "created_at", "version_after", "added", "moved", "removed", "undone_by", "undoable")
BLOCK = ("task_item_id", "order", "week", "day_of_week", "start_section", "end_section", "reasons", "best_rejected", "binding")
DIFF: dict[str, Cut] = {"data.diff": 1}


async def page() -> str:
    """Live through all use cases, and write them down."""
    with TemporaryDirectory() as folder:
        async with running(Path(folder)) as app:
            told = Teller(app.http)
            await accounts(told)
            await timetables(told)
            await plans(told)
            await days(told, app)
            await reports(told, app)
            await tasks(told, app)
            await refusals(told)
            await make_up_days(told)
            await memories(told)
            await live(told, app)
            await journal(told)
            return told.page()


async def accounts(told: Teller) -> None:
    """Register and log in."""
    told.case("Register and log in", "A name and a password are all that an account needs.")
    await told.ask("POST /user/register", ME)
    await told.ask("POST /user/login", ME)
    told.say('Every other request carries the access token: `auth="Authorization: Bearer $token"`.')
    told.say("An unknown name and a wrong password get the same answer. Sentences for people come in the language asked for.")
    await told.ask("POST /user/login", {**ME, "password": "wrong horse"}, language="zh")
    await log_in(told)


async def log_in(told: Teller) -> None:
    """Log in anew, without a word about it."""
    tokens = (await told.send("POST /user/login", ME)).data
    told.headers = {"Authorization": f"Bearer {tokens['access_token']}"}


async def at(told: Teller, app: App, instant: str) -> None:
    """Let time pass until an instant."""
    app.clock.set(datetime.fromisoformat(f"{instant}+08:00"))
    await app.settle()
    await log_in(told)


async def timetables(told: Teller) -> None:
    """Import a timetable; be refused for a clash."""
    told.case("Look at an import before it happens", "A dry run judges everything and stores nothing.")
    await told.ask("POST /course/import", {"adopt_term": True, "dry_run": True}, file=TERM, cut=DIFF)
    told.case(
        "Import a timetable",
        "`adopt_term` also takes the term over that the file brings: its first Monday, its last day and its section table.",
    )
    await told.ask("POST /course/import", {"adopt_term": True}, file=TERM)
    told.case(
        "Be refused for a clash",
        "A class that meets another is refused whole, and nothing is stored. Each entry names the meeting that is there, its "
        "week, day and sections, and the part of the request that would come to lie on it.",
    )
    meets = {"start_week": 2, "end_week": 3, "day_of_week": 1, "start_section": 2, "end_section": 3}
    choir = {"courses": [{"course_name": "Choir", "arrangements": [meets]}]}
    await told.ask("POST /course/import", choir, cut={"data": 2})
    told.say("The same in Chinese:")
    await told.ask("POST /course/import", choir, cut={"data": 0}, language="zh")


async def plans(told: Teller) -> None:
    """Plan a class, apply it, undo it, undo that."""
    told.case("Define a task class", "A task class is one goal with its ordered items. Here: 16 blocks of two sections each.")
    made = await told.ask("POST /task-class/add", study("Probability theory", "2026-12-20", 16), cut={"data.items": 2})
    told.case(
        "Plan it, and read why",
        "Every block has its reasons, and the best place that was rejected: what it would have cost, or that it is just as "
        "good. `binding` is the best place that a rule forbids, if that one would have been better. `data` holds the weeks "
        "as the plan would make them. Nothing stands in the schedule yet.",
    )
    shown: dict[str, Cut] = {"data": 0, "plan.score": ("tiers", "bound", "gap", "tier", "proof"), "plan.placements": 3}
    shown["plan.placements[]"] = BLOCK
    plan = (await told.ask(f"GET /schedule/smart-planning?task_class_id={made.data['id']}", cut=shown)).body["plan"]
    told.say("The plan is kept for 24 hours. Read again, in Chinese:")
    edited: dict[str, Cut] = {"data.score": None, "data.placements[]": BLOCK}
    await told.ask(f"GET /schedule/plans/{plan['plan_id']}", language="zh", cut={**edited, "data.placements": 1})

    told.case(
        "Move a block of the plan",
        "What you move is judged by the same rules. Each edit makes a new revision, so that two devices do not edit past "
        "each other. Here chapter 1 goes to its best rejected place.",
    )
    moved = [{"task_item_id": 1, **plan["placements"][0]["best_rejected"]["place"]}]
    await told.ask(f"PUT /schedule/plans/{plan['plan_id']}", {"revision": 1, "placements": moved}, cut={**edited, "data.placements": 1})
    told.case("Apply the plan", "All blocks are written in one step, as one change set.")
    apply, said = f"POST /schedule/plans/{plan['plan_id']}/apply", {"revision": 2}
    some: dict[str, Cut] = {"data.created_event_ids": 2, "data.removed_event_ids": 2, "data.applied": 1}
    applied = (await told.ask(apply, said, cut={**DIFF, **some})).data
    told.case("Undo it", "A change set is undone as a whole. Undoing is a change set of its own.")
    undone = (await told.ask(f"POST /schedule/changes/{applied['change_id']}/undo", cut={**DIFF, **some})).data
    told.case("Undo the undo", "Everything comes back where it was, under its old ids.")
    await told.ask(f"POST /schedule/changes/{undone['change_id']}/undo", cut={**DIFF, **some})
    told.case("Apply it again", "A plan is applied once. To plan what is not placed, ask for a new plan.")
    await told.ask(apply, said)


def study(name: str, end: str, count: int) -> dict[str, Any]:
    """A class of so many blocks."""
    config = {"total_slots": count, "strategy": "steady"}
    items = [{"order": number, "content": f"Chapter {number}"} for number in range(1, count + 1)]
    return {"name": name, "mode": "auto", "start_date": "2026-09-21", "end_date": end, "config": config, "items": items}


async def days(told: Teller, app: App) -> None:
    """Look at days and weeks."""
    await at(told, app, "2026-09-23T16:00")
    told.case("See today", "It is Wednesday, 23 September, 16:00.")
    await told.ask("GET /schedule/today", cut={"data[].events[]": EVENT})
    told.case("See a week", "Week 0 is the present one; others go by their number in the term.")
    await told.ask("GET /schedule/week?week=4&include_empty=false", cut={"data.events": 2, "data.events[]": EVENT})
    told.case("See what is on", "What is under way, or what comes next today.")
    await told.ask("GET /schedule/current")
    told.case(
        "Put a block into a filler course",
        "A filler course is one in which something else may be done. Where could chapter 3 go in week 5? Forbidden places "
        "are listed too, with the rule that each breaks. The place inside the course names its meeting.",
    )
    chapter = await event_of(told, week=5, content="Chapter 3")
    starts = await told.ask(f"GET /schedule/starts?event_id={chapter}&weeks=5", cut={"data": 1})
    inside = next(each["place"] for each in starts.data if each["place"]["embed_course_event_id"] and not each["violations"])
    told.say("It may go into the course of Monday evening:")
    await told.ask("POST /schedule/changes", {"changes": [{"op": "move", "event_id": chapter, **inside}]})


async def event_of(told: Teller, *, week: int, content: str) -> int:
    """Find a block of a week by its name, without a word about it."""
    answer = await told.send(f"GET /schedule/week?week={week}")
    return int(next(each["id"] for each in answer.data["events"] if each["name"] == content))


async def reports(told: Teller, app: App) -> None:
    """Report what became of blocks; take reports back; plan again."""
    first, second = await event_of(told, week=3, content="Chapter 1"), await event_of(told, week=4, content="Chapter 2")
    await at(told, app, "2026-09-23T17:10")
    told.case("Report a block done", "It is 17:10, and the block of chapter 1 is over.")
    await told.ask("POST /schedule/changes", report(first, "done"))
    await at(told, app, "2026-09-29T18:00")
    told.case("Skip a block", "Six days later: nothing came of chapter 2. A skipped block is history; its item is free again.")
    skipped = await told.ask("POST /schedule/changes", {**report(second, "skipped"), "note": "Fell ill"}, cut={"data.diff[].before": None})
    told.case("Undo a report", "A report is taken back like any other change.")
    undone = await told.ask(f"POST /schedule/changes/{skipped.data['change_id']}/undo", cut={"data.diff[].before": None})
    told.case(
        "Be refused an undo",
        "The undo was undone in its turn, so the block is skipped again. May the whole plan still be undone? What would lose "
        "something later is not: the answer names each block that changed since, and the change set that did it.",
    )
    await told.send(f"POST /schedule/changes/{undone.data['change_id']}/undo")
    whole = next(each["id"] for each in (await told.send("GET /schedule/changes")).data if each["added"] and each["kind"] == "undo")
    await told.ask(f"POST /schedule/changes/{whole}/undo", cut={"data.conflicts[].diff": ("op", "name", "source")})
    told.case("Plan again what was skipped", "A new plan of the class finds a place for the skipped chapter; the rest stays.")
    shown: dict[str, Cut] = {"data": 0, "plan.score": None, "plan.placements[]": BLOCK}
    again = await told.ask("GET /schedule/smart-planning?task_class_id=1", cut=shown)
    await told.send(f"POST /schedule/plans/{again.body['plan']['plan_id']}/apply", {"revision": 1})


def report(event: int, state: str) -> dict[str, Any]:
    """A report on a block."""
    return {"changes": [{"op": "report", "event_id": event, "state": state}]}


async def tasks(told: Teller, app: App) -> None:
    """Remember small things in four quadrants."""
    told.case(
        "Remember small things",
        "A task stands in one of four quadrants: 1 important and urgent, 2 important, 3 soon or quick, 4 can wait. In 2 and "
        "4 a deadline gives it a threshold, 24 hours earlier unless you say otherwise.",
    )
    report_due = {"title": "Hand in the lab report", "priority_group": 2, "deadline_at": "2026-10-01T18:00:00+08:00"}
    await told.ask("POST /task/create", report_due)
    for title, quadrant in (("Answer Ms Li", 1), ("Book the badminton court", 3), ("Renew the library card", 4)):
        await told.send("POST /task/create", {"title": title, "priority_group": quadrant})
    told.say("In plain words, read back and not made yet. What the first reading says may be sent to `task/create`:")
    await told.ask("POST /task/parse", {"text": "Remind me to answer Ms Li before next Friday"})
    await told.ask("POST /task/parse", {"text": "后天下午三点去图书馆还书"}, language="zh")
    told.say("[Words of time](time-words.md) lists what is understood. With one more task in each of the other quadrants:")
    short: dict[str, Cut] = {"data[]": ("id", "title", "priority_group", "status", "deadline_at")}
    await told.ask("GET /task/get", cut=short)
    told.case("See one turn urgent", "It is Wednesday, 30 September, 18:00: the threshold has passed, and nobody did anything.")
    await at(told, app, "2026-09-30T18:00")
    await told.ask("GET /task/get?quadrant=1", cut=short)
    told.case("Complete and reopen", "Completing twice is no error; `already_completed` says which one it was.")
    await told.ask("PUT /task/complete", {"task_id": 1})
    await told.ask("PUT /task/undo-complete", {"task_id": 1})
    told.case("Delete and undo", "What is deleted is hidden at once, and comes back under its id for 30 days.")
    gone = await told.ask("DELETE /task/delete?task_id=4")
    await told.ask(f"POST /schedule/changes/{gone.data['change_id']}/undo")


async def refusals(told: Teller) -> None:
    """Say the same twice; say something wrong; ask for too much."""
    told.case(
        "Say the same twice",
        "Each write carries a key. The same request with the same key has one effect and one answer: send it again "
        "after a lost connection without a thought. The second answer says that it is a repeat.",
    )
    water = {"title": "Water the plants", "priority_group": 3}
    for _ in range(2):
        await told.ask("POST /task/create", water, key="plants-1")
    told.say("Another request under that key is a mistake, and is refused:")
    await told.ask("POST /task/create", {**water, "title": "Feed the cat"}, key="plants-1")
    told.case("Be told everything that is wrong", "A refusal names every field and the rule that it breaks, and changes nothing.")
    wrong = {"title": "", "priority_group": 7, "estimated_sections": 9, "deadline_at": "2026-10-01T18:00:00"}
    await told.ask("POST /task/create", wrong)
    await told.ask("POST /task/create", wrong, language="zh")
    told.case(
        "Plan more than fits",
        "Eight blocks in two days are too many. The plan holds what fits. For the rest it says what is short, what takes "
        "the room, and which smallest changes would make everything fit. Each of these is checked before it is named.",
    )
    crammed = {**study("Mechanics", "2026-10-13", 8), "start_date": "2026-10-12"}
    made = await told.ask("POST /task-class/add", crammed, cut={"data.items": 1})
    asked = f"GET /schedule/smart-planning?task_class_id={made.data['id']}"
    shown: dict[str, Cut] = {"data": 0, "plan.score": None, "plan.placements": 0, "plan.unplaced": 1}
    await told.ask(asked, cut=shown)
    told.say("With `partial=false` it is all or nothing:")
    await told.ask(f"{asked}&partial=false", language="zh", cut={"data.unplaced": 1})


async def make_up_days(told: Teller) -> None:
    """Move the meetings of a day off."""
    told.case(
        "Move a day",
        "Thursday, 1 October is off; its meetings are held on Saturday, 10 October. The list is always the whole list of "
        "the term. `dry_run` would only show what moves.",
    )
    free, instead = {"date": "2026-10-01", "kind": "off"}, {"date": "2026-10-10", "kind": "follows", "week": 4, "day_of_week": 4}
    await told.ask("PUT /schedule/term/day-overrides", {"overrides": [free, instead]}, cut=DIFF)
    await told.ask("GET /schedule/term/day-overrides")


async def live(told: Teller, app: App) -> None:
    """Watch a change arrive."""
    told.case(
        "Watch changes live",
        "One stream tells every change of your things, from whatever device, without its text. `hello` comes first; a task "
        "is created meanwhile.",
    )
    told.fence("bash", 'curl -N "$api/live" -H "$auth"')
    frames: list[str] = []
    await app.settle()
    async with (
        listening(app) as url,
        httpx2.AsyncClient() as http,
        http.stream("GET", f"{url}/api/v1/live", headers=told.headers) as answer,
    ):
        lines = answer.aiter_lines()
        frames += [line async for line in _until(lines, "data: ")]
        await told.send("POST /task/create", {"title": "Return the umbrella", "priority_group": 3})
        await app.settle()
        frames += [line async for line in _until(lines, "data: ")]
    told.fence("", "\n".join(frames).strip())


async def _until(lines: AsyncIterator[str], start: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith(start):
            return


async def journal(told: Teller) -> None:
    """Read what happened."""
    told.case("Read the journal", "Every change set of the schedule, newest first; `undone_by` names the one that undid it.")
    await told.ask("GET /schedule/changes?limit=5", cut={"data[]": ENTRY, "paging": ("has_more",)})


def main() -> None:
    """Write the page."""
    logging.disable(logging.WARNING)  # the clock jumps here, so that leases run out: no news
    os.chdir(ROOT)
    PAGE.write_text(asyncio.run(page()), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
