"""From a text to the words of time in it."""

from functools import cache
from typing import Final

from msgspec import Struct

from smartflow.shared.kernel.text import Language
from smartflow.shared.timetext.chart import Grammar, Row
from smartflow.shared.timetext.grammar import clock, day, length, on, recurring, span, unit
from smartflow.shared.timetext.ir import Span
from smartflow.shared.timetext.normal import normal
from smartflow.shared.timetext.scan import scan

_ALONE: Final = ("choice", "at", "time", "period", "range", "deadline", "recurrence", "duration")
_NO_TIME: Final = "not"


class _Cover(Struct, frozen=True):
    """The best reading of the text from a place on: characters read, spans (negated), and the way on."""

    read: int = 0
    spans: int = 0
    end: int = 0
    value: object = None
    taken: bool = False

    @property
    def worth(self) -> tuple[int, int]:
        """What is compared: first that much is read, then that it hangs together."""
        return self.read, self.spans


def parse(text: str, language: Language | None = None) -> tuple[Span, ...]:
    """Find the words of time in a text: the longest chains, from left to right, without overlap.

    A language leaves out the words of the other one; without, both are read, also mixed.
    """
    folded = normal(text)
    rows = _grammar().chart(folded.text, scan(folded.text, language))
    best = _covers(rows)
    spans: list[Span] = []
    place = 0
    while place < len(rows):
        cover = best[place]
        if not cover.taken:
            place += 1
            continue
        if cover.value is not None:
            spans.append(Span(folded.start(place), folded.end(cover.end), cover.value))  # type: ignore[arg-type]  # rules of `_ALONE` make nothing else
        place = cover.end
    return tuple(spans)


def _covers(rows: list[Row]) -> list[_Cover]:
    """Choose from right to left what reads most, in the fewest spans; words that only look like times count as read."""
    best = [_Cover()] * (len(rows) + 1)
    for place in range(len(rows) - 1, -1, -1):
        after = best[place + 1]
        chosen = _Cover(after.read, after.spans)
        for category in (_NO_TIME, *_ALONE):
            for end, value in rows[place].get(category, ()):
                rest = best[end]
                spans = rest.spans - (category != _NO_TIME)
                cover = _Cover(rest.read + end - place, spans, end, None if category == _NO_TIME else value, taken=True)
                if cover.worth > chosen.worth or (cover.worth == chosen.worth and end > chosen.end):
                    chosen = cover
        best[place] = chosen
    return best


@cache
def _grammar() -> Grammar:
    return Grammar((*clock.RULES, *unit.RULES, *day.RULES, *length.RULES, *on.RULES, *recurring.RULES, *span.RULES))
