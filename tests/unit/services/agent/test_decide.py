"""What comes next, read from the log alone."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.client.agent.log import INNER, LogRow
from smartflow.client.agent.log import Kind as RowKind
from smartflow.client.llm import ToolCall
from smartflow.services.agent.engine.decide import Rules, decide, start
from smartflow.services.agent.engine.fold import copied, extend, fold
from smartflow.services.agent.engine.saying import left_undone
from smartflow.services.agent.engine.snapshot import LARGEST, body_of, state_of
from smartflow.services.agent.engine.transitions import Kind, kind_of, towards
from smartflow.services.agent.model import (
    CORRECTIONS,
    SNAPSHOT_FORMAT,
    Act,
    Answered,
    Ask,
    Block,
    Call,
    Confirm,
    Deliver,
    End,
    Limits,
    Phase,
    Refuse,
    Step,
    Think,
)  # fmt: skip

FIRST, SECOND = UUID(int=1), UUID(int=2)
NATURE: Any = {
    "query_tasks": ("read", "none"),
    "create_task": ("commit", "light"),
    "delete_task": ("commit", "medium"),
    "erase": ("commit", "heavy"),
    "ask_user": ("ask", "none"),
}


class Log:
    """Rows as a conversation would write them."""

    def __init__(self) -> None:
        self.rows: list[LogRow] = []

    def add(self, run: UUID, kind: RowKind, **payload: Any) -> "Log":
        self.rows.append(LogRow(UUID(int=9), run, len(self.rows) + 1, kind, payload, datetime(2026, 9, 14, tzinfo=UTC)))
        return self

    def heard(self, run: UUID, text: str, **more: Any) -> "Log":
        return self.add(run, "user_text", text=text, **more)

    def called(self, run: UUID, *names: str, content: str = "", **more: Any) -> "Log":
        known = sum(len(row.payload["calls"]) for row in self.rows if row.kind == "answer")
        calls = [{"id": f"c{known + number}", "name": name, "arguments": {}} for number, name in enumerate(names, start=1)]
        return self.add(run, "answer", content=content, calls=calls, **more)

    def given(self, run: UUID, call: str, *, name: str = "x", code: str = "", **more: Any) -> "Log":
        result = {"status": "refused", "value": {"code": code}} if code else {"status": "done", "value": {}}
        return self.add(run, "result", call_id=call, name=name, content="{}", result=result, **more)

    def next(self, run: UUID, limits: Limits | None = None) -> Step:
        assert self.rows[-1].run == run
        state = fold(self.rows)
        return decide(start(state), state, Rules(NATURE, limits or Limits()))


def ids(step: Any) -> list[str]:
    return [each.call.id for each in step.calls]


def test_words_are_thought_about_and_an_answer_without_calls_ends() -> None:
    log = Log().heard(FIRST, "hello")
    assert log.next(FIRST) == Think("route")
    assert log.called(FIRST, content="hi").next(FIRST) == End("completed")


def test_what_was_shown_of_a_cut_answer_is_its_beginning() -> None:
    log = Log().heard(FIRST, "hello").add(FIRST, "assistant_text", text="Hel").add(FIRST, "assistant_text", text="lo")

    assert log.next(FIRST) == Think("route", "Hello")


@pytest.mark.parametrize("name", ["query_tasks", "create_task"])
def test_reads_and_light_effects_are_done_and_then_thought_about(name: str) -> None:
    log = Log().heard(FIRST, "x").called(FIRST, name)
    act = log.next(FIRST)
    assert isinstance(act, Act)
    assert ids(act) == ["c1"]
    assert log.given(FIRST, "c1").next(FIRST) == Think("quick_task")


def test_a_deletion_waits_for_a_yes_and_then_happens_under_the_run_that_proposed_it() -> None:
    log = Log().heard(FIRST, "x").called(FIRST, "delete_task")
    assert isinstance(log.next(FIRST), Confirm)

    yes = log.heard(SECOND, "yes", reading="approve", held=["c1"]).next(SECOND)

    assert isinstance(yes, Act)
    assert [each.run for each in yes.calls] == [FIRST]


@pytest.mark.parametrize("reading", ["reject", "amend"])
def test_a_no_blocks_what_was_held(reading: str) -> None:
    log = Log().heard(FIRST, "x").called(FIRST, "delete_task").heard(SECOND, "no", reading=reading, held=["c1"])

    step = log.next(SECOND)
    assert isinstance(step, Block)
    assert isinstance(log.given(SECOND, "c1").next(SECOND), Think)


@pytest.mark.parametrize(("always", "name", "kind"), [(True, "delete_task", Act), (True, "erase", Confirm), (False, "erase", Confirm)])
def test_consent_in_advance_is_for_what_is_medium_and_never_for_what_is_heavy(always: bool, name: str, kind: type) -> None:
    assert isinstance(Log().heard(FIRST, "x", always=always).called(FIRST, name).next(FIRST), kind)


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("name", ["create_task", "delete_task", "ask_user"])
def test_what_an_earlier_run_left_undone_is_never_done_by_later_words(name: str, always: bool) -> None:
    log = Log().heard(FIRST, "x").called(FIRST, name).heard(SECOND, "hello", always=always)

    assert log.next(SECOND) == Think("route")


def test_beside_an_open_confirmation_only_reads_are_done() -> None:
    log = Log().heard(FIRST, "x").called(FIRST, "delete_task").heard(SECOND, "what is on?", reading="aside", held=["c1"])
    assert log.next(SECOND) == Think("route", offer="reads")

    writing = log.called(SECOND, "create_task").next(SECOND)
    assert isinstance(writing, Refuse)
    assert (ids(writing), writing.reason) == (["c2"], "not_allowed_now")
    assert isinstance(log.given(SECOND, "c2").called(SECOND, "query_tasks").next(SECOND), Act)


def test_a_question_waits_and_the_reply_is_its_result() -> None:
    log = Log().heard(FIRST, "x").called(FIRST, "ask_user")
    assert isinstance(log.next(FIRST), Ask)

    step = log.heard(SECOND, "the first", reading="reply", held=["c1"]).next(SECOND)
    assert isinstance(step, Answered)
    assert step.reply == "the first"


@pytest.mark.parametrize(
    ("limits", "usage", "seconds"),
    [
        (Limits(rounds=2), {}, 0.0),
        (Limits(tokens=100), {"prompt_tokens": 40, "completion_tokens": 10}, 0.0),
        (Limits(cost=Decimal("0.10")), {"cost": "0.05"}, 0.0),
        (Limits(seconds=1.0), {}, 0.5),
    ],
)
def test_each_limit_ends_an_answer_by_saying_how_far_it_is(limits: Limits, usage: Any, seconds: float) -> None:
    log = Log().heard(FIRST, "x")
    log.called(FIRST, "query_tasks", usage=usage, seconds=seconds).given(FIRST, "c1")
    assert log.next(FIRST, limits) == Think("quick_task")

    log.called(FIRST, "query_tasks", usage=usage, seconds=seconds).given(FIRST, "c2")
    assert log.next(FIRST, limits) == Deliver("exhausted")
    assert log.add(FIRST, "answer", content="..", calls=[], outcome="exhausted").next(FIRST, limits) == End("exhausted")


def test_an_answer_that_was_cut_off_by_a_limit_ends_by_saying_how_far_it_is() -> None:
    assert Log().heard(FIRST, "x").add(FIRST, "answer", content="", calls=[], cut=True).next(FIRST) == Deliver("exhausted")


@pytest.mark.parametrize("reason", ["invalid_output", "claim_without_effect"])
def test_the_third_answer_that_cannot_stand_is_replaced_by_a_template(reason: str) -> None:
    log = Log().heard(FIRST, "x")
    for number in range(1, CORRECTIONS + 1):
        assert isinstance(log.next(FIRST), Think), number
        log.add(FIRST, "correction", reason=reason, note="mend it")
    assert log.next(FIRST) == Deliver("completed")


def test_a_tool_that_a_model_got_wrong_three_times_is_hidden() -> None:
    log = Log().heard(FIRST, "x")
    for number in range(1, CORRECTIONS + 1):
        assert log.next(FIRST) == Think("quick_task" if number > 1 else "route")
        log.called(FIRST, "create_task").given(FIRST, f"c{number}", name="create_task", code="invalid_args")

    assert log.next(FIRST) == Think("quick_task", hidden=frozenset({"create_task"}))
    again = log.called(FIRST, "create_task").next(FIRST)
    assert isinstance(again, Refuse)
    assert again.reason == "not_allowed_now"


@pytest.mark.parametrize(("name", "reason", "aside"), [("nonsense", "unknown_tool", False), ("create_task", "not_allowed_now", True)])
def test_who_calls_for_what_is_not_there_three_times_may_only_speak(name: str, reason: str, aside: bool) -> None:
    log = Log()
    if aside:
        log.heard(FIRST, "x").called(FIRST, "delete_task")
    log.heard(SECOND, "y", **({"reading": "aside", "held": ["c1"]} if aside else {}))
    first = len([row for row in log.rows if row.kind == "answer"])
    for number in range(first + 1, first + 1 + CORRECTIONS):
        step = log.called(SECOND, name).next(SECOND)
        assert isinstance(step, Refuse)
        assert step.reason == reason
        log.given(SECOND, f"c{number}", name=name, code=reason)

    silent = log.next(SECOND)
    assert isinstance(silent, Think)
    assert silent.offer == "none"
    log.called(SECOND, name).given(SECOND, f"c{first + 1 + CORRECTIONS}", name=name, code=reason)
    assert log.next(SECOND) == Deliver("completed")


def test_a_result_that_is_new_forgives_and_a_repeated_one_does_not() -> None:
    log = Log().heard(FIRST, "x")
    log.called(FIRST, "nonsense").given(FIRST, "c1", name="nonsense", code="unknown_tool")
    log.called(FIRST, "query_tasks").given(FIRST, "c2", name="query_tasks")
    assert fold(log.rows).answer.faults == {}

    log.called(FIRST, "nonsense").given(FIRST, "c3", name="nonsense", code="unknown_tool")
    log.called(FIRST, "query_tasks").given(FIRST, "c4", name="query_tasks")
    assert fold(log.rows).answer.faults == {"unknown_tool": 1}


PHASES: tuple[Phase, ...] = ("route", "quick_task", "execute", "confirm", "interrupt", "deliver", "end")
# (phase, what is to be done) -> the phase in which it is done; what is not here cannot be built.
EDGES: dict[tuple[Phase, Kind], Phase] = {
    ("route", "think"): "route", ("route", "act"): "quick_task", ("route", "confirm"): "confirm", ("route", "ask"): "interrupt",
    ("route", "deliver"): "deliver", ("route", "end"): "end",
    ("quick_task", "think"): "quick_task", ("quick_task", "act"): "quick_task", ("quick_task", "confirm"): "confirm",
    ("quick_task", "ask"): "interrupt", ("quick_task", "deliver"): "deliver", ("quick_task", "end"): "end",
    ("execute", "think"): "execute", ("execute", "act"): "execute", ("execute", "confirm"): "confirm", ("execute", "ask"): "interrupt",
    ("execute", "deliver"): "deliver", ("execute", "end"): "end",
    ("confirm", "confirm"): "confirm", ("confirm", "act"): "execute", ("confirm", "end"): "end",
    ("interrupt", "ask"): "interrupt", ("interrupt", "end"): "end",
    ("deliver", "deliver"): "deliver", ("deliver", "end"): "end",
    ("end", "end"): "end",
}  # fmt: skip


def test_the_table_of_phases_is_the_one_that_was_decided() -> None:
    for phase in PHASES:
        for kind in get_args(Kind):
            wanted = "end" if kind == "break" else EDGES.get((phase, kind))
            if wanted is not None:
                assert towards(phase, kind) == wanted
            else:
                with pytest.raises(RuntimeError, match=f"a step to {kind} does not follow {phase}"):
                    towards(phase, kind)


def test_every_step_has_its_place_in_the_table() -> None:
    call: Any = Call(FIRST, ToolCall("c1", "x", {}))
    steps: list[Step] = [
        Think("route"), Act((call,)), Block((call,)), Refuse((call,), "unknown_tool"), Answered(call, "x"), Ask(call), Confirm((call,)),
        Deliver("completed"), End("completed"), End("cancelled"),
    ]  # fmt: skip
    assert [kind_of(step) for step in steps] == ["think", "act", "act", "act", "act", "ask", "confirm", "deliver", "end", "break"]


@st.composite
def logs(draw: st.DrawFn) -> list[LogRow]:
    """Make any log of a conversation, sensible or not."""
    log = Log()
    runs = 0
    for _ in range(draw(st.integers(1, 25))):
        kind = draw(st.sampled_from(["words", "text", "call", "result", "end", "correction", "summary"]))
        run = UUID(int=max(runs, 1))
        if kind == "words" or not log.rows:
            runs += 1
            held = draw(st.lists(st.sampled_from(["c1", "c2", "c3"]), max_size=2))
            reading = draw(st.sampled_from([None, "approve", "reject", "aside", "reply"]))
            log.heard(UUID(int=runs), draw(st.text(max_size=5)), reading=reading, held=held)
        elif kind == "text":
            log.add(run, "assistant_text", text="abc")
        elif kind == "call":
            log.called(run, draw(st.sampled_from(sorted(NATURE))), usage={"prompt_tokens": 3, "cost": "0.1"}, seconds=0.25)
        elif kind == "result":
            undo = draw(st.sampled_from([None, {"op": "delete", "task": 1}]))
            log.given(run, draw(st.sampled_from(["c1", "c2", "c3"])), undo=undo, did="x" if undo else "")
        elif kind == "end":
            log.called(run, content="said")
        elif kind == "correction":
            log.add(run, "correction", reason=draw(st.sampled_from(["invalid_output", "claim_without_effect"])), note="n")
        else:
            log.add(run, "summary", text="sum", watermark=draw(st.integers(0, len(log.rows))))
    return log.rows


@given(logs(), st.data())
def test_a_checkpoint_and_the_rows_after_it_give_what_the_whole_log_gives(rows: list[LogRow], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    body = body_of(fold(rows[:cut]))
    base = state_of(SNAPSHOT_FORMAT, json.loads(json.dumps(body)))

    assert base is not None
    later = [row for row in rows if row.pos > base.watermark]
    assert fold(later, base) == fold(rows)


@given(logs(), st.data())
def test_of_earlier_runs_what_was_said_and_done_is_enough(rows: list[LogRow], data: st.DataObject) -> None:
    base = state_of(SNAPSHOT_FORMAT, json.loads(json.dumps(body_of(fold(rows[: data.draw(st.integers(0, len(rows)))])))))
    assert base is not None
    meant = [row for row in rows if row.pos > base.watermark and (row.kind in INNER or row.run == rows[-1].run)]

    assert fold(meant, base) == fold(rows)


@given(logs(), st.data())
def test_a_state_that_is_read_on_leaves_the_one_that_it_was_copied_from_as_it_is(rows: list[LogRow], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    state = fold(rows[:cut])

    extend(copied(state), rows[cut:])

    assert state == fold(rows[:cut])


def test_a_checkpoint_is_never_larger_than_it_may_be() -> None:
    log = Log()
    for number in range(1, 30):
        run = UUID(int=number)
        log.heard(run, "x").called(run, "create_task")
        log.given(run, f"c{number}", undo={"op": "delete", "title": "t" * 3000}, did="x")

    body = body_of(fold(log.rows))
    assert body is not None
    assert len(json.dumps(body)) <= LARGEST
    assert body["written"][-1]["run"] == str(UUID(int=29))


def test_a_checkpoint_of_the_released_format_is_read_for_ever() -> None:
    kept = json.loads((Path(__file__).parent / "snapshot-2.json").read_text())

    state = state_of(2, kept)

    assert state is not None
    assert (state.revision, state.calls, list(state.open)) == (4, 2, ["c2"])
    assert [step for each in state.written for step in each.undo] == [{"op": "delete", "task": 7, "title": "Essay"}]
    assert state_of(1, {"run": "x", "status": "completed"}) is None


@pytest.mark.parametrize(
    ("reading", "left"),
    [("aside", ["c2"]), ("unclear", ["c2"]), ("approve", ["c1", "c2"]), ("reject", ["c1", "c2"]), ("reply", ["c1", "c2"])],
)
def test_what_a_stopped_run_left_undone_has_a_result_and_what_waits_keeps_waiting(reading: str, left: list[str]) -> None:
    log = (
        Log().heard(FIRST, "x").called(FIRST, "delete_task").heard(SECOND, "y", reading=reading, held=["c1"]).called(SECOND, "query_tasks")
    )

    told = left_undone(SECOND, fold(log.rows), "en")

    assert [(line.kind, line.payload["call_id"], line.payload["result"]["value"]["code"]) for line in told] == [
        ("result", each, "stopped") for each in left
    ]
