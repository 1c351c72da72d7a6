"""The invariants once more, told by a reader who does not know how the judge works: section by section, pair by pair."""

from itertools import combinations

from smartflow.client.schedule.place import Source
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.calendar.sections import Slot


def broken(state):
    """Name every rule that a state breaks, busy blocks apart."""
    return [
        *_held_once(state),
        *_guests(state),
        *_order(state),
        *_windows(state),
        *_single(state),
        *_sources(state),
    ]


def on_busy(outcome):
    """Name the placements that an outcome laid onto what an outside calendar holds."""
    blocks = {block.id: block for those in outcome.after.facts.busy.values() for block in those}.values()
    for event, row in outcome.after.events.items():
        was = outcome.before.events.get(event)
        stays = was is not None and (was.term, was.place.slot) == (row.term, row.place.slot)
        if row.source.type == "course" or row.state not in {"live", "done"} or stays:
            continue
        term = outcome.after.facts.terms[row.term].term
        for section in range(row.place.first, row.place.last + 1):
            span = to_instants(term, Slot(row.place.week, row.place.day, section, section))
            if any(block.span.start < span.end and span.start < block.span.end for block in blocks):
                yield "busy", event, section


def _held_once(state):
    held = {}
    for event, row in state.events.items():
        if row.state in {"live", "done"} and row.place.host is None:
            for section in range(row.place.first, row.place.last + 1):
                key = row.term, row.place.week, row.place.day, section
                if key in held:
                    yield "occupied", event, held[key]
                held[key] = event


def _guests(state):
    taken = {}
    for event, row in state.events.items():
        if row.place.host is None:
            continue
        if row.source.type == "course":
            yield "a meeting as guest", event
        if row.state not in {"live", "done"}:
            yield "history as guest", event
        host = state.events.get(row.place.host)
        if host is None or host.source.type != "course" or host.state not in {"live", "done"}:
            yield "no host", event
            continue
        where, there = row.place, host.place
        if (row.term, where.week, where.day) != (host.term, there.week, there.day):
            yield "another day", event
        for section in range(where.first, where.last + 1):
            if not there.first <= section <= there.last:
                yield "outside", event, section
            if (where.host, section) in taken:
                yield "taken", event, taken[where.host, section]
            taken[where.host, section] = event
        if not state.facts.courses[host.source.id].is_filler:
            yield "no filler", event
        if row.source.type == "task_item" and not _class(state, row).allow_fillers:
            yield "class stays out", event


def _order(state):
    standing = [(event, row) for event, row in state.events.items() if row.source.type == "task_item" and row.state in {"live", "done"}]
    for (event, row), (other, behind) in combinations(standing, 2):
        one, two = state.facts.items[row.source.id], state.facts.items[behind.source.id]
        if one.class_id != two.class_id or one.order == two.order:
            continue
        begun, begun_behind = _begun(state, row), _begun(state, behind)
        if (row.makes_up is not None and begun_behind) or (behind.makes_up is not None and begun):
            continue
        early, late = (row, behind) if one.order < two.order else (behind, row)
        if (*_day(state, early), early.place.last) >= (*_day(state, late), late.place.first):
            yield "order", event, other


def _windows(state):
    for event, row in state.events.items():
        term = state.facts.terms[row.term].term
        if not term.has(row.place.week, row.place.day) or not 1 <= row.place.first <= row.place.last <= len(term.table):
            yield "nowhere", event
            continue
        if row.source.type == "course" or row.state not in {"live", "done"}:
            continue
        if any(row.place.first <= section < row.place.last for section in term.table.breaks):
            yield "break", event
        if row.source.type == "task_item":
            rules, on = _class(state, row), term.date_of(row.place.week, row.place.day)
            if (rules.start and on < rules.start) or (rules.end and on > rules.end):
                yield "window", event
            if rules.excluded_days & (1 << (on.isoweekday() - 1)):
                yield "day", event
            if any(rules.excluded_pairs & (1 << ((section - 1) // 2)) for section in range(row.place.first, row.place.last + 1)):
                yield "pair", event


def _single(state):
    keys = {}
    for event, row in state.events.items():
        if row.source.type == "course":
            key = "course", row.source.id, row.nominal.week, row.nominal.day, row.nominal.first
        elif row.state in {"live", "done"}:
            key = row.source.type, row.source.id
        else:
            continue
        if key in keys:
            yield "twice", event, keys[key]
        keys[key] = event


def _sources(state):
    for event, row in state.events.items():
        if not state.facts.shown(row.source):
            yield "no source", event
        if row.source.type == "task_item" and not state.facts.shown(Source.task_class(_class(state, row).id)):
            yield "no class", event


def _class(state, row):
    return state.facts.classes[state.facts.items[row.source.id].class_id]


def _day(state, row):
    return (state.facts.terms[row.term].term.date_of(row.place.week, row.place.day),)


def _begun(state, row):
    term = state.facts.terms[row.term].term
    return to_instants(term, row.place.slot).start <= state.facts.now
