"""Setting a term: which one a range means, what would fall out of it, and when its blocks are then. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from smartflow.client.schedule.block import Placed
from smartflow.client.schedule.term import TermNotFound, TermView
from smartflow.shared.calendar.draft import TermDraft, check
from smartflow.shared.calendar.faults import CalendarFault
from smartflow.shared.calendar.instants import Interval, to_instants
from smartflow.shared.calendar.term import Term
from smartflow.shared.kernel.ids import EventId, TermId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput


class Redated(Struct, frozen=True):
    """What a changed term does to its blocks: those it has no room for, and the others' instants where they are new."""

    dropped: tuple[Placed, ...]
    moved: tuple[tuple[Placed, Interval], ...]

    def spans(self) -> dict[EventId, Interval]:
        """Give the new instants by event."""
        return {block.event: span for block, span in self.moved}


def term_meant(stored: Sequence[TermView], draft: TermDraft, wanted: TermId | None) -> TermView | None:
    """Say which term a draft changes: the one that is wanted, else the one that its range overlaps; none: it makes one.

    Raises:
        InvalidInput: The draft breaks rules, or overlaps more than the one that it changes.
        TermNotFound: The owner has no such term.
    """
    errors = check(draft)
    if errors:
        raise InvalidInput(errors)
    named = [each for each in stored if each.id == wanted]
    if wanted is not None and not named:
        raise TermNotFound
    met = [each for each in stored if draft.first_monday <= each.last_day and each.first_monday <= draft.last_day]
    others = [each for each in met if each.id != wanted]
    if len(others) > (0 if named else 1):
        raise InvalidInput([FieldError("first_monday", "overlap")])
    return next(iter(named or others), None)


def redate(term: Term, blocks: Iterable[Placed]) -> Redated:
    """Lay the blocks of a term into what it is to be: coordinates stay, instants follow."""
    dropped: list[Placed] = []
    moved: list[tuple[Placed, Interval]] = []
    for block in blocks:
        try:
            span = to_instants(term, block.place.slot)
        except CalendarFault:
            dropped.append(block)
            continue
        if span != Interval(block.starts_at, block.ends_at):
            moved.append((block, span))
    return Redated(tuple(dropped), tuple(moved))
