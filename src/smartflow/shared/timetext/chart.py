"""The engine of the grammar: rules over categories, and every chain of words that they make.

From right to left: at each place everything is known that may follow, so a rule that begins there is finished at once.
Blanks and small words (`glue`) between two parts are stepped over.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from smartflow.shared.timetext.scan import Lattice, Token

LONGEST: Final = 96
_BREAKS: Final = "\n\r\u2028\u2029"
Found = list[tuple[int, object]]
"""Where something ends, and its value."""
Row = Mapping[str, Found]


class Rule(Struct, frozen=True):
    """A chain of categories makes one of another; `make` gets their values, and may refuse with None."""

    category: str
    pattern: str
    make: Callable[..., object]


class Grammar:
    """Rules, by the category that they begin with."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules: dict[str, list[tuple[str, tuple[str, ...], Callable[..., object]]]] = defaultdict(list)
        for rule in rules:
            first, *rest = rule.pattern.split()
            self._rules[first].append((rule.category, tuple(rest), rule.make))

    def chart(self, text: str, lattice: Lattice) -> list[Row]:
        """Give for each place what begins right there, by category."""
        begins: list[Row] = [{} for _ in text]
        follows: list[Row] = [{} for _ in range(len(text) + 1)]
        for place in range(len(text) - 1, -1, -1):
            tokens = lattice[place]
            if tokens:
                begins[place] = self._row(place, tokens, follows)
                follows[place] = _reached(begins[place], tokens, follows)
            elif text[place].isspace() and text[place] not in _BREAKS:
                follows[place] = follows[place + 1]
        return begins

    def _row(self, place: int, tokens: Sequence[Token], follows: Sequence[Row]) -> Row:
        row: dict[str, Found] = defaultdict(list)
        seen: set[tuple[int, str]] = set()
        agenda = list(tokens)
        for end, category, value in agenda:  # grows while it is read
            # Of two ways to read the same words as the same thing the first counts: rules stand in that order.
            if (end, category) in seen:
                continue
            seen.add((end, category))
            row[category].append((end, value))
            for made, rest, make in self._rules.get(category, ()):
                for last, values in _chains(end, value, rest, follows):
                    if last - place <= LONGEST:
                        result = make(*values)
                        if result is not None:
                            agenda.append((last, made, result))
        return row


def _chains(end: int, value: object, rest: tuple[str, ...], follows: Sequence[Row]) -> list[tuple[int, tuple[object, ...]]]:
    """Give every way in which the rest of a rule goes on."""
    chains: list[tuple[int, tuple[object, ...]]] = [(end, (value,))]
    for category in rest:
        chains = [(after, (*values, more)) for last, values in chains for after, more in follows[last].get(category, ())]
        if not chains:
            break
    return chains


def _reached(row: Row, tokens: Sequence[Token], follows: Sequence[Row]) -> Row:
    """Add what comes after small words that begin here."""
    beyond = [follows[end] for end, category, _ in tokens if category == "glue"]
    if not any(beyond):
        return row
    reached = {category: list(found) for category, found in row.items()}
    for other in beyond:
        for category, found in other.items():
            reached.setdefault(category, []).extend(found)
    return reached
