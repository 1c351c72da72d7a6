"""From codes and numbers to sentences. Titles come in as `names` by reference (`event:9`, `item:42`, `class:3`), if known."""

from collections.abc import Iterable, Mapping

from smartflow.services.schedule.plan import texts
from smartflow.services.schedule.planner.answer import Alternative, Answer, Binding, Cause, Cost, Cushion, Difference, Explanation, Points
from smartflow.services.schedule.planner.answer import Relaxation as Change
from smartflow.services.schedule.planner.instance import Place
from smartflow.shared.kernel.text import Language

Names = Mapping[str, str]
# The rest stands in the plan's numbers; a sentence with more reasons is not read.
_REASONS_TOLD = 3
_HIGH = 3
# A bound that leaves more than this open says nothing about a plan.
_TELLING = 0.5


def render(place: Place, explanation: Explanation, language: Language, *, names: Names) -> str:
    """Say in a few sentences why a block is where it is."""
    told = [reason(points, language) for points in _foremost(explanation.terms)]
    clauses = texts.AND.render(language).join(told)
    parts = [texts.HEADLINE.render(language, place=where(place, language), reasons=clauses)]
    if explanation.alternative is None:
        parts.append(texts.NO_OTHER.render(language))
    else:
        parts.append(other(explanation.alternative, language, beside=place, names=names))
    if explanation.binding is not None:
        parts.append(barred(explanation.binding, language, beside=place, names=names))
    return texts.THEN.render(language).join(parts)


def where(place: Place, language: Language, *, beside: Place | None = None) -> str:
    """Name a place by weekday and sections, and by its week where that differs from the place beside it."""
    sections = str(place.first) if place.first == place.last else f"{place.first}-{place.last}"
    week = "" if beside is None or beside.week == place.week else texts.WEEK.render(language, week=place.week)
    return week + texts.PLACE.render(language, weekday=_weekday(place.weekday, language), sections=sections)


def reason(points: Points | Difference, language: Language) -> str:
    """Say what one term found."""
    facts = points.facts
    counted = {fact: counts(amount, texts.COUNTED[fact], language) for fact, amount in facts.items() if fact in texts.COUNTED}
    return texts.REASONS[points.code][variant(points.code, facts)].render(language, **counted)


def variant(code: str, facts: Mapping[str, int]) -> str:
    """Choose which of a term's sentences its facts call for."""
    chosen = {
        "lateness": "late" if facts.get("hours") else "on_time",
        "cushion": "enough" if facts.get("sections", 0) >= facts.get("reserve", 0) else "thin",
        "attention": _attention(facts),
        "spacing": _spacing(facts),
        "fragmentation": "changes" if facts.get("changes", 0) > 0 else "lone",
        "earliness": "later" if facts.get("days") else "first",
        "stability": "moved" if facts.get("moved") else "kept",
    }
    return chosen.get(code, "any")


def other(alternative: Alternative, language: Language, *, beside: Place, names: Names) -> str:
    """Say what the best other place would cost, and what for."""
    place = _beside(alternative.place, language, beside=beside, names=names)
    if alternative.exchanged is not None:
        place += texts.EXCHANGED.render(language, name=_name(alternative.exchanged, names, language))
    if not any(alternative.change):
        return _sentence(texts.EQUAL.render(language, place=place))
    worst = max((term for term in alternative.terms if term.points > 0 and _tellable(term)), key=_weight, default=None)
    why = "" if worst is None else texts.WHY.render(language, reason=reason(worst, language))
    text = texts.LATER if alternative.change[1] else texts.WORSE
    return text.render(language, place=place, points=_points(alternative.change, language), why=why)


def barred(binding: Binding, language: Language, *, beside: Place, names: Names) -> str:
    """Say what a better place would save, and what forbids it."""
    place = _beside(binding.place, language, beside=beside, names=names)
    bar = bars(binding.code, binding.collides, language, names=names)
    return _sentence(texts.BARRED.render(language, place=place, points=_points(binding.change, language), bar=bar))


def bars(code: str, collides: Iterable[str], language: Language, *, names: Names) -> str:
    """Say what keeps a block out of a place."""
    first = next(iter(collides), "")
    known = "meets" if code == "occupied" and first.startswith("event:") else code
    return texts.BARS[known].render(language, name=_name(first, names, language))


def cause(found: Cause, language: Language) -> str:
    """Say one reason why a block is left out."""
    demand = counts(found.demand or 0, found.unit, language)
    return texts.CAUSES[found.code].render(language, demand=demand, capacity=counts(found.capacity or 0, found.unit, language))


def relaxation(change: Change, language: Language, *, names: Names) -> str:
    """Say what would make it fit."""
    told = texts.RELAXATIONS[change.kind].render(language, target=_target(change, language, names), amount=_amount(change, language))
    return told if change.also is None else told + texts.AND.render(language) + relaxation(change.also, language, names=names)


def cushion(left: Cushion, language: Language) -> str:
    """Say how much time a deadline leaves."""
    text = texts.SPARE if left.sections >= 0 else texts.LACKING
    return text.render(language, sections=counts(abs(left.sections), "section", language))


def summary(answer: Answer, language: Language) -> str:
    """Say in one line what became of a planning job."""
    placed, total = len(answer.placements), len(answer.placements) + len(answer.unplaced)
    if not total:
        return texts.NOTHING_TO_PLACE.render(language)
    if not placed:
        return texts.NONE_PLACED.render(language)
    told = texts.SOME_PLACED.render(language, placed=placed, total=total)
    if placed == total:
        told = texts.ALL_PLACED.render(language, blocks=counts(total, "block", language))
    if answer.proof == "optimal":
        return told + texts.THEN.render(language) + texts.OPTIMAL.render(language)
    if placed < total or answer.tier < _HIGH or answer.gap > _TELLING:
        return told
    return told + texts.THEN.render(language) + _within(answer.gap, language)


def counts(amount: int, unit: str, language: Language) -> str:
    """Say a number of things."""
    word = texts.UNITS[unit].render(language)
    if language == "zh":
        return f"{amount}{word}"
    return f"{amount} {word}" if amount == 1 else f"{amount} {word}s"


def _beside(place: Place, language: Language, *, beside: Place, names: Names) -> str:
    """Name another place, and the meeting that would host the block there."""
    there = where(place, language, beside=beside)
    if place.host is None:
        return there
    return there + texts.INSIDE.render(language, name=_name(f"event:{place.host}", names, language))


def _foremost(terms: Iterable[Points]) -> list[Points]:
    """Keep the terms that speak most: what costs, and before all attention and spread, which are asked about."""
    known = [points for points in terms if points.points > 0 or points.code in {"attention", "spacing", "lateness"}]
    known.sort(key=lambda points: (points.code not in {"attention", "spacing"}, -points.points))
    return known[:_REASONS_TOLD]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _attention(facts: Mapping[str, int]) -> str:
    if facts.get("off_hours"):
        return "off_hours"
    level = facts.get("level", 0)
    if level < facts.get("demand", 0):
        return "short"
    return "high" if level == _HIGH else "enough"


def _spacing(facts: Mapping[str, int]) -> str:
    if facts.get("same_day", 0) > 0:
        return "same_day"
    if "passed" in facts:
        return "passed" if facts["passed"] else "first"
    return "off" if facts.get("off") else "target"


def _tellable(term: Difference) -> bool:
    """Whether a difference comes with the facts that its sentence speaks of."""
    needed = texts.REASONS[term.code][variant(term.code, term.facts)].placeholders()[0]
    return needed <= set(term.facts)


def _weight(term: Difference) -> int:
    return term.points


def _points(change: Cost, language: Language) -> str:
    return counts(abs(next((amount for amount in change if amount), 0)), "point", language)


def _weekday(weekday: int, language: Language) -> str:
    return texts.WEEKDAYS.render(language).split()[weekday - 1]


def _name(reference: str, names: Names, language: Language) -> str:
    kind = reference.partition(":")[0]
    return names.get(reference) or texts.OWNERS.get(kind, texts.OWNERS["item"]).render(language)


def _target(change: Change, language: Language, names: Names) -> str:
    if change.kind != "drop_limit":
        return _name(change.target, names, language)
    kind, _, rule = change.target.partition(":")
    return texts.LIMITS[kind].render(language, name=rule)


def _amount(change: Change, language: Language) -> str:
    if change.kind == "drop_excluded_day":
        return _weekday(change.amount, language)
    unit = {"extend_window": "day", "shorten_item": "section", "drop_item": "block"}.get(change.kind)
    return str(change.amount) if unit is None else counts(change.amount, unit, language)


def _within(gap: float, language: Language) -> str:
    return texts.WITHIN.render(language, percent=round(100 * gap))
