"""What comes next, from the state alone. Pure; the runner does it and commits."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartflow.services.agent.engine.fold import Answer, State
from smartflow.services.agent.engine.own import are_own_words, is_named
from smartflow.services.agent.model import (
    CORRECTIONS,
    MOST_LIGHT,
    MOST_NAMED,
    Act,
    Answered,
    Ask,
    Block,
    Call,
    Confirm,
    Deliver,
    Effect,
    End,
    Limits,
    Offer,
    Phase,
    Refuse,
    Risk,
    Step,
    Think,
)

_UNKNOWN: tuple[Effect, Risk] = ("read", "none")


class Rules(Struct, frozen=True):
    """Each tool's effect and risk, and what a run may take."""

    nature: Mapping[str, tuple[Effect, Risk]]
    limits: Limits = Limits()


def start(state: State) -> Phase:
    """Name the phase in which a run begins, or goes on after it changed hands."""
    reading = state.answer.consent.reading
    if reading in {"approve", "reject", "amend"}:
        return "execute"
    return "quick_task" if reading == "reply" or state.answer.rounds else "route"


def decide(phase: Phase, state: State, rules: Rules) -> Step:
    """Read a state into the next step."""
    answer, waiting = state.answer, list(state.open.values())
    if answer.consent.reading == "unclear":
        return Deliver("completed", unclear=True) if answer.over is None else End(answer.over)
    if answer.consent.reading == "aside":
        waiting = [each for each in waiting if each.call.id not in answer.consent.held]
    if waiting:
        return _attended(state, waiting, rules)
    if answer.over is not None:
        return End(answer.over)
    return _closing(answer, rules.limits) or Think(phase, answer.beginning, _offer(answer), frozenset(answer.hidden))


def _closing(answer: Answer, limits: Limits) -> Deliver | None:
    """Find why no model is to be asked: a limit is reached, or it got it wrong too often."""
    faults = answer.faults
    if _exhausted(answer, limits):
        return Deliver("exhausted")
    if faults.get("invalid_output", 0) >= CORRECTIONS or faults.get("claim_without_effect", 0) >= CORRECTIONS:
        return Deliver("completed")
    # Beyond that it goes on calling for what it was no longer offered.
    return Deliver("completed") if max(faults.values(), default=0) > CORRECTIONS else None


def _exhausted(answer: Answer, limits: Limits) -> bool:
    took = answer.rounds >= limits.rounds or answer.tokens >= limits.tokens or answer.seconds >= limits.seconds
    return answer.exhausted or took or answer.cost >= limits.cost


def _offer(answer: Answer) -> Offer:
    if "*" in answer.hidden:
        return "none"
    return "reads" if answer.consent.reading == "aside" else "all"


def _attended(state: State, waiting: Sequence[Call], rules: Rules) -> Step:
    answer, consent = state.answer, state.answer.consent
    held = tuple(each for each in waiting if each.call.id in consent.held)
    questions = [each for each in waiting if _effect(each, rules) == "ask"]
    if held and consent.reading in {"reject", "amend"}:
        return Block(held)
    answered = [each for each in questions if each.call.id in consent.held]
    if answered and consent.reading == "reply":
        return Answered(answered[0], answer.words)
    unfit = _unfit(answer, waiting, rules)
    if unfit is not None:
        return unfit
    light = [each for each in waiting if rules.nature[each.call.name] == ("commit", "light")]
    many = len(answer.done) + len(light) > MOST_LIGHT
    free = tuple(each for each in waiting if each not in questions and not _needs_consent(state, each, rules, many=many))
    if free:
        return Act(free)
    asking = tuple(each for each in waiting if each not in questions)
    return Confirm(asking) if asking else Ask(questions[0])


def _unfit(answer: Answer, waiting: Sequence[Call], rules: Rules) -> Step | None:
    """Find what cannot be run: beside an open question nothing may be written or asked."""
    unknown = tuple(each for each in waiting if each.call.name not in rules.nature)
    if unknown:
        return Refuse(unknown, "unknown_tool")
    offer = _offer(answer)
    hidden = tuple(each for each in waiting if each.call.id not in answer.consent.held and _is_hidden(answer, each, offer, rules))
    return Refuse(hidden, "not_allowed_now") if hidden else None


def _is_hidden(answer: Answer, each: Call, offer: Offer, rules: Rules) -> bool:
    return each.call.name in answer.hidden or offer == "none" or (offer == "reads" and _effect(each, rules) != "read")


def _effect(each: Call, rules: Rules) -> Effect:
    return rules.nature.get(each.call.name, _UNKNOWN)[0]


def _needs_consent(state: State, each: Call, rules: Rules, *, many: bool) -> bool:
    """Whether the person has to be asked: what is light is agreed to by asking for it, in one's own words and a few at a time."""
    consent, risk = state.answer.consent, rules.nature.get(each.call.name, _UNKNOWN)[1]
    if risk == "none" or (each.call.id in consent.held and consent.reading == "approve"):
        return False
    if risk == "light" and not many and (each.by_rules or are_own_words(each.call, state)):
        return False
    return risk == "heavy" or not consent.always or not _is_named(each, state)


def _is_named(each: Call, state: State) -> bool:
    """Whether all that a call takes away is named one by one: a yes in advance is not for whatever a category holds."""
    refs = each.call.arguments.get("refs")
    return not isinstance(refs, list) or (len(refs) <= MOST_NAMED and all(is_named(str(ref), state) for ref in refs))
