"""Setting a term, by itself or as the first step of an import: looked at, then written. Who writes holds the version."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.block import Placed
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.term import DroppedBlock, DroppedBlocks, TermDropsBlocks, TermView
from smartflow.services.schedule.timetable import journal, names, repository, rows, terms
from smartflow.services.schedule.timetable.clashes import judged
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.facts import TaskFacts, TermFacts
from smartflow.services.schedule.timetable.guests import settle
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.journal import Recorded
from smartflow.services.schedule.timetable.overrides import meeting_changes, timetable
from smartflow.services.schedule.timetable.parts import Part
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.term_change import Redated, redate, term_meant
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, TermId


class TermSetting(Struct, frozen=True):
    """What setting a term comes to.

    `was` is the stored term that changes, if any; `names` are of what would fall out; `days` is what becomes of
    meetings, and of their guests, whose day overrides, which are dates, lie in other weeks then.
    """

    draft: TermDraft
    was: TermView | None
    view: TermView
    redated: Redated = Redated((), ())
    names: Mapping[Source, str] = {}
    days: Outcome | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether the term is like that already."""
        return self.was == self.view

    @property
    def weeks(self) -> frozenset[int]:
        """The weeks whose blocks get other instants."""
        return frozenset(block.place.week for block, _ in self.redated.moved)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources whose blocks get other instants."""
        return tuple(sorted({block.source for block, _ in self.redated.moved}))

    def refusal(self, titles: Mapping[Source, str]) -> TermDropsBlocks | None:
        """Say what would fall out; `titles` are those of tasks, which are asked while nothing is open."""
        dropped = tuple(_dropped(block, {**self.names, **titles}) for block in self.redated.dropped)
        return TermDropsBlocks(DroppedBlocks(dropped)) if dropped else None


async def consider(reader: Read, call: Call, draft: TermDraft, wanted: TermId | None, *, tasks: Iterable[TaskFacts] = ()) -> TermSetting:
    """Work out what setting a term does; nothing is written.

    Raises:
        InvalidInput: The draft breaks rules (`overlap`: it meets several terms).
        TermNotFound: The owner has no such term.
        Refusal: What the validator says of meetings that follow their day overrides.
    """
    own = await terms.load(reader, call.owner, call.zone)
    was = term_meant(own.stored, draft, wanted)
    if was is None or was.id is None:
        return TermSetting(draft, None, terms.view_of(None, draft, version=own.version))
    view = terms.view_of(was.id, draft, version=own.version)
    redated = redate(view.term, await repository.of_term(reader, call.owner, was.id))
    if redated.dropped:
        called = await names.load(reader, call.owner, [block.source for block in redated.dropped])
        return TermSetting(draft, was, view, redated, called)
    return TermSetting(draft, was, view, redated, days=await _days(reader, call.owner, own, view, tasks))


async def set_in(unit: Unit, call: Call, setting: TermSetting, version: int) -> TermView:
    """Write a term as a change set of its own, upon the version that was locked; gives it under the next one."""
    view, steps = await _carry_out(unit, call.owner, setting)
    done = Recorded("term", call.actor, steps, weeks=setting.weeks, sources=setting.sources)
    change_id = await journal.record(unit, call.owner, done, version=version)
    await rows.blame(unit, call.owner, steps, change_id)
    return replace(view, schedule_version=version + 1)


async def _carry_out(unit: Unit, owner: OwnerId, setting: TermSetting) -> tuple[TermView, tuple[Step, ...]]:
    """Write a term, its section table and the instants of its blocks; day overrides outside of it go.

    Gives also the steps of meetings that changed their days.
    """
    term_id = setting.view.id
    if term_id is None:
        return replace(setting.view, id=await terms.add(unit, owner, setting.draft)), ()
    await terms.save(unit, owner, term_id, setting.draft)
    await terms.drop_overrides(unit, owner, term_id, setting.view.term)
    await repository.redate(unit, owner, setting.redated.spans())
    return setting.view, () if setting.days is None else await rows.write(unit, owner, setting.days)


async def _days(reader: Read, owner: OwnerId, own: Terms, view: TermView, tasks: Iterable[TaskFacts]) -> Outcome | None:
    """Work out where the day overrides have the meetings among the weeks of the changed term."""
    was = own.chosen(view.id)
    listed = () if view.id is None else await terms.overrides(reader, owner, view.id)
    if view.id is None or not listed or was.term == view.term:
        return None
    state = await rows.load(reader, owner, own, tasks, Part(view.id))
    changed = {**state.facts.terms, view.id: TermFacts(view.id, view.term, view.preferences)}
    state = state.with_facts(replace(state.facts, terms=changed))
    kept = [each for each in listed if view.first_monday <= each.on <= view.last_day]
    meetings = {event: row for event, row in state.events.items() if row.nominal is not None and row.term == view.id}
    changes = meeting_changes(timetable(was.term, listed), timetable(view.term, kept), meetings)
    outcome = settle(state, changes, view.id)
    no = refusal(await judged(reader, owner, outcome, ()))
    if no is not None:
        raise no
    return outcome if outcome.steps else None


def _dropped(block: Placed, names: Mapping[Source, str]) -> DroppedBlock:
    name = names.get(block.source, "")
    return DroppedBlock(block.event, block.source, name, block.place, block.starts_at, block.ends_at)
