"""How well a frame fits a clause: the share of its characters that the frame, the time words and its slot account for."""

from collections.abc import Iterable

from msgspec import Struct

from smartflow.services.llm.offline import cues, moments
from smartflow.services.llm.offline.frames import FRAMES
from smartflow.services.llm.offline.frames.frame import Frame, Intent
from smartflow.services.llm.offline.moments import Span
from smartflow.services.llm.offline.reading import Clause, fold

CERTAIN, AHEAD, OPEN_WORTH = 0.8, 0.15, 0.9
LONGEST = 1000


class Heard(Struct, frozen=True):
    """A clause with its time words, and itself without them (`blank`; `bare` as written); `led`: where prepositions of times are."""

    clause: Clause
    spans: tuple[Span, ...]
    blank: str
    bare: str
    led: tuple[tuple[int, int], ...] = ()

    def times(self) -> tuple[str, ...]:
        """Give the time words as the person said them."""
        return tuple(moments.words(self.clause.text, self.clause.flat, span) for span in self.spans)


class Fit(Struct, frozen=True):
    """A frame that fits a clause: how well, what its slot holds, and where its verb ends."""

    frame: Frame
    heard: Heard
    score: float
    name: str
    verb: int

    @property
    def intent(self) -> Intent:
        """What is wanted."""
        return self.frame.intent


def hear(clause: Clause) -> Heard:
    """Find the time words of a clause, and take them out of it."""
    spans = moments.spans(clause.flat)
    blank, bare, led, start = "", "", [], 0
    for span in spans:
        blank, bare = blank + clause.flat[start : span.start], bare + clause.text[start : span.start]
        led.append((len(blank) - (span.start - span.lead), len(blank)))
        gap = " " if span.start != span.end and _latin(clause.flat, span) else ""
        blank, bare, start = blank + gap, bare + gap, span.end
    return Heard(clause, spans, blank + clause.flat[start:], bare + clause.text[start:], tuple(led))


def _latin(flat: str, span: Span) -> bool:
    return flat[span.start].isascii() and flat[span.end - 1].isascii()


def fits(heard: Heard) -> tuple[Fit, ...]:
    """List the best fit of each intent, best first; what is forbidden is among them."""
    if len(heard.blank) > LONGEST:
        return ()
    best: dict[str, Fit] = {}
    for frame in FRAMES:
        found = _fit(frame, heard)
        if found is not None and (found.intent not in best or found.score > best[found.intent].score):
            best[found.intent] = found
    return tuple(sorted(best.values(), key=lambda each: -each.score))


def certain(found: Iterable[Fit]) -> Fit | None:
    """Give the one fit that is sure enough, and far enough ahead of the others."""
    ranked = list(found)
    if not ranked or ranked[0].score < CERTAIN:
        return None
    ahead = len(ranked) == 1 or ranked[0].score - ranked[1].score >= AHEAD or _outranks(ranked[0], ranked[1])
    return ranked[0] if ahead else None


def _outranks(first: Fit, second: Fit) -> bool:
    """Two ways to look are one: no state differs, the better one is taken."""
    looks = {"range", "due", "tasks", "date"}
    return first.intent in looks and second.intent in looks and first.score >= second.score


def _fit(frame: Frame, heard: Heard) -> Fit | None:
    found = frame.says.search(heard.blank)
    if found is None or not found[0].strip() or (frame.unless is not None and frame.unless.search(heard.blank)):
        return None
    if frame.timed is not None and frame.timed != bool(heard.spans):
        return None
    known = bytearray(len(heard.blank))
    _mark(known, found.start(), found.end(), 1)
    for group in found.re.groupindex:
        _mark(known, *found.span(group), 0)
    for led in heard.led:
        _mark(known, *led, 1)
    for filler in cues.FILLER.finditer(heard.blank):
        if not frame.slot or filler.end() <= found.start():
            _mark(known, *filler.span(), 1)
    opened = _opened(frame, (found.start(), found.end()), known, bool(found.re.groupindex))
    timed = sum(span.end - span.start for span in heard.spans) if frame.slot else 0
    return Fit(frame, heard, _score(heard.blank, known, opened, timed), _name(frame, heard.bare, known, opened), found.end())


def _mark(known: bytearray, start: int, end: int, value: int) -> None:
    if start >= 0:
        known[start:end] = bytes([value]) * (end - start)


def _opened(frame: Frame, verb: tuple[int, int], known: bytearray, grouped: bool) -> tuple[int, int]:  # noqa: FBT001
    """Say where the slot may be: a title stands after its verb, or before one that ends the clause."""
    if not frame.slot:
        return 0, 0
    after = any(not known[place] for place in range(verb[1], len(known)))
    return (verb[1], len(known)) if frame.slot == "title" and after and not grouped else (0, len(known))


def _score(blank: str, known: bytearray, opened: tuple[int, int], timed: int) -> float:
    total = worth = float(timed)
    for place, char in enumerate(blank):
        if char.isalnum() or known[place]:
            total += 1
            worth += 1 if known[place] else OPEN_WORTH if opened[0] <= place < opened[1] else 0
    return worth / total if total else 0.0


def _name(frame: Frame, bare: str, known: bytearray, opened: tuple[int, int]) -> str:
    pieces: list[str] = []
    start = opened[0]
    for place in range(opened[0], opened[1] + 1):
        if place == opened[1] or known[place]:
            if place > start and (piece := bare[start:place].strip()):
                pieces.append(piece)
            start = place + 1
    text = _joined(pieces)
    return cues.title(text, fold(text)) if frame.slot == "title" else cues.thing(text, fold(text))


def _joined(pieces: list[str]) -> str:
    text = ""
    for piece in pieces:
        gap = " " if text and text[-1].isascii() and piece[0].isascii() else ""
        text += gap + piece
    return text
