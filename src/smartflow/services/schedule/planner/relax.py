"""The smallest changes that would end a shortage, each tried by matching again before it is named."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, islice

from msgspec import Struct
from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Relaxation
from smartflow.services.schedule.planner.feasibility import PAIR, Fit, Group, cells
from smartflow.services.schedule.planner.hours import span, weekday_bits
from smartflow.services.schedule.planner.instance import DAY, WEEK, Limits
from smartflow.services.schedule.planner.piece import Piece
from smartflow.services.schedule.planner.problem import owner
from smartflow.services.schedule.planner.solution import Solution
from smartflow.services.schedule.planner.walls import FOREVER, Rules, Walls

_SHOWN = 6
# Two changes together are looked for only where no single one does, and not for ever.
_PAIRS_TRIED = 60
_PAIRS_SHOWN = 3
_TOGETHER = 2
_OPEN_LIMITS = Limits()


class Edit(Struct, frozen=True, eq=False):
    """A change to try: to the rules of one owner's groups, or to the walls of all."""

    relaxation: Relaxation
    owner: str = ""
    change: Callable[[Rules], Rules] | None = None
    walls: Walls | None = None


class Relaxer:
    """Tries changes for one shortage (the ranks of its groups), upon the best plan found."""

    def __init__(self, solution: Solution, fit: Fit, ranks: Iterable[int]) -> None:
        self._solution = solution
        self._problem = solution.problem
        self._fit = fit
        self._ranks = set(ranks)
        self._groups = [group for rank, group in enumerate(fit.groups) if rank in self._ranks]
        self._missing = [piece for group in self._groups for piece in group.pieces if solution.spots[piece.index] is None]

    def find(self) -> tuple[Relaxation, ...]:
        """Give the changes that suffice, the gentler kinds first; two together only where no one does alone."""
        edits = list(self._edits())
        single = (self._least(edit, ()).relaxation for edit in edits if self._suffice((edit,)))
        found = list(islice(single, _SHOWN)) or list(islice(self._together(edits), _PAIRS_SHOWN))
        return (*found, *self._shortened(), *self._dropped())

    def _edits(self) -> Iterator[Edit]:
        owners = {_owner(group): group for group in self._groups}
        yield from self._extensions(owners.values())
        hosts = bool(self._problem.board.hosts)
        for name, group in owners.items():
            if hosts and not group.rules.allow_fillers:
                yield Edit(Relaxation("allow_filler", name), name, lambda rules: replace(rules, allow_fillers=True))
        for name, group in owners.items():
            yield from _dropped_exclusions(name, group)
        yield from self._dropped_limits()

    def _extensions(self, groups: Iterable[Group]) -> Iterator[Edit]:
        for group in groups:
            days = self._problem.board.days
            until = group.rules.last_day if group.rules.deadline == FOREVER else self._day_of(group.rules.deadline)
            if until < days - 1:
                yield self._extension(group, days - 1 - until)

    def _extension(self, group: Group, days: int) -> Edit:
        last = self._problem.board.days - 1

        def extend(rules: Rules) -> Rules:
            later = rules.deadline if rules.deadline == FOREVER else rules.deadline + days * DAY
            return replace(rules, last_day=min(last, rules.last_day + days), deadline=later)

        return Edit(Relaxation("extend_window", _owner(group), days), _owner(group), extend)

    def _day_of(self, instant: int) -> int:
        begun = [day for day, dated in enumerate(self._problem.board.grid.days) if dated.starts[0] <= instant]
        return begun[-1] if begun else 0

    def _dropped_limits(self) -> Iterator[Edit]:
        instance, walls = self._problem.instance, self._problem.walls
        for name in Limits.__struct_fields__:
            dropped = replace(instance.limits, **{name: getattr(_OPEN_LIMITS, name)})
            if dropped != instance.limits:
                yield Edit(Relaxation("drop_limit", name), walls=walls.relaxed(limits=dropped))
        forbidden = instance.preferences.forbidden
        for rule in sorted({hours.rule for hours in forbidden if hours.rule}):
            others = tuple(hours for hours in forbidden if hours.rule != rule)
            yield Edit(Relaxation("drop_limit", f"rule:{rule}"), walls=walls.relaxed(forbidden=others))

    def _together(self, edits: list[Edit]) -> Iterator[Relaxation]:
        for one, other in islice(combinations(edits, 2), _PAIRS_TRIED):
            if one.walls is not None and other.walls is not None:
                continue
            if self._suffice((one, other)):
                first = self._least(one, (other,))
                second = self._least(other, (first,))
                yield replace(first.relaxation, also=second.relaxation)

    def _least(self, edit: Edit, others: tuple[Edit, ...]) -> Edit:
        """Shorten a sufficient extension to the fewest days."""
        if edit.relaxation.kind != "extend_window":
            return edit
        group = next(group for group in self._groups if _owner(group) == edit.owner)
        low, high = 1, edit.relaxation.amount
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._suffice((self._extension(group, middle), *others)) else (middle + 1, high)
        return self._extension(group, high)

    def _suffice(self, edits: tuple[Edit, ...]) -> bool:
        adjacency = list(self._fit.matching.adjacency)
        walls = next((edit.walls for edit in edits if edit.walls is not None), self._problem.walls)
        for rank, group in enumerate(self._fit.groups):
            rules = _edited(group, edits)
            if rules != group.rules or walls is not self._problem.walls:
                adjacency[rank] = cells(walls.profile(rules, group.sections), self._fit.unit, self._fit.width)
        wanted = [lacks if rank in self._ranks else 0 for rank, lacks in enumerate(self._fit.matching.wanted)]
        enough = self._fit.matching.relaxed(adjacency, wanted).grow()
        return enough and (self._fit.exact or self._shown(edits, walls))

    def _shown(self, edits: tuple[Edit, ...], walls: Walls) -> bool:
        """Where counting proves nothing, the missing blocks must find places in the plan as it stands."""
        trial = self._solution.copy()
        ruled = [(piece, _edited(group, edits)) for group in self._groups for piece in group.pieces]
        missing = [(piece, rules) for piece, rules in ruled if trial.spots[piece.index] is None]
        return all(_squeezed_in(trial, piece, walls, rules=rules, sections=piece.block.sections) for piece, rules in missing)

    def _shortened(self) -> Iterator[Relaxation]:
        if len(self._missing) != 1:
            return
        if self._fit.exact:
            yield from self._halved()
            return
        piece = self._missing[0]
        for sections in range(piece.block.sections - 1, 0, -1):
            if _squeezed_in(self._solution.copy(), piece, self._problem.walls, rules=piece.rules, sections=sections):
                yield Relaxation("shorten_item", piece.block.source, sections)
                return

    def _halved(self) -> Iterator[Relaxation]:
        """Let one block of the short group take a lone section; by its rank in time that is one certain item."""
        fit, piece = self._fit, self._missing[0]
        root = next(rank for rank, group in enumerate(fit.groups) if piece in group.pieces)
        singles = self._problem.walls.profile(piece.rules, 1).starts
        # A lone section counts as its whole pair, lest another group use the pair as well.
        lone = {p.day * fit.width + (p.first - 1) // PAIR * PAIR for p in singles} - set(fit.matching.adjacency[root])
        wanted = [0] * len(fit.groups)
        trial = fit.matching.relaxed([*fit.matching.adjacency, sorted(lone)], [*wanted, 1])
        if trial.grow():
            alone = trial.owned(len(fit.groups))[0]
            earlier = sum(1 for cell in trial.owned(root) if cell < alone)
            yield Relaxation("shorten_item", fit.groups[root].pieces[earlier].block.source, 1)

    def _dropped(self) -> Iterator[Relaxation]:
        """Without what the plan leaves out, the plan itself is the proof."""
        owners = Counter(owner(piece.block) for piece in self._missing)
        drops = [Relaxation("drop_item", name, count) for name, count in owners.items()]
        if len(drops) == 1:
            yield drops[0]
        if len(drops) == _TOGETHER:
            yield replace(drops[0], also=drops[1])


def _owner(group: Group) -> str:
    return owner(group.pieces[0].block)


def _edited(group: Group, edits: Iterable[Edit]) -> Rules:
    rules = group.rules
    for edit in edits:
        if edit.change is not None and edit.owner == _owner(group):
            rules = edit.change(rules)
    return rules


def _dropped_exclusions(name: str, group: Group) -> Iterator[Edit]:
    study = group.pieces[0].study
    if study is None:
        return
    for pair in sorted(set(study.excluded_pairs)):
        mask = span(PAIR * pair - 1, PAIR * pair)
        yield Edit(Relaxation("drop_excluded_slot", name, pair), name, _without_sections(mask))
    for weekday in sorted(set(study.excluded_weekdays) & set(range(1, WEEK + 1))):
        yield Edit(Relaxation("drop_excluded_day", name, weekday), name, _without_weekday(weekday_bits([weekday])))


def _without_sections(mask: int) -> Callable[[Rules], Rules]:
    return lambda rules: replace(rules, sections_off=rules.sections_off & ~mask)


def _without_weekday(bits: int) -> Callable[[Rules], Rules]:
    return lambda rules: replace(rules, weekdays_off=rules.weekdays_off & ~bits)


def _squeezed_in(trial: Solution, piece: Piece, walls: Walls, *, rules: Rules, sections: int) -> bool:
    after, before = trial.room(piece)
    for p in walls.profile(rules, sections).starts:
        if after <= p.begins and p.ends <= before and trial.may_go(piece, p):
            trial.put(piece, p, 0)
            return True
    return False
