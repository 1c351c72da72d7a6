"""INV-4: items of a class follow their order, without overlap."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec import Struct

from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.case import Case
from smartflow.shared.calendar.term import DAYS
from smartflow.shared.kernel.ids import ClassId, EventId, ItemId

_SECTIONS = 32
"""More than any day has, so that a day and a section make one number."""
_NAMED = 8
"""The siblings that one violation names, the nearest in their order: a class may have hundreds."""


class _Piece(Struct, frozen=True):
    event: EventId
    rank: int
    start: int
    end: int
    makes_up: bool


def item_order(case: Case) -> Iterator[Violation]:
    """Find items that come before what precedes them, or after what follows."""
    concerned: dict[ClassId, dict[EventId, None]] = {class_id: {} for class_id in case.edited}
    for event in case.fresh:
        rules = case.after.facts.class_of(case.row(event).source)
        if rules is not None:
            concerned.setdefault(rules.id, {})[event] = None
    for class_id, events in concerned.items():
        pieces = _pieces(case, class_id)
        wanted = {piece.event for piece in pieces} if class_id in case.edited else events
        for event, wrong in _disorder(case, pieces, wanted):
            yield case.breaks(event, "item_order", wrong)


def _pieces(case: Case, class_id: ClassId) -> list[_Piece]:
    """List what stands of a class in the order of its items."""
    pieces = [_piece(case, event) for event in case.after.placed(class_id)]
    return sorted(pieces, key=lambda piece: (piece.rank, piece.start, piece.event))


def _piece(case: Case, event: EventId) -> _Piece:
    row, facts = case.row(event), case.after.facts
    place = row.place
    on = (facts.terms[row.term].term.first_monday.toordinal() + DAYS * place.week + place.day) * _SECTIONS
    return _Piece(event, facts.items[ItemId(row.source.id)].order, on + place.first, on + place.last + 1, row.makes_up is not None)


def _disorder(case: Case, pieces: list[_Piece], wanted: Iterable[EventId]) -> Iterator[tuple[EventId, tuple[EventId, ...]]]:
    latest_before = [0, *accumulate((piece.end for piece in pieces), max)]
    earliest_after = [*reversed(list(accumulate((piece.start for piece in reversed(pieces)), min))), 1 << 62]
    chosen = set(wanted)
    for at, piece in enumerate(pieces):
        if piece.event in chosen and (latest_before[at] > piece.start or earliest_after[at + 1] < piece.end):
            wrong = [other for other in pieces if _wrong(piece, other) and not _owes_nothing(case, piece, other)]
            if wrong:
                nearest = sorted(wrong, key=lambda other: abs(other.rank - piece.rank))[:_NAMED]
                yield piece.event, tuple(other.event for other in nearest)


def _wrong(piece: _Piece, other: _Piece) -> bool:
    if other.rank == piece.rank:
        return False
    first, second = (piece, other) if piece.rank < other.rank else (other, piece)
    return first.end > second.start


def _owes_nothing(case: Case, one: _Piece, other: _Piece) -> bool:
    """Whether one makes up for a block and the other had begun already."""
    return (one.makes_up and _begun(case, other)) or (other.makes_up and _begun(case, one))


def _begun(case: Case, piece: _Piece) -> bool:
    return case.span(piece.event).start <= case.after.facts.now
