"""Amending a deletion, and what is owed after something was asked aside."""

from typing import Any

import pytest

from smartflow.client.llm import Assistant, Message, Tool, ToolCall, User
from tests.unit.services.llm.talking import pieces, request

TITLES = {"task:1": "Essay", "task:2": "Buy batteries", "task:3": "实验报告", "task:4": "续借图书证"}
BLOCKED = {"status": "blocked", "value": {"reason": "refused_by_person"}}
GONE = {"status": "done", "value": {"titles": ["Buy batteries"], "blocks": 0}}


def refused(*refs: str) -> list[Message]:
    """Say what came before: a deletion of these, and a no."""
    listed = [{"ref": ref, "title": title, "quadrant": 3, "completed": False} for ref, title in TITLES.items()]
    return [
        User("Delete everything in quadrant 3"),
        Assistant(calls=(ToolCall("c1", "query_tasks", {"limit": 20, "quadrant": 3}),)),
        Tool("c1", "query_tasks", "", {"status": "done", "value": {"tasks": listed, "total": len(listed)}}),
        Assistant(calls=(ToolCall("c2", "delete_task", {"refs": list(refs)}),)),
        Tool("c2", "delete_task", "", BLOCKED),
    ]


def asked(*messages: Message) -> Any:
    """Give the refs that are to be deleted now, or the text."""
    text, calls, _ = pieces(request(*messages))
    return [each.call.arguments["refs"] for each in calls] or text


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Fine, but keep the essay", ["task:2", "task:3", "task:4"]),
        ("Yes, except the essay and 实验报告", ["task:2", "task:4"]),
        ("ok but not the batteries", ["task:1", "task:3", "task:4"]),
        ("ok, but don't delete the essay", ["task:2", "task:3", "task:4"]),
        ("可以，但留下实验报告", ["task:1", "task:2", "task:4"]),
        ("行，不过实验报告留着", ["task:1", "task:2", "task:4"]),
        ("好，但是图书证和Essay别删", ["task:2", "task:3"]),
        ("除了实验报告，其他都删", ["task:1", "task:2", "task:4"]),
        ("只删实验报告", ["task:3"]),
        ("Only delete the essay", ["task:1"]),
    ],
)
def test_what_is_to_be_kept_is_left_out_and_the_rest_is_asked_about_anew(words: str, left: list[str]) -> None:
    assert asked(*refused(*TITLES), User(words)) == [left]


@pytest.mark.parametrize("words", ["Fine, but nothing on Sunday", "可以，但周日别动", "ok but keep the other one", "but keep it short"])
def test_where_it_is_not_certain_what_to_keep_nothing_is_deleted_and_that_is_said(words: str) -> None:
    said = asked(*refused(*TITLES), User(words))

    assert "nothing was deleted" in said or "什么都没有删除" in said


def test_where_all_is_to_be_kept_nothing_is_left_to_ask() -> None:
    assert asked(*refused("task:1"), User("Fine, but keep the essay")) == "All right, nothing was deleted."


def test_an_amended_deletion_is_amended_again() -> None:
    first = [*refused("task:1", "task:2", "task:3"), User("Fine, but keep the essay")]
    second = [Assistant(calls=(ToolCall("c3", "delete_task", {"refs": ["task:2", "task:3"]}),)), Tool("c3", "delete_task", "", BLOCKED)]

    assert asked(*first, *second, User("and keep 实验报告 too, but go ahead")) == [["task:2"]]


def test_a_yes_after_an_aside_is_told_of_what_was_asked_before_the_aside() -> None:
    waits = refused(*TITLES)[:-1]
    aside = [User("What day is it tomorrow?"), Assistant("Tuesday.")]

    said = asked(*waits, Tool("c2", "delete_task", "", GONE), *aside)

    assert said.startswith('Deleted (1): "Buy batteries".')


def test_a_no_after_an_aside_is_a_request_of_its_own() -> None:
    said = asked(*refused("task:2"), User("What day is it tomorrow?"), Assistant("Tuesday."), User("Never mind"))

    assert said == "All right, it stays as it is: nothing was changed."


def test_an_empty_answer_is_still_owed() -> None:
    said = asked(*refused("task:2"), User("What can you do?"), Assistant(""))

    assert said == asked(User("What can you do?"))
