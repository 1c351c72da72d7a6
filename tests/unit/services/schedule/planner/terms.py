"""Small terms and work for planner tests: the default sections, days from 0, W1D2 = day 1."""

from collections.abc import Iterable, Mapping

from smartflow.services.schedule.planner.answer import Answer
from smartflow.services.schedule.planner.instance import Block, Clock, Day, Grid, Holding, Host, Instance, Place, StudyClass

TIMES = [
    (480, 525), (535, 580), (615, 660), (670, 715), (840, 885), (895, 940),
    (975, 1020), (1030, 1075), (1140, 1185), (1195, 1240), (1250, 1295), (1305, 1350),
]  # fmt: skip
RUNS = ((1, 4), (5, 8), (9, 12))
MIDNIGHT = 20_000 * 1440  # of the first Monday


def grid(weeks: int = 2, days: int | None = None) -> Grid:
    dates = tuple(
        Day(tuple(MIDNIGHT + day * 1440 + start for start, _ in TIMES), tuple(MIDNIGHT + day * 1440 + end for _, end in TIMES))
        for day in range(7 * weeks if days is None else days)
    )
    return Grid(tuple(Clock(start, end) for start, end in TIMES), RUNS, dates)


def at(day: int, minute: int = 0) -> int:
    return MIDNIGHT + day * 1440 + minute


def all_but(free: Mapping[int, Iterable[int]], days: Iterable[int]) -> tuple[Holding, ...]:
    """Courses on every section of the days except the free ones."""
    return tuple(
        Holding("course", 1000 + 100 * day + section, day, section, section)
        for day in days
        for section in range(1, 13)
        if section not in set(free.get(day, ()))
    )


def items(class_id: int, count: int, **facts: object) -> tuple[Block, ...]:
    return tuple(Block(f"item:{100 * class_id + order}", class_id, order, **facts) for order in range(1, count + 1))


def instance(blocks: Iterable[Block], *classes: StudyClass, days: int = 14, **rest: object) -> Instance:
    return Instance(MIDNIGHT, grid(days=days), tuple(blocks), classes, **rest)


def places(answer: Answer) -> dict[str, Place]:
    return {placement.source: placement.place for placement in answer.placements}


def host(event_id: int, day: int, first: int, last: int, attention_left: int = 2) -> Host:
    return Host(event_id, day, first, last, attention_left)
