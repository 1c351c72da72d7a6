"""Random change sets upon a crowded little schedule, sensible often enough to be accepted."""

from datetime import date

from msgspec.structs import replace

from smartflow.client.schedule.change import Add, ChangeSet, Hide, Move, Pin, Remove, Report, Restore, added_by
from smartflow.client.schedule.place import Place, Source
from smartflow.services.schedule.timetable.facts import ClassFacts, CourseFacts, ItemFacts, TaskFacts
from tests.unit.services.schedule.timetable.world import busy, clock, meeting, noon, schedule

COURSES = [Source.course(number) for number in (1, 2, 3)]
ITEMS = [Source.item(number) for number in range(11, 15)] + [Source.item(number) for number in range(21, 24)]
TASKS = [Source.task(number) for number in (7, 8, 9)]
CLASSES = [Source.task_class(1), Source.task_class(2)]
STATES = ("done", "partly", "skipped", "live", "suspended")


def crowded():
    """Two weeks in use, the first days of them past; two fillers, two classes, three tasks, two busy blocks.

    Each course has a meeting from the start, for a course goes with its last one.
    """
    events = {number: meeting(course, Place(1, number, 5, 8)) for number, course in enumerate(COURSES, start=1)}
    sources = (
        *(CourseFacts(number, is_filler=number > 1) for number in (1, 2, 3)),
        ClassFacts(1, date(2026, 9, 7), date(2026, 9, 18), excluded_days=0b1000000),
        ClassFacts(2, None, date(2026, 9, 20), allow_fillers=False, excluded_pairs=0b100000),
        *(ItemFacts(10 + order, 1, order) for order in range(1, 5)),
        *(ItemFacts(20 + order, 2, order, sections=1) for order in range(1, 4)),
        *(TaskFacts(number, sections=2, version=number) for number in (7, 8, 9)),
    )
    blocks = [busy(1, 2, clock(8), clock(9, 30)), busy(2, 4, clock(19), clock(33))]
    return schedule(events, sources=sources, busy=blocks, now=noon(1, 3))


def change_set(rng, state):
    """Draw one to four changes."""
    each = [_change(rng, state, index) for index in range(rng.choice((1, 1, 1, 2, 2, 3, 4)))]
    back = [change.source for change in each if isinstance(change, Restore) and change.source in COURSES]
    each += [Add(course, _stretch(rng, 2)) for course in back]
    return ChangeSet(tuple(change for change in each if change is not None))


def shuffled(rng, changes):
    """Put changes into another order, and the names of what they add along with them."""
    order = list(range(len(changes.changes)))
    rng.shuffle(order)
    renamed = {added_by(was): added_by(now) for now, was in enumerate(order)}
    return ChangeSet(tuple(_renamed(changes.changes[was], renamed) for was in order)), order


def _renamed(change, names):
    if isinstance(change, Add | Move) and change.place.host in names:
        place = change.place
        hosted = Place(place.week, place.day, place.first, place.last, names[place.host])
        if isinstance(change, Move):
            return Move(change.block, hosted)
        return Add(change.source, hosted, change.makes_up, change.nominal, change.suspended)
    return change


def _change(rng, state, index):
    word = rng.choices(
        ("add", "meet", "move", "swap", "remove", "report", "pin", "hide", "restore", "make up"),
        (16, 8, 16, 4, 5, 7, 3, 1, 3, 4),
    )[0]
    if word == "add":
        return Add(_unplaced(rng, state), _place(rng, state, index))
    if word == "meet":
        return Add(rng.choice(COURSES), _stretch(rng, rng.randint(1, 4)), suspended=rng.random() < 0.1)
    if word == "hide":
        # A task that its own service has hidden may still be released; undoing that means more than what was before.
        tasks = [task for task in TASKS if state.facts.shown(task)]
        return Hide(rng.choice((*ITEMS, *CLASSES, *COURSES, *tasks)), rng.choice(("keep", "remove")))
    if word == "restore":
        hidden = [source for source in (*ITEMS, *CLASSES, *COURSES, *TASKS) if state.facts.known(source).hidden]
        return Restore(rng.choice(hidden)) if hidden else None
    return _on_block(rng, state, index, word) if state.events else None


def _on_block(rng, state, index, word):
    event = rng.choice(sorted(state.events))
    row = state.events[event]
    block = row.source if rng.random() < 0.2 and row.source.type != "course" else event
    if word == "move":
        length = row.place.length if rng.random() < 0.8 else None
        return Move(block, _stretch(rng, length or 2) if row.source.type == "course" else _place(rng, state, index, length))
    if word == "swap":
        other = state.events[rng.choice(sorted(state.events))]
        return Move(block, other.place)
    if word == "remove":
        return Remove(block, rng.choice(("keep", "remove")))
    if word == "report":
        return Report(block, rng.choice(STATES), rng.choice((None, 1, 1)))
    if word == "pin":
        return Pin(block, pinned=rng.random() < 0.5)
    past = [each for each, was in state.events.items() if was.state in {"partly", "skipped"} and was.source.type != "course"]
    if not past:
        return None
    made_up = rng.choice(sorted(past))
    return Add(state.events[made_up].source, _place(rng, state, index), makes_up=made_up)


def _unplaced(rng, state):
    free = [source for source in (*ITEMS, *TASKS) if not state.standing(source)]
    return rng.choice(free if free and rng.random() < 0.9 else [*ITEMS, *TASKS])


def _place(rng, state, index, length=None):
    """Somewhere, or inside a meeting."""
    hosts = [event for event, row in sorted(state.events.items()) if row.source in COURSES[1:]]
    if not hosts or rng.random() < 0.6:
        return _stretch(rng, length or rng.choice((1, 2, 2, 2)))
    host = rng.choice(hosts)
    inside = state.events[host].place
    first = rng.randint(inside.first, inside.last)
    last = min(inside.last, first + (length or 2) - 1) if rng.random() < 0.9 else first + 1
    return Place(inside.week, inside.day, first, last, host if rng.random() < 0.95 else added_by(index - 1))


def _stretch(rng, length):
    first = rng.randint(1, 13 - length) if rng.random() < 0.97 else rng.randint(0, 13)
    return Place(rng.randint(1, 2), rng.randint(1, 7), first, first + length - 1)


def edited_class(rng, state):
    """Give a class other rules, and its items another order."""
    rules = ClassFacts(
        rng.choice((1, 2)),
        rng.choice((None, date(2026, 9, 7), date(2026, 9, 9))),
        rng.choice((None, date(2026, 9, 15), date(2026, 9, 20))),
        allow_fillers=rng.random() < 0.6,
        excluded_days=rng.choice((0, 0, 0b10, 0b1000000)),
        excluded_pairs=rng.choice((0, 0, 0b100000, 0b1)),
        hidden=False,
    )
    items = [state.facts.items[item] for item in state.facts.items_of[rules.id]]
    orders = [item.order for item in items]
    if rng.random() < 0.3:
        rng.shuffle(orders)
    changed = [replace(item, order=order) for item, order in zip(items, orders, strict=True)]
    return state.facts.with_class(rules, changed), rules
