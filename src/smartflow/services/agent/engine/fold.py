"""The log, read into a state: what was said, which calls have no result, what was written last. Pure."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from msgspec import Struct, field

from smartflow.client.agent.log import LogRow
from smartflow.client.llm import Assistant, Message, Tool, ToolCall, User
from smartflow.services.agent.model import Call, Consent, Reading, Written


class State(Struct):
    """Everything that decides what comes next."""

    messages: list[Message] = field(default_factory=list)
    open: dict[str, Call] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    consent: Consent = Consent()
    words: str = ""
    beginning: str = ""
    rounds: int = 0
    answered: bool = False
    calls: int = 0


def fold(rows: Iterable[LogRow], run: UUID) -> State:
    """Read a conversation's rows into the state of one of its runs."""
    state = State()
    for row in rows:
        match row.kind:
            case "user_text":
                _heard(state, row, mine=row.run == run)
            case "assistant_text" if row.run == run:
                state.beginning += row.payload["text"]
            case "answer":
                _spoken(state, row, mine=row.run == run)
            case "result":
                _given(state, row)
            case _:
                pass
    return state


def _heard(state: State, row: LogRow, *, mine: bool) -> None:
    """A person's words; those to an open interaction may be its answer and no more."""
    text: str = row.payload["text"]
    reading: Reading | None = row.payload.get("reading")
    state.beginning, state.rounds, state.answered = "", 0, False
    if text and reading not in {"reply", "approve"}:
        state.messages.append(User(text))
    # What was called for and neither done nor asked about is over with the next words; what is asked about stays.
    held = frozenset(row.payload.get("held") or ())
    runs = {state.open[each].run for each in held if each in state.open}
    state.open = {id_: each for id_, each in state.open.items() if each.run in runs}
    if mine:
        state.consent = Consent(reading, held, always=bool(row.payload.get("always")))
        state.words = text


def _spoken(state: State, row: LogRow, *, mine: bool) -> None:
    calls = tuple(msgspec.convert(each, ToolCall) for each in row.payload["calls"])
    state.messages.append(Assistant(row.payload["content"], calls))
    state.open |= {call.id: Call(row.run, call) for call in calls}
    state.calls += len(calls)
    state.beginning = ""
    if mine:
        state.rounds += 1
        state.answered = not calls


def _given(state: State, row: LogRow) -> None:
    payload = row.payload
    state.open.pop(payload["call_id"], None)
    state.messages.append(Tool(payload["call_id"], payload["name"], payload["content"], payload["result"]))
    if payload.get("undone"):
        state.written = [each for each in state.written if str(each.run) != payload["undone"]]
    if payload.get("undo") is not None:
        if not state.written or state.written[-1].run != row.run:
            state.written.append(Written(row.run, ()))
        state.written[-1] = Written(row.run, (*state.written[-1].undo, payload["undo"]))
