"""What comes next, read from the log alone."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from smartflow.client.agent.log import Kind, LogRow
from smartflow.services.agent.engine.decide import decide
from smartflow.services.agent.engine.fold import fold
from smartflow.services.agent.engine.transitions import NEXT, next_phase, phase_of
from smartflow.services.agent.model import ROUNDS, Act, Answered, Ask, Block, Confirm, End, Step, Think

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

    def add(self, run: UUID, kind: Kind, **payload: Any) -> "Log":
        self.rows.append(LogRow(UUID(int=9), run, len(self.rows) + 1, kind, payload, datetime(2026, 9, 14, tzinfo=UTC)))
        return self

    def heard(self, run: UUID, text: str, **more: Any) -> "Log":
        return self.add(run, "user_text", text=text, **more)

    def called(self, run: UUID, *names: str, content: str = "") -> "Log":
        known = sum(len(row.payload["calls"]) for row in self.rows if row.kind == "answer")
        calls = [{"id": f"c{known + number}", "name": name, "arguments": {}} for number, name in enumerate(names, start=1)]
        return self.add(run, "answer", content=content, calls=calls)

    def given(self, run: UUID, call: str, **more: Any) -> "Log":
        return self.add(run, "result", call_id=call, name="x", content="{}", result={}, **more)

    def next(self, run: UUID) -> Step:
        return decide(fold(self.rows, run), NATURE)


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
    assert log.next(SECOND) == Think("route", reads_only=True)

    writing = log.called(SECOND, "create_task").next(SECOND)
    assert isinstance(writing, Block)
    assert ids(writing) == ["c2"]
    assert isinstance(log.given(SECOND, "c2").called(SECOND, "query_tasks").next(SECOND), Act)


def test_a_question_waits_and_the_reply_is_its_result() -> None:
    log = Log().heard(FIRST, "x").called(FIRST, "ask_user")
    assert isinstance(log.next(FIRST), Ask)

    step = log.heard(SECOND, "the first", reading="reply", held=["c1"]).next(SECOND)
    assert isinstance(step, Answered)
    assert step.reply == "the first"


def test_a_run_does_not_go_on_for_ever() -> None:
    log = Log().heard(FIRST, "x")
    for number in range(1, ROUNDS + 1):
        log.called(FIRST, "query_tasks").given(FIRST, f"c{number}")

    assert log.next(FIRST) == End("exhausted")


def test_every_step_has_a_phase_and_only_listed_phases_follow() -> None:
    call: Any = fold(Log().called(FIRST, "ask_user").rows, FIRST).open["c1"]
    steps: list[Step] = [Think("route"), Act((call,)), Block((call,)), Answered(call, "x"), Ask(call), Confirm((call,)), End("completed")]

    assert [phase_of(step, first=True) for step in steps] == [
        "route", "quick_task", "quick_task", "quick_task", "interrupt", "confirm", "end",
    ]  # fmt: skip
    assert phase_of(Think("route"), first=False) == "quick_task"
    for before in NEXT:
        for step in steps:
            after = phase_of(step, first=False)
            if after in NEXT[before]:
                assert next_phase(before, step) == after
            else:
                with pytest.raises(RuntimeError, match=f"{after} does not follow {before}"):
                    next_phase(before, step)


def test_the_table_of_phases_is_the_one_that_was_decided() -> None:
    assert {
        "route": {"quick_task", "confirm", "interrupt", "end"},
        "quick_task": {"quick_task", "confirm", "interrupt", "end"},
        "confirm": {"interrupt"},
        "interrupt": {"end"},
        "end": set(),
    } == NEXT
