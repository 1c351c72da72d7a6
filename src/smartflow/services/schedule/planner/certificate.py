"""Why a group comes short: the groups it competes with, what their windows hold, and which constraints take the rest."""

from collections import Counter

from msgspec import Struct
from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Certificate, Need, Unit
from smartflow.services.schedule.planner.feasibility import PAIR, Fit, Group
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.ranges import ranges
from smartflow.services.schedule.planner.walls import CROSSES_BREAK, LONE, Walls

Spot = tuple[int, int]
_HELD = frozenset({"course", "busy", "placement", "host_taken"})


class Shortage(Struct, frozen=True, eq=False):
    """A proof that some groups (by rank) cannot all be placed."""

    ranks: tuple[int, ...]
    certificate: Certificate


def shortages(problem: Problem, fit: Fit) -> list[Shortage]:
    """Prove every "no" there is, the weightiest first; a group may stand in a later proof again, if another one needs it there."""
    found, told = list[Shortage](), set[int]()
    roots = sorted(fit.short, key=lambda rank: (-max(piece.value for piece in fit.groups[rank].pieces), rank))
    for root in roots:
        for kept in (None, root):
            if root not in told:
                ranks = violator(fit, root, kept=kept)
                found.append(Shortage(tuple(ranks), _certify(problem, fit, ranks)))
                told.update(ranks)
    lines = [] if fit.exact else _overfull_lines(problem, fit)
    return found + [shortage for shortage in lines if told.isdisjoint(shortage.ranks)]


def _certify(problem: Problem, fit: Fit, ranks: list[int]) -> Certificate:
    groups = [fit.groups[rank] for rank in ranks]
    lone = _lone_sections(problem.walls, groups)
    return Certificate(
        groups=tuple(_need(group, fit.unit) for group in groups),
        demand=sum(group.demand(fit.unit) for group in groups),
        capacity=len({cell for rank in ranks for cell in fit.matching.adjacency[rank]}),
        unit=fit.unit,
        lone_sections=len(lone),
        window=_window(groups),
        binding=_binding(problem, fit, groups, lone),
    )


def _overfull_lines(problem: Problem, fit: Fit) -> list[Shortage]:
    """Find the classes whose blocks do not fit one after another even if nobody else were there."""
    found = []
    for line in problem.lines:
        roomy = len(ranges(line))
        if roomy < len(line):
            ranks = [rank for rank, group in enumerate(fit.groups) if group.key == line[0].key]
            needs = tuple(_need(fit.groups[rank], "block") for rank in ranks)
            certificate = replace(_certify(problem, fit, ranks), groups=needs, demand=len(line), capacity=roomy, unit="block")
            found.append(Shortage(tuple(ranks), certificate))
    return found


def violator(fit: Fit, root: int, *, kept: int | None = None) -> list[int]:
    """Give groups around a short one that together ask for more cells than they have; none but the `kept` one can be left out."""
    adjacency, ranks = fit.matching.adjacency, fit.matching.reached(root)
    users = Counter(cell for rank in ranks for cell in adjacency[rank])
    demand, capacity = sum(fit.groups[rank].demand(fit.unit) for rank in ranks), len(users)
    shrunk = True
    while shrunk:
        shrunk = False
        for rank in [rank for rank in ranks if rank != kept]:
            asks = fit.groups[rank].demand(fit.unit)
            own = sum(1 for cell in adjacency[rank] if users[cell] == 1)
            if demand - asks > capacity - own:
                users.subtract(adjacency[rank])
                demand, capacity = demand - asks, capacity - own
                ranks.remove(rank)
                shrunk = True
    return ranks


def _lone_sections(walls: Walls, groups: list[Group]) -> set[Spot]:
    """Give the (day, section) that some group may use, though no usable pair has it."""
    single, paired = set[Spot](), set[Spot]()
    for group in groups:
        single |= {(p.day, p.first) for p in walls.profile(group.rules, 1).starts}
        paired |= {(p.day, section) for p in walls.profile(group.rules, PAIR).starts for section in (p.first, p.last)}
    return single - paired


def _need(group: Group, unit: Unit) -> Need:
    return Need(group.pieces[0].block.class_id, tuple(piece.block.source for piece in group.pieces), group.demand(unit))


def _window(groups: list[Group]) -> tuple[int, int]:
    return min(group.rules.first_day for group in groups), max(group.rules.last_day for group in groups)


def _binding(problem: Problem, fit: Fit, groups: list[Group], lone: set[Spot]) -> dict[str, int]:
    """Count the cells inside the windows that each constraint takes from all of the groups."""
    length = PAIR if fit.exact else 1
    codes, usable = dict[Spot, str](), set[Spot]()
    for group in groups:
        usable |= {(p.day, p.first) for p in problem.walls.profile(group.rules, length).starts}
        for p, code in problem.walls.closed(group.rules, length):
            half = fit.exact and code in _HELD and any((p.day, section) in lone for section in (p.first, p.last))
            codes.setdefault((p.day, p.first), LONE if half else code)
    taken = Counter(code for spot, code in codes.items() if spot not in usable)
    crossing = sum(1 for day, section in lone if (day, section + 1) in lone and problem.board.crosses_break(section))
    if crossing and fit.exact:
        taken[CROSSES_BREAK] = crossing
    return dict(sorted(taken.items(), key=lambda item: (-item[1], item[0])))
