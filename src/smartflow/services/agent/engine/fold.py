"""The log, read into a state: what was said, which calls have no result, what was written last. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import get_args

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from smartflow.client.agent.log import LogRow, Payload
from smartflow.client.llm import OFFLINE, Assistant, Message, Tool, ToolCall, User
from smartflow.services.agent.model import CORRECTIONS, Call, Consent, Outcome, Reading, Reason, Written
from smartflow.shared.kernel.codec import to_json

_GROUPS = 20
"""So many groups of writes can be taken back."""
_REASONS: frozenset[Reason] = frozenset(get_args(Reason))
# The tool that a model got wrong is hidden, by its own name; these reasons leave it none at all.
_SPEECHLESS: frozenset[Reason] = frozenset({"unknown_tool", "not_allowed_now"})


class Answer(Struct):
    """The answer in hand, of the run that the last words began: what it took, what it did, what went wrong."""

    words: str = ""
    consent: Consent = Consent()
    beginning: str = ""
    rounds: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)
    seconds: float = 0.0
    exhausted: bool = False
    over: Outcome | None = None
    done: list[str] = field(default_factory=list)
    faults: dict[Reason, int] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    note: str = ""
    # It said beside calls that something was changed: whether that is so shows when they have run.
    claimed: bool = False


class State(Struct):
    """Everything that decides what comes next. `revision` is the position up to which the log is in it.

    `summary` stands for what was said up to the position `watermark`; `messages` are what was said after that.
    """

    revision: int = 0
    watermark: int = 0
    summary: str = ""
    calls: int = 0
    open: dict[str, Call] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    answer: Answer = field(default_factory=Answer)
    messages: list[Message] = field(default_factory=list)


def fold(rows: Sequence[LogRow], base: State | None = None) -> State:
    """Read rows into a state; with a checkpoint the rows after its watermark are enough."""
    state = State() if base is None else copied(base)
    state.messages = []
    for row in rows:
        if row.kind == "summary":
            _summed(state, row)
    extend(state, rows)
    return state


def extend(state: State, rows: Sequence[LogRow]) -> None:
    """Read further rows into a state."""
    for row in rows:
        if row.pos > state.watermark:
            state.messages += _message(row)
        if row.pos > state.revision:
            _take(state, row)
            state.revision = row.pos


def taken(payload: Payload) -> tuple[int, int]:
    """Tell what a row's answer took: tokens of the prompt, and of what came."""
    # Corrections told one number for both, once.
    usage = payload.get("usage") or {"prompt_tokens": payload.get("tokens", 0)}
    return usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)


def copied(state: State) -> State:
    """Give a state of its own with the same in it; what never changes (messages, calls, what was written) is shared."""
    of = state.answer
    answer = replace(of, done=list(of.done), faults=dict(of.faults), hidden=list(of.hidden), seen=list(of.seen))
    return replace(state, open=dict(state.open), written=list(state.written), answer=answer, messages=list(state.messages))


def _message(row: LogRow) -> list[Message]:
    payload = row.payload
    match row.kind:
        case "user_text" if payload["text"] and payload.get("reading") not in {"reply", "approve"}:
            return [User(payload["text"])]
        case "answer":
            return [Assistant(payload["content"], tuple(msgspec.convert(each, ToolCall) for each in payload["calls"]))]
        case "result":
            content = payload.get("content") or to_json(payload["result"]).decode()
            return [Tool(payload["call_id"], payload["name"], content, payload["result"])]
        case "correction" if payload.get("said"):
            return [Assistant(payload["said"])]
        case _:
            return []


def _take(state: State, row: LogRow) -> None:
    match row.kind:
        case "user_text":
            _heard(state, row)
        case "assistant_text":
            state.answer.beginning += row.payload["text"]
        case "answer":
            _spoken(state, row)
        case "result":
            _given(state, row)
        case "correction":
            _mended(state, row)
        case "summary":
            _summed(state, row)
        case _:
            pass


def _summed(state: State, row: LogRow) -> None:
    """What was said up to there is summed up; an older summary never takes the place of a newer one."""
    if row.payload["watermark"] >= state.watermark:
        state.watermark, state.summary = row.payload["watermark"], row.payload["text"]


def _heard(state: State, row: LogRow) -> None:
    """A person's words begin an answer; those to an open interaction may be its answer and no more."""
    reading: Reading | None = row.payload.get("reading")
    # What was called for and neither done nor asked about is over with the next words; what is asked about stays.
    held = frozenset(row.payload.get("held") or ())
    runs = {state.open[each].run for each in held if each in state.open}
    state.open = {id_: each for id_, each in state.open.items() if each.run in runs}
    asked = {"asked": row.payload.get("asked", ""), "digest": row.payload.get("digest", "")}
    consent = Consent(reading, held, **asked, always=bool(row.payload.get("always")))
    state.answer = Answer(words=row.payload["text"], consent=consent)


def _spoken(state: State, row: LogRow) -> None:
    answer, payload = state.answer, row.payload
    calls = tuple(msgspec.convert(each, ToolCall) for each in payload["calls"])
    by_rules = payload.get("model") == OFFLINE
    state.open |= {call.id: Call(row.run, call, by_rules, row.created_at) for call in calls}
    state.calls += len(calls)
    answer.beginning, answer.note = "", ""
    answer.claimed = answer.claimed or bool(payload.get("claims"))
    answer.rounds += 1
    answer.tokens += sum(taken(payload))
    answer.cost += Decimal(str((payload.get("usage") or {}).get("cost", 0)))
    answer.seconds += payload.get("seconds", 0.0)
    answer.exhausted = answer.exhausted or bool(payload.get("cut"))
    if payload.get("outcome"):
        answer.over = payload["outcome"]
    elif not calls and not answer.exhausted:
        answer.over = "completed"


def _given(state: State, row: LogRow) -> None:
    payload, answer = row.payload, state.answer
    call = state.open.pop(payload["call_id"], None)
    result = payload["result"]
    code = (result.get("value") or {}).get("code")
    if code in _REASONS:
        _fault(answer, code, payload["name"])
    elif result.get("status") == "done":
        digest = sha256(to_json([payload["name"], call and call.call.arguments, result])).hexdigest()[:16]
        if digest not in answer.seen:
            answer.seen.append(digest)
            answer.faults = {}
    if payload.get("did"):
        answer.done.append(payload["did"])
    if payload.get("undone"):
        state.written = [each for each in state.written if str(each.run) != payload["undone"]]
    if payload.get("undo") is not None:
        if not state.written or state.written[-1].run != row.run:
            state.written = [*state.written[1 - _GROUPS :], Written(row.run, ())]
        state.written[-1] = Written(row.run, (*state.written[-1].undo, payload["undo"]))


def _mended(state: State, row: LogRow) -> None:
    """An answer could not be taken as it was: it counts as one, and the next is told what was wrong."""
    answer, payload = state.answer, row.payload
    _fault(answer, payload["reason"], payload.get("tool", ""))
    answer.note = payload["note"]
    answer.seconds += payload.get("seconds", 0.0)
    answer.tokens += sum(taken(payload))
    if payload["reason"] == "claim_without_effect":
        answer.over = None  # it was an answer, and counted as one; what was said wrong is set right
        answer.claimed = False
    else:
        answer.rounds += 1
        answer.beginning = ""
        answer.claimed = answer.claimed or bool(payload.get("claims"))


def _fault(answer: Answer, reason: Reason, tool: str) -> None:
    answer.faults[reason] = answer.faults.get(reason, 0) + 1
    if reason == "invalid_args" and answer.faults[reason] >= CORRECTIONS and tool not in answer.hidden:
        answer.hidden.append(tool)
    if reason in _SPEECHLESS and answer.faults[reason] >= CORRECTIONS and "*" not in answer.hidden:
        answer.hidden.append("*")
