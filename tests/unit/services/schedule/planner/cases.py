"""Random small instances for property tests."""

from hypothesis import strategies as st

from smartflow.services.schedule.planner.instance import Block, Holding, Host, Instance, Place, StudyClass
from tests.unit.services.schedule.planner.terms import RUNS, at, grid


@st.composite
def instances(draw, *, lengths=(1, 2, 3, 4), standing=True):
    """A term of a few days, crowded enough that things collide, with up to three classes and four tasks."""
    days = draw(st.integers(1, 10))
    holdings, hosts, used = [], [], set()
    for number in range(draw(st.integers(0, 14))):
        day, first, length = draw(st.integers(0, days - 1)), draw(st.integers(1, 12)), draw(st.integers(1, 4))
        spots = {(day, section) for section in range(first, min(12, first + length - 1) + 1)}
        if spots & used:
            continue
        used |= spots
        last = max(section for _, section in spots)
        kind = draw(st.sampled_from(["course", "busy", "host", "host"]))
        if kind == "host":
            hosts.append(Host(number + 1, day, first, last, draw(st.integers(1, 3))))
        else:
            holdings.append(Holding(kind, number + 1, day, first, last))
    classes = [draw(_classes(number, days)) for number in range(1, draw(st.integers(0, 3)) + 1)]
    blocks = [
        Block(f"item:{10 * study.id + order}", study.id, order, draw(st.sampled_from(lengths)), demand=draw(st.integers(1, 3)))
        for study in classes
        for order in range(1, draw(st.integers(0, 5)) + 1)
    ]
    blocks += [draw(_tasks(number, days, lengths)) for number in range(draw(st.integers(0, 4)))]
    if standing:
        blocks = [draw(_maybe_standing(block, days, used)) for block in blocks]
    return Instance(
        now=at(draw(st.integers(0, 1)), draw(st.integers(0, 1439))),
        grid=grid(days=days),
        blocks=tuple(blocks),
        classes=tuple(classes),
        holdings=tuple(holdings),
        hosts=tuple(hosts),
        max_moves=draw(st.integers(0, 3)),
        seed=draw(st.integers(0, 9)),
        steps=3000,
    )


@st.composite
def _classes(draw, number, days):
    first = draw(st.integers(0, days - 1))
    return StudyClass(
        id=number,
        strategy=draw(st.sampled_from(["steady", "rapid"])),
        first_day=first,
        last_day=draw(st.one_of(st.none(), st.integers(first, days - 1))),
        heavy=draw(st.booleans()),
        allow_fillers=draw(st.booleans()),
        excluded_weekdays=tuple(draw(st.sets(st.integers(1, 7), max_size=2))),
        excluded_pairs=tuple(draw(st.sets(st.integers(1, 6), max_size=2))),
    )


@st.composite
def _tasks(draw, number, days, lengths):
    return Block(
        f"task:{number}",
        sections=draw(st.sampled_from(lengths)),
        importance=draw(st.sampled_from([1, 2, 4, 8])),
        deadline=draw(st.one_of(st.none(), st.integers(at(0), at(days)))),
        deadline_hard=draw(st.booleans()),
        allow_fillers=draw(st.booleans()),
    )


@st.composite
def _maybe_standing(draw, block, days, used):
    """Let some blocks stand where nothing else is; pinned, or free to be moved."""
    day, first = draw(st.integers(0, days - 1)), draw(st.integers(1, 12))
    last = first + block.sections - 1
    spots = {(day, section) for section in range(first, last + 1)}
    in_run = any(opening <= first <= last <= closing for opening, closing in RUNS)
    if not in_run or spots & used or draw(st.integers(0, 3)) > 0:
        return block
    used |= spots
    return Block(
        block.source, block.class_id, block.order, block.sections, block.importance, block.demand,
        deadline=block.deadline, deadline_hard=block.deadline_hard, allow_fillers=block.allow_fillers,
        current=Place(day, first, last), pinned=draw(st.booleans()),
    )  # fmt: skip
