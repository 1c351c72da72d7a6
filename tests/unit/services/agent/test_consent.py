"""What the person has agreed to by asking for it: their own words, few things, no whole category."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.client.llm import Assistant, Tool, ToolCall, User
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.own import are_own_words
from smartflow.services.agent.engine.removing import MOST_REMOVED, removes_much
from smartflow.services.agent.model import Call
from smartflow.shared.kernel.text import language_of
from tests.unit.services.agent.test_decide import FIRST


def told(words: str, name: str, arguments: dict[str, Any], value: dict[str, Any]) -> State:
    """Give a dialogue in which one thing was looked up."""
    state = State(messages=[User(words), Assistant("", (ToolCall("c1", name, arguments),))])
    state.messages.append(Tool("c1", name, "", {"status": "done", "value": value}))
    return state


def found(words: str, text: str, *scores: tuple[str, float]) -> State:
    candidates = [{"ref": f"task:{number}", "title": title, "score": score} for number, (title, score) in enumerate(scores)]
    return told(words, "find", {"text": text}, {"candidates": candidates})


def completes(number: int) -> ToolCall:
    return ToolCall("c2", "complete_task", {"ref": f"task:{number}"})


@pytest.mark.parametrize(
    ("state", "own"),
    [
        pytest.param(found("the essay is done", "essay", ("Submit the essay about Rome to Prof. Li", 0.9)), True, id="found by the words"),
        pytest.param(found("what is there", "essay", ("Submit the essay about Rome to Prof. Li", 0.9)), False, id="found by other words"),
        pytest.param(found("the essay is done", "essay", ("Old essay about it", 0.9), ("New essay of mine", 0.9)), False, id="two fit"),
        pytest.param(found("实验报告交了", "实验报告", ("物理实验报告第三次", 0.9)), True, id="a part of the name"),
        pytest.param(
            told("lab report done", "query_tasks", {}, {"tasks": [{"ref": "task:0", "title": "Lab report"}]}), True, id="by its name"
        ),
        pytest.param(told("what is due?", "query_tasks", {}, {"tasks": [{"ref": "task:0", "title": "Lab report"}]}), False, id="not named"),
        pytest.param(State(messages=[User("do it")]), False, id="never shown"),
    ],
)
def test_a_thing_is_the_persons_if_they_named_it(state: State, own: bool) -> None:
    assert are_own_words(completes(0), state) is own


def listing(count: int) -> State:
    return told("Delete everything", "query_tasks", {}, {"tasks": [{"ref": f"task:{each}", "title": "x"} for each in range(count)]})


def deletes(*numbers: int, id_: str = "c2") -> ToolCall:
    return ToolCall(id_, "delete_task", {"refs": [f"task:{each}" for each in numbers]})


@given(st.integers(2, 60), st.data())
def test_all_that_a_list_showed_is_a_whole_category_however_it_is_cut_up(count: int, data: st.DataObject) -> None:
    state, order = listing(count), data.draw(st.permutations(range(count)))
    cut = data.draw(st.integers(0, count))
    state.messages.append(Assistant("", (deletes(*order[:cut]),)))

    assert removes_much(state, [Call(FIRST, deletes(*order[cut:], id_="c3"))])


@pytest.mark.parametrize(("gone", "much"), [(range(4), False), (range(5), True), (range(100, 100 + MOST_REMOVED), False)])
def test_some_of_a_list_are_no_category(gone: range, much: bool) -> None:
    assert removes_much(listing(5), [Call(FIRST, deletes(*gone))]) is much


def test_more_than_so_many_are_very_much() -> None:
    assert removes_much(State(), [Call(FIRST, deletes(*range(MOST_REMOVED + 1)))])


def test_what_was_deleted_for_earlier_words_does_not_count() -> None:
    state = listing(2)
    state.messages += [Assistant("", (deletes(0),)), User("and the other one")]

    assert not removes_much(state, [Call(FIRST, deletes(1, id_="c3"))])


@pytest.mark.parametrize(
    ("text", "language"),
    [("帮我 add a task", "en"), ("把lab交了吧", "zh"), ("ＤＯＮＥ", "en"), ("好", "zh"), ("7:30 👍", None), ("", None)],
)
def test_a_language_is_that_of_the_script_with_more_characters(text: str, language: str | None) -> None:
    assert language_of(text) == language
