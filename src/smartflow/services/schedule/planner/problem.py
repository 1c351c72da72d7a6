"""An instance worked out once: what stays, what is to be decided, and where each block may go at which cost."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec.structs import replace

from smartflow.services.schedule.planner.board import Board, Position
from smartflow.services.schedule.planner.days import DayTerms
from smartflow.services.schedule.planner.hours import span, weekday_bits
from smartflow.services.schedule.planner.instance import Block, Instance, StudyClass
from smartflow.services.schedule.planner.piece import Entry, Piece
from smartflow.services.schedule.planner.spread import Spread, spread
from smartflow.services.schedule.planner.unary import UnaryTerms
from smartflow.services.schedule.planner.walls import FOREVER, Profile, Rules, Walls


class Problem:
    """One instance, ready to be solved. `pieces` are in canonical order; `lines` hold each class's pieces in item order."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.board = Board(instance)
        self._studies = {study.id: study for study in instance.classes}
        self._members: dict[str, list[Block]] = defaultdict(list)
        for block in sorted(instance.blocks, key=lambda block: (block.class_id is None, block.class_id or 0, block.order, block.source)):
            self._members[owner(block)].append(block)
        self._stays = {block.source: position for block in instance.blocks if (position := self._standing_position(block)) is not None}
        self.standing: list[list[Entry]] = [[] for _ in range(self.board.days)]
        for key, members in enumerate(self._members.values()):
            self._let_stand(key, members)
        self.walls = Walls(self.board, instance.now, limits=instance.limits, forbidden=instance.preferences.forbidden)
        self.unary = UnaryTerms(instance, self.board)
        self.days = DayTerms(instance, self.board)
        self.pieces: list[Piece] = []
        self.lines: list[list[Piece]] = []
        self._kept = [0] * self.board.days
        for key, members in enumerate(self._members.values()):
            self._decide(key, members)
        self._closed: dict[tuple[Rules, int], tuple[tuple[Position, ...], list[str]]] = {}
        self._costs: dict[int, list[int]] = {}
        self._ranked: dict[int, list[int]] = {}

    def costs(self, piece: Piece) -> list[int]:
        """Give the packed cost alone of each start of a piece."""
        if piece.index not in self._costs:
            self._costs[piece.index] = self.unary.costs(piece, piece.profile.starts)
        return self._costs[piece.index]

    def ranked(self, piece: Piece) -> list[int]:
        """Give a piece's starts (as indices of its profile) from the cheapest alone to the dearest."""
        if piece.index not in self._ranked:
            costs = self.costs(piece)
            self._ranked[piece.index] = sorted(range(len(costs)), key=costs.__getitem__)
        return self._ranked[piece.index]

    def closed(self, piece: Piece) -> tuple[tuple[Position, ...], list[str]]:
        """Give the positions in a piece's window that are no starts of it, and the wall that closes each."""
        key = (piece.rules, piece.block.sections)
        if key not in self._closed:
            closed = self.walls.closed(*key)
            self._closed[key] = (tuple(p for p, _ in closed), [code for _, code in closed])
        return self._closed[key]

    def standing_siblings(self, piece: Piece) -> list[tuple[Block, Position]]:
        """Give the blocks of a piece's class that stay, with their positions."""
        members = self._members[owner(piece.block)]
        return [(block, self._stays[block.source]) for block in members if block.source in self._stays]

    def rows(self) -> list[list[Piece]]:
        """Give the pieces in rows: each but the first of a row follows the one before it."""
        rows: list[list[Piece]] = []
        for piece in self.pieces:
            if piece.follows is None:
                rows.append([])
            rows[-1].append(piece)
        return rows

    def _standing_position(self, block: Block) -> Position | None:
        """Give the position of a block that stays: pinned, frozen, or where only a person could have put it."""
        place, instance = block.current, self.instance
        if place is None or not 0 <= place.day < self.board.days:
            return None
        position = self.board.position(place)
        frozen = position.begins < instance.now + instance.freeze_minutes
        return position if block.pinned or frozen or position.index < 0 else None

    def _let_stand(self, key: int, members: Iterable[Block]) -> None:
        for block in members:
            p = self._stays.get(block.source)
            if p is None:
                continue
            self.board.stand(block.source, p)
            study = self._study(block)
            heavy, steady = study is not None and study.heavy, study is not None and study.strategy == "steady"
            seen = Entry(p.first, p.last, p.begins, p.ends, p.mask, key, heavy, steady, -1)
            self.standing[p.day] = sorted([*self.standing[p.day], seen], key=lambda entry: entry.begins)

    def _decide(self, key: int, members: list[Block]) -> None:
        study = self._study(members[0])
        open_members = [block for block in members if block.source not in self._stays]
        if not open_members:
            return
        paced = self._spread(study, members, open_members) if study is not None else None
        ahead = [block for block in members if self._is_ahead(block)]
        line, after = list[Piece](), -FOREVER
        for block in open_members:
            rules = self._between(block, members, self._own_rules(block, study))
            profile = self.walls.profile(rules, block.sections)
            current = self._current(block, profile, after)
            steady = paced is not None and study is not None and study.strategy == "steady"
            piece = Piece(
                index=len(self.pieces),
                key=key,
                block=block,
                study=study,
                rules=rules,
                profile=profile,
                current=current,
                spread=paced,
                target=paced.target(ahead.index(block) + 1, len(ahead)) if paced is not None and steady else None,
                deadline=self._deadline(block, study),
                closing=self._closes(block, study, members),
                follows=_followed(line, rules) if current is None else None,
            )
            self.pieces.append(piece)
            line.append(piece)
            if current is not None:
                after = current.ends
                self._kept[current.day] |= current.mask
        self.lines.append(line)

    def _study(self, block: Block) -> StudyClass | None:
        return self._studies[block.class_id] if block.class_id is not None else None

    def _is_ahead(self, block: Block) -> bool:
        """Whether a block is still to come; a spread is counted over what is ahead, in the time that is ahead."""
        position = self._stays.get(block.source)
        return position is None or position.ends > self.instance.now

    def _own_rules(self, block: Block, study: StudyClass | None) -> Rules:
        last = self.board.days - 1
        earliest = -FOREVER if block.earliest is None else block.earliest
        deadline = block.deadline if block.deadline is not None and block.deadline_hard else FOREVER
        if study is None:
            return Rules(0, last, earliest, deadline, allow_fillers=block.allow_fillers)
        return Rules(
            first_day=max(0, study.first_day or 0),
            last_day=last if study.last_day is None else min(last, study.last_day),
            earliest=earliest,
            deadline=deadline,
            weekdays_off=weekday_bits(study.excluded_weekdays),
            sections_off=sum(span(2 * pair - 1, 2 * pair) for pair in set(study.excluded_pairs)),
            allow_fillers=study.allow_fillers,
        )

    def _between(self, block: Block, members: list[Block], rules: Rules) -> Rules:
        """Keep a block between the siblings that stay."""
        after, before, passed = rules.after, rules.before, False
        for sibling in members:
            passed = passed or sibling is block
            position = self._stays.get(sibling.source)
            if position is None or (block.makeup and position.begins <= self.instance.now):
                continue
            if passed:
                before = min(before, position.begins)
            else:
                after = max(after, position.ends)
        return replace(rules, after=after, before=before)

    def _current(self, block: Block, profile: Profile, after: int) -> Position | None:
        """Give a block's standing place, if that is still legal; else the block is free to go anywhere."""
        if block.current is None or not 0 <= block.current.day < self.board.days:
            return None
        p = self.board.position(block.current)
        legal = profile.rank(p) is not None and p.begins >= after and not self._kept[p.day] & p.mask
        return p if legal else None

    def _spread(self, study: StudyClass, members: list[Block], decided: list[Block]) -> Spread:
        rules = self._own_rules(members[0], study)
        lengths = {block.sections for block in decided}
        starts = [p for sections in sorted(lengths) for p in self.walls.profile(rules, sections).starts]
        stands = [position.day for block in members if (position := self._stays.get(block.source)) and position.ends > self.instance.now]
        return spread(self.board.days, starts, stands, self.walls.profile(rules, 2).starts)

    def _deadline(self, block: Block, study: StudyClass | None) -> int | None:
        if block.deadline is not None or study is None or study.last_day is None:
            return block.deadline
        if not 0 <= study.last_day < self.board.days:
            return None
        return self.board.grid.days[study.last_day].ends[-1]

    def _closes(self, block: Block, study: StudyClass | None, members: list[Block]) -> bool:
        return self._deadline(block, study) is not None and block is members[-1]


def owner(block: Block) -> str:
    """Name what a block belongs to: its class, or the task itself."""
    return block.source if block.class_id is None else f"class:{block.class_id}"


def _followed(line: list[Piece], rules: Rules) -> Piece | None:
    """Give the sibling before a block, if no standing one is between."""
    return line[-1] if line and line[-1].rules == rules and line[-1].current is None else None
