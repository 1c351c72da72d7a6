"""What comes next, from the state alone. Pure; the runner does it and commits."""

from collections.abc import Mapping, Sequence

from smartflow.client.llm import Scene
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.model import ROUNDS, Act, Answered, Ask, Block, Call, Confirm, Effect, End, Risk, Step, Think

Nature = Mapping[str, tuple[Effect, Risk]]


def decide(state: State, nature: Nature) -> Step:
    """Read a state into the next step; `nature` tells each tool's effect and risk."""
    waiting = list(state.open.values())
    if state.consent.reading == "aside":
        waiting = [each for each in waiting if each.call.id not in state.consent.held]
    if waiting:
        return _attended(state, waiting, nature)
    if state.answered:
        return End("completed")
    if state.rounds >= ROUNDS:
        return End("exhausted")
    scene: Scene = "route" if state.rounds == 0 else "quick_task"
    return Think(scene, state.beginning, reads_only=state.consent.reading == "aside")


def _attended(state: State, waiting: Sequence[Call], nature: Nature) -> Step:
    consent = state.consent
    held = tuple(each for each in waiting if each.call.id in consent.held)
    questions = [each for each in waiting if nature.get(each.call.name, ("read", "none"))[0] == "ask"]
    if held and consent.reading in {"reject", "amend"}:
        return Block(held)
    answered = [each for each in questions if each.call.id in consent.held]
    if answered and consent.reading == "reply":
        return Answered(answered[0], state.words)
    if consent.reading == "aside":  # something else is being asked: nothing may be written or asked beside it
        beside = tuple(each for each in waiting if nature.get(each.call.name, ("read", "none"))[0] != "read")
        if beside:
            return Block(beside)
    free = tuple(each for each in waiting if each not in questions and not _needs_consent(state, each, nature))
    if free:
        return Act(free)
    asking = tuple(each for each in waiting if each not in questions)
    return Confirm(asking) if asking else Ask(questions[0])


def _needs_consent(state: State, each: Call, nature: Nature) -> bool:
    risk = nature.get(each.call.name, ("read", "none"))[1]
    if risk in {"none", "light"}:
        return False
    if each.call.id in state.consent.held and state.consent.reading == "approve":
        return False
    return risk == "heavy" or not state.consent.always
