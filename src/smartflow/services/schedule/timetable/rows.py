"""Between rows and the state that the rules see: loading what an owner has, and writing what a change set comes to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Row, and_, delete, select, update

from smartflow.client.schedule.place import WORDS, Place
from smartflow.services.schedule.timetable import endings, parts
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.facts import ClassFacts, CourseFacts, ItemFacts, TaskFacts, TermFacts, gather
from smartflow.services.schedule.timetable.image import Image, Step, nominal_of
from smartflow.services.schedule.timetable.parts import Part
from smartflow.services.schedule.timetable.repository import row_source
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.tables import classes, courses, embeddings, events, items, occupancy
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import ChangeId, ClassId, CourseId, EventId, ItemId, OwnerId, TermId

_HIDDEN = {"course": courses, "task_item": items, "task_class": classes}
UNSTORED = TermId(0)


async def load(reader: Read, owner: OwnerId, terms: Terms, tasks: Iterable[TaskFacts] = (), part: Part | None = None) -> ScheduleState:
    """Load what the rules need to judge a part (none: all of it); tasks are asked from their own service before."""
    shown = [TermFacts(view.id or UNSTORED, view.term, view.preferences) for view in terms.shown]
    sources: list[CourseFacts | ClassFacts | ItemFacts | TaskFacts] = [*await endings.still(reader, owner, tasks)]
    sources += [_course_facts(row) for row in await reader.all(select(courses).where(courses.c.user_id == owner))]
    sources += [class_facts(row) for row in await reader.all(select(classes).where(classes.c.user_id == owner))]
    found = await parts.found(reader, owner, terms, part)
    sources += [_item_facts(row) for row in found.items]
    facts = gather(reader.now, shown, current=terms.current.id or UNSTORED, sources=sources)
    images = {EventId(row.id): _image(row) for row in found.events}
    blame = {EventId(row.id): ChangeId(row.last_change_set) for row in found.events if row.last_change_set is not None}
    return ScheduleState(facts, images, last_changes=blame)


def class_facts(row: Row[Any]) -> ClassFacts:
    """Read what the rules need of a class."""
    return ClassFacts(
        id=ClassId(row.id),
        start=row.start_date,
        end=row.end_date,
        allow_fillers=row.allow_fillers,
        excluded_days=row.excluded_days,
        excluded_pairs=row.excluded_pairs,
        hidden=row.hidden_at is not None,
    )


def _course_facts(row: Row[Any]) -> CourseFacts:
    return CourseFacts(CourseId(row.id), is_filler=row.is_filler, hidden=row.hidden_at is not None)


def _item_facts(row: Row[Any]) -> ItemFacts:
    return ItemFacts(ItemId(row.id), ClassId(row.class_id), row.order, row.duration_sections, row.hidden_at is not None)


def _image(row: Row[Any]) -> Image:
    host = None if row.host is None else EventId(row.host)
    return Image(
        term=TermId(row.term_id),
        source=row_source(row),
        place=Place(row.week, row.day, row.first, row.last, host),
        state=row.state,
        done_sections=row.done_sections,
        reported_at=row.reported_at,
        pinned=row.pinned,
        nominal=nominal_of(row.live_key),
        makes_up=None if row.makes_up_id is None else EventId(row.makes_up_id),
        source_version=row.source_version,
    )


async def write(unit: Unit, owner: OwnerId, outcome: Outcome) -> tuple[Step, ...]:
    """Write what a change set comes to; gives its steps under the ids that the database gave.

    What goes is deleted and what moves is freed first, so that no swap meets a unique constraint.
    """
    touched = list(dict.fromkeys(step.event for step in outcome.steps if step.event is not None))
    before, after = outcome.before.events, outcome.after.events
    gone = [event for event in touched if event in before and event not in after]
    changed = [event for event in touched if event in before and event in after]
    fresh = [event for event in touched if event not in before and event in after]
    await _free(unit, owner, [*gone, *changed])
    await _delete(unit, owner, gone)
    await _rewrite(unit, owner, {event: after[event] for event in changed}, outcome)
    ids = await _insert(unit, owner, {event: after[event] for event in fresh}, outcome)
    named = {ids.get(event, event): _named(after[event], ids) for event in [*changed, *fresh]}
    await _occupy(unit, owner, named)
    await _sources(unit, owner, outcome)
    return tuple(_renamed(step, ids) for step in outcome.steps)


async def blame(unit: Unit, owner: OwnerId, steps: Sequence[Step], change_id: ChangeId) -> None:
    """Note on the rows that a change set touched which one it was."""
    touched = [step.event for step in steps if step.event is not None]
    for portion in _portions(touched):
        mine = and_(events.c.user_id == owner, events.c.id.in_(portion))
        await unit.run(update(events).where(mine).values(last_change_set=change_id))


async def _free(unit: Unit, owner: OwnerId, touched: Sequence[EventId]) -> None:
    for portion in _portions(touched):
        await unit.run(delete(occupancy).where(occupancy.c.user_id == owner, occupancy.c.event_id.in_(portion)))
        # Guests of a host that is touched keep their places in it, unless they are touched themselves.
        await unit.run(delete(embeddings).where(embeddings.c.user_id == owner, embeddings.c.guest_event_id.in_(portion)))


async def _delete(unit: Unit, owner: OwnerId, gone: Sequence[EventId]) -> None:
    for portion in _portions(gone):
        await unit.run(delete(events).where(events.c.user_id == owner, events.c.id.in_(portion)))


async def _rewrite(unit: Unit, owner: OwnerId, images: Mapping[EventId, Image], outcome: Outcome) -> None:
    for event, image in images.items():
        values = _values(unit, image, outcome)
        await unit.run(update(events).where(events.c.user_id == owner, events.c.id == event).values(**values))


async def _insert(unit: Unit, owner: OwnerId, images: Mapping[EventId, Image], outcome: Outcome) -> dict[EventId, EventId]:
    """Insert new rows, and those that undoing brings back under their old ids; gives the ids of the new ones."""
    rows = {event: {"user_id": owner, "created_at": unit.now, **_values(unit, image, outcome)} for event, image in images.items()}
    returning = [{"id": event, **row} for event, row in rows.items() if event > 0]
    await unit.bulk(events, returning)
    new = [event for event in rows if event < 0]
    ids = await unit.insert_all(events, [rows[event] for event in new])
    return {event: EventId(found) for event, found in zip(new, ids, strict=True)}


async def _occupy(unit: Unit, owner: OwnerId, images: Mapping[EventId, Image]) -> None:
    held: list[dict[str, Any]] = []
    hosted: list[dict[str, Any]] = []
    for event, image in ((event, image) for event, image in images.items() if image.stands):
        place = image.place
        if place.host is not None:
            hosted += [
                {"user_id": owner, "host_event_id": place.host, "section": section, "guest_event_id": event}
                for section in range(place.first, place.last + 1)
            ]
        else:
            key = {"user_id": owner, "term_id": image.term, "week": place.week, "day": place.day, "event_id": event}
            held += [{**key, "section": section} for section in range(place.first, place.last + 1)]
    await unit.bulk(occupancy, held)
    await unit.bulk(embeddings, hosted)


async def _sources(unit: Unit, owner: OwnerId, outcome: Outcome) -> None:
    """Hide and restore sources, and move items that had to make room."""
    for step in outcome.steps:
        table = _HIDDEN.get(step.source.type)
        if step.op in {"hide", "restore"} and table is not None:
            hidden_at = unit.now if step.op == "hide" else None
            mine = and_(table.c.user_id == owner, table.c.id == step.source.id)
            await unit.run(update(table).where(mine).values(hidden_at=hidden_at, updated_at=unit.now))
    for item_id, item in outcome.after.facts.items.items():
        known = outcome.before.facts.items.get(item_id)
        if known is not None and known.order != item.order:
            mine = and_(items.c.user_id == owner, items.c.id == item_id)
            await unit.run(update(items).where(mine).values(order=item.order, updated_at=unit.now))


def _values(unit: Unit, image: Image, outcome: Outcome) -> dict[str, Any]:
    place, nominal = image.place, image.nominal
    span = to_instants(outcome.after.facts.terms[image.term].term, place.slot)
    return {
        "term_id": image.term,
        "kind": WORDS[image.source.type],
        "source_id": image.source.id,
        "source_version": image.source_version,
        "week": place.week,
        "day": place.day,
        "first": place.first,
        "last": place.last,
        "starts_at": span.start,
        "ends_at": span.end,
        "state": image.state,
        "done_sections": image.done_sections,
        "reported_at": image.reported_at,
        "pinned": image.pinned,
        "nominal_week": nominal and nominal.week,
        "nominal_day": nominal and nominal.day,
        "makes_up_id": image.makes_up,
        "live_key": image.live_key,
        "updated_at": unit.now,
    }


def _named(image: Image, ids: Mapping[EventId, EventId]) -> Image:
    host = image.place.host
    return image if host is None or host not in ids else replace(image, place=replace(image.place, host=ids[host]))


def _renamed(step: Step, ids: Mapping[EventId, EventId]) -> Step:
    before, after = (None if image is None else _named(image, ids) for image in (step.before, step.after))
    return Step(step.op, step.source, None if step.event is None else ids.get(step.event, step.event), before, after)


def _portions(found: Sequence[EventId], size: int = 500) -> Iterable[Sequence[EventId]]:
    return (found[start : start + size] for start in range(0, len(found), size))
