"""Which part of a schedule a change set is judged upon: enough of it, and not the whole of a long life."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, false, or_, select

from smartflow.client.schedule.change import Add, Change, ChangeSet, Hide, Move, Restore
from smartflow.client.schedule.place import WORDS, Source
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.repository import placed_events, row_source
from smartflow.services.schedule.timetable.tables import events, items
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.ids import EventId, OwnerId, TermId

_MOST = 500
"""Who names more than so much is given everything."""


class Found(Struct, frozen=True):
    """Rows of events, in the order in which they were made, and of items."""

    events: Sequence[Row[Any]]
    items: Sequence[Row[Any]]


class Part(Struct, frozen=True):
    """What a change set is about: the term that it means (none: the current one), and what it names.

    It stands for all events of that term and of the terms in which anything named stands, and for all events of whatever
    stands there or is named, wherever they are (of an item: of its class). No more is looked at by the judge.
    """

    term: TermId | None = None
    blocks: tuple[EventId, ...] = ()
    sources: tuple[Source, ...] = ()
    terms: tuple[TermId, ...] = ()


def part_of(changes: ChangeSet) -> Part:
    """Say what a change set is about."""
    named = [each for change in changes.changes for each in _named(change)]
    blocks = tuple(each for each in named if not isinstance(each, Source) and each > 0)
    classes = (Source.task_class(each) for each in changes.edited)
    return Part(changes.term, blocks, (*(each for each in named if isinstance(each, Source)), *classes))


def part_of_steps(steps: Sequence[Step]) -> Part:
    """Say what the undoing of steps is about."""
    images = [image for step in steps for image in (step.before, step.after) if image is not None]
    hosts = {image.place.host for image in images}
    blocks = {step.event for step in steps} | hosts
    return Part(
        blocks=tuple(sorted(each for each in blocks if each is not None)),
        sources=tuple(sorted({step.source for step in steps})),
        terms=tuple(sorted({image.term for image in images})),
    )


async def terms_of(reader: Read, owner: OwnerId, own: Terms, part: Part | None) -> frozenset[TermId] | None:
    """Find the terms of a part; none: it is the whole."""
    if part is None or len(own.stored) <= 1 or len(part.blocks) + len(part.sources) > _MOST:
        return None
    chosen = own.chosen(part.term).id
    there = or_(events.c.id.in_(part.blocks), *_among(part.sources))
    rows = await reader.all(select(events.c.term_id).where(events.c.user_id == owner, there).distinct())
    found = {chosen, *part.terms, *(TermId(row.term_id) for row in rows)}
    return frozenset(each for each in found if each is not None)


async def found(reader: Read, owner: OwnerId, own: Terms, part: Part | None) -> Found:
    """Load what belongs to a part; none: everything."""
    among = await terms_of(reader, owner, own, part)
    mine, every = select(items).where(items.c.user_id == owner), placed_events(owner).order_by(events.c.id)
    if part is None or among is None:
        return Found(await reader.all(every), await reader.all(mine))
    near = await reader.all(every.where(events.c.term_id.in_(among)))
    sources = {*part.sources, *map(row_source, near)}
    known = await reader.all(mine.where(_together(sources)))
    whole = {*(each for each in sources if each.type != "task_item"), *(Source.task_class(row.class_id) for row in known)}
    far = await reader.all(every.where(events.c.term_id.not_in(among), or_(false(), *_among(whole))))
    return Found(sorted((*near, *far), key=lambda row: row.id), known)


def _named(change: Change) -> Iterator[EventId | Source]:
    yield change.source if isinstance(change, Add | Hide | Restore) else change.block
    if isinstance(change, Add | Move) and change.place.host is not None:
        yield change.place.host


def _together(sources: Collection[Source]) -> ColumnElement[bool]:
    """Say of items that they are of the classes that are named, or of which an item is."""
    mates = items.alias()
    named = [source.id for source in sources if source.type == "task_item"]
    of_items = select(mates.c.class_id).where(mates.c.id.in_(named))
    classes = [source.id for source in sources if source.type == "task_class"]
    return or_(items.c.class_id.in_(classes), items.c.class_id.in_(of_items))


def _among(sources: Iterable[Source]) -> Iterator[ColumnElement[bool]]:
    """Say of events that they are of sources; of a class: of its items."""
    ids: dict[str, list[int]] = {}
    for source in sources:
        ids.setdefault(WORDS[source.type], []).append(source.id)
    classes = ids.pop("class", [])
    if classes:
        yield and_(events.c.kind == "item", events.c.source_id.in_(select(items.c.id).where(items.c.class_id.in_(classes))))
    yield from (and_(events.c.kind == kind, events.c.source_id.in_(found)) for kind, found in ids.items())
