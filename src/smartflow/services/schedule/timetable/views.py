"""The schedule as a person sees it: hosts cut where guests begin and end, and what is left between. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from smartflow.client.schedule.block import Block, Current, Day, Guest, Week
from smartflow.client.schedule.place import Place
from smartflow.client.schedule.term import TermView
from smartflow.services.schedule.timetable.seen import Seen
from smartflow.shared.calendar.faults import OutsideTerm
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.calendar.sections import SectionTable, Slot, ranges_of
from smartflow.shared.calendar.term import DAYS
from smartflow.shared.kernel.ids import EventId

NOTHING = EventId(0)
DayOfWeek = tuple[int, int]


def week_at(view: TermView, now: datetime) -> int:
    """Give the term's week at an instant; outside the term, the nearest one."""
    on = view.term.today(now)
    try:
        return view.term.week_of(on)[0]
    except OutsideTerm:
        return 1 if on < view.first_monday else view.term.weeks


def day_at(view: TermView, now: datetime) -> DayOfWeek | None:
    """Give week and day at an instant; none: the term does not have it."""
    try:
        return view.term.week_of(view.term.today(now))
    except OutsideTerm:
        return None


def show_week(view: TermView, week: int, seen: Iterable[Seen], *, empty: bool) -> Week:
    """Show a week of a term."""
    days = [(week, day) for day in range(1, DAYS + 1) if view.term.has(week, day)]
    by_day = _by_day(seen)
    blocks = tuple(block for day in days for block in _blocks(view, day, by_day[day], empty=empty))
    start, end = view.term.date_of(*days[0]), view.term.date_of(*days[-1])
    return Week(view.id, week, view.term.weeks, start, end, view.schedule_version, blocks)


def show_day(view: TermView, day: DayOfWeek, seen: Iterable[Seen]) -> Day:
    """Show a day of a term, without empty stretches."""
    return Day(*day, view.term.date_of(*day), tuple(_blocks(view, day, _by_day(seen)[day], empty=False)))


def show_current(day: Day, now: datetime) -> Current:
    """Show what is under way or comes next on a day."""
    coming = [block for block in day.blocks if now < block.ends_at and _lives(block)]
    block = min(coming, key=lambda each: (each.starts_at, each.ends_at), default=None)
    return Current(block, ongoing=block is not None and block.starts_at <= now)


def _by_day(seen: Iterable[Seen]) -> defaultdict[DayOfWeek, list[Seen]]:
    days: defaultdict[DayOfWeek, list[Seen]] = defaultdict(list)
    for each in seen:
        days[each.placed.place.week, each.placed.place.day].append(each)
    return days


def _blocks(view: TermView, day: DayOfWeek, seen: Sequence[Seen], *, empty: bool) -> Iterator[Block]:
    """Show a day in order; what lies on the same sections follows the order of the events."""
    blocks = [*_standing(view, seen), *(_empty(view, day, seen) if empty else ())]
    blocks.sort(key=lambda block: (block.place.first, block.place.last, block.event))
    return (replace(block, order=rank) for rank, block in enumerate(blocks, start=1))


def _standing(view: TermView, seen: Sequence[Seen]) -> Iterator[Block]:
    """Show every event, a guest inside its host."""
    by_id = {each.placed.event: each for each in seen}
    guests: defaultdict[EventId, list[Seen]] = defaultdict(list)
    alone: list[Seen] = []
    for each in seen:
        place = each.placed.place
        host = by_id.get(place.host) if place.host is not None else None
        if host is not None and host.placed.place.slot.holds(place.slot):
            guests[host.placed.event].append(each)
        else:
            alone.append(each)
    for each in alone:
        for first, last, guest in _parts(each.placed.place.slot, guests[each.placed.event]):
            yield _block(view, each, replace(each.placed.place, first=first, last=last), guest)


def _parts(slot: Slot, guests: Iterable[Seen]) -> Iterator[tuple[int, int, Seen | None]]:
    """Cut a stretch where guests begin and end, as (first, last, guest)."""
    at = slot.first
    for guest in sorted(guests, key=lambda each: each.placed.place.order):
        place = guest.placed.place
        if at < place.first:
            yield at, place.first - 1, None
        yield place.first, place.last, guest
        at = place.last + 1
    if at <= slot.last:
        yield at, slot.last, None


def _block(view: TermView, seen: Seen, place: Place, guest: Seen | None) -> Block:
    placed = seen.placed
    return replace(
        _stretch(view, place),
        event=placed.event,
        kind="course" if placed.source.type == "course" else "task",
        name=seen.name,
        location=seen.location,
        status="interrupted" if seen.interrupted else "normal",
        source=placed.source,
        task_class=seen.task_class,
        state=placed.state,
        done_sections=placed.done_sections,
        pinned=placed.pinned,
        takes_guests=seen.is_filler and not seen.interrupted and guest is None,
        guest=None if guest is None else _guest(guest),
    )


def _guest(seen: Seen) -> Guest:
    placed = seen.placed
    return Guest(placed.event, placed.source, seen.name, placed.state, placed.done_sections, placed.pinned)


def _empty(view: TermView, day: DayOfWeek, seen: Sequence[Seen]) -> Iterator[Block]:
    """Show what nothing lies on, per section run."""
    held = {section for each in seen for section in each.placed.place.slot.sections}
    for first, last in _free(view.term.table, held):
        yield _stretch(view, Place(*day, first, last))


def _free(table: SectionTable, held: set[int]) -> Iterator[tuple[int, int]]:
    for run in table.runs():
        yield from ranges_of(section for section in run if section not in held)


def _stretch(view: TermView, place: Place) -> Block:
    """Show a stretch of a day with its times, of nothing yet."""
    span, rows = to_instants(view.term, place.slot), view.term.table.rows
    return Block(
        event=NOTHING,
        term=view.id,
        place=place,
        order=0,
        date=view.term.date_of(place.week, place.day),
        starts=rows[place.first - 1].start,
        ends=rows[place.last - 1].end,
        starts_at=span.start,
        ends_at=span.end,
        kind="empty",
    )


def _lives(block: Block) -> bool:
    return block.state == "live" or (block.guest is not None and block.guest.state == "live")
