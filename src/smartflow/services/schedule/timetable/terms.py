"""Terms as rows, and the choice among them. Until one is stored, a person has the default one."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row, and_, delete, or_, select, update

from smartflow.client.schedule.term import DayOverride, TermNotFound, TermView
from smartflow.services.schedule.timetable.journal import version_of
from smartflow.services.schedule.timetable.tables import day_overrides, sections, terms, versions
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.hours import Preferences
from smartflow.shared.calendar.sections import Section, SectionTable
from smartflow.shared.calendar.term import Term, current_term, default_term
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.ids import OwnerId, TermId


class Terms(Struct, frozen=True):
    """The terms of a person: those that are stored, by first Monday, and the current one, stored or not."""

    stored: tuple[TermView, ...]
    current: TermView
    version: int

    @property
    def shown(self) -> tuple[TermView, ...]:
        """What a person sees: the default one while there is no other."""
        return self.stored or (self.current,)

    def chosen(self, wanted: TermId | None) -> TermView:
        """Give the term that is wanted; none named: the current one.

        Raises:
            TermNotFound: The owner has no such term.
        """
        found = self.current if wanted is None else next((each for each in self.stored if each.id == wanted), None)
        if found is None:
            raise TermNotFound
        return found

    def by_id(self) -> dict[TermId, Term]:
        """Give the stored terms by their ids."""
        return {each.id: each.term for each in self.stored if each.id is not None}


async def load(reader: Read, owner: OwnerId, zone: str) -> Terms:
    """Load all terms of an owner; the default one is in the owner's zone."""
    joined = terms.join(sections, sections.c.term_id == terms.c.id).outerjoin(versions, versions.c.user_id == terms.c.user_id)
    columns = (*terms.c, sections.c.number, sections.c.starts, sections.c.ends, sections.c.break_after, versions.c.version)
    query = select(*columns).select_from(joined).where(terms.c.user_id == owner)
    rows = await reader.all(query.order_by(terms.c.first_monday, terms.c.id, sections.c.number))
    stored = tuple(_view(list(group)) for _, group in groupby(rows, key=lambda row: row.id))
    version = stored[0].schedule_version if stored else await version_of(reader, owner)
    default = TermView(None, "", default_term(zone, reader.now), Preferences(), is_default=True, schedule_version=version)
    return Terms(stored, current_term(stored, reader.now) or default, version)


async def stored(unit: Unit, owner: OwnerId, zone: str) -> Terms:
    """Load all terms for a write that needs one: the default one is stored if there is no other."""
    found = await load(unit, owner, zone)
    if found.stored:
        return found
    term = found.current.term
    table = term.table
    draft = TermDraft(term.first_monday, term.last_day, term.zone, table.rows, tuple(sorted(table.breaks)))
    view = replace(found.current, id=await add(unit, owner, draft, is_default=True))
    return Terms((view,), view, found.version)


async def add(unit: Unit, owner: OwnerId, draft: TermDraft, *, is_default: bool = False) -> TermId:
    """Insert a term with its section table."""
    row = {"user_id": owner, **_values(draft, is_default=is_default), "created_at": unit.now, "updated_at": unit.now}
    term_id = TermId(await unit.insert(terms, row))
    await unit.bulk(sections, _rows(owner, term_id, draft.table))
    return term_id


async def save(unit: Unit, owner: OwnerId, term_id: TermId, draft: TermDraft) -> None:
    """Write a term anew, which then is a person's own; its section table is replaced."""
    mine = and_(terms.c.user_id == owner, terms.c.id == term_id)
    await unit.run(update(terms).where(mine).values(**_values(draft, is_default=False), updated_at=unit.now))
    await unit.run(delete(sections).where(sections.c.user_id == owner, sections.c.term_id == term_id))
    await unit.bulk(sections, _rows(owner, term_id, draft.table))


async def overrides(reader: Read, owner: OwnerId, term_id: TermId) -> tuple[DayOverride, ...]:
    """List a term's day overrides, by date."""
    mine = and_(day_overrides.c.user_id == owner, day_overrides.c.term_id == term_id)
    rows = await reader.all(select(day_overrides).where(mine).order_by(day_overrides.c.date))
    return tuple(DayOverride(row.date, row.kind, row.week, row.day) for row in rows)


async def replace_overrides(unit: Unit, owner: OwnerId, term_id: TermId, wanted: Sequence[DayOverride]) -> None:
    """Put another list in the place of a term's day overrides."""
    await unit.run(delete(day_overrides).where(day_overrides.c.user_id == owner, day_overrides.c.term_id == term_id))
    mine = {"user_id": owner, "term_id": term_id}
    await unit.bulk(day_overrides, [{**mine, "date": each.on, "kind": each.kind, "week": each.week, "day": each.day} for each in wanted])


async def drop_overrides(unit: Unit, owner: OwnerId, term_id: TermId, term: Term) -> None:
    """Drop the day overrides of dates that a term does not have any more."""
    mine = and_(day_overrides.c.user_id == owner, day_overrides.c.term_id == term_id)
    outside = or_(day_overrides.c.date < term.first_monday, day_overrides.c.date > term.last_day)
    await unit.run(delete(day_overrides).where(mine, outside))


def view_of(term_id: TermId | None, draft: TermDraft, *, version: int) -> TermView:
    """Show a term as a draft has it."""
    return TermView(term_id, draft.name, draft.term, draft.preferences, is_default=False, schedule_version=version)


def _view(rows: Sequence[Row[Any]]) -> TermView:
    """Make a term of its row joined with each of its sections."""
    row = rows[0]
    breaks = frozenset(each.number for each in rows if each.break_after)
    table = SectionTable(tuple(Section(each.number, each.starts, each.ends) for each in rows), breaks)
    return TermView(
        id=TermId(row.id),
        name=row.name,
        term=Term(row.first_monday, row.last_day, row.zone, table),
        preferences=msgspec.convert(row.preferences, Preferences),
        is_default=row.is_default,
        schedule_version=row.version or 0,
    )


def _values(draft: TermDraft, *, is_default: bool) -> dict[str, Any]:
    return {
        "name": draft.name,
        "first_monday": draft.first_monday,
        "last_day": draft.last_day,
        "zone": draft.zone,
        "is_default": is_default,
        "preferences": plain(draft.preferences),
    }


def _rows(owner: OwnerId, term_id: TermId, table: SectionTable) -> list[dict[str, Any]]:
    mine = {"user_id": owner, "term_id": term_id}
    return [
        {**mine, "number": row.number, "starts": row.start, "ends": row.end, "break_after": row.number in table.breaks}
        for row in table.rows
    ]
