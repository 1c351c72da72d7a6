"""What the person has agreed to by asking for it: their own words, and nothing that a model has from elsewhere."""

from typing import Any

import pytest

from smartflow.client.llm import Assistant, Tool, ToolCall, User
from smartflow.services.agent.engine.fold import Answer, State
from smartflow.services.agent.engine.own import are_own_words, is_named
from smartflow.shared.kernel.text import language_of

EARLIER = [User("When is the essay due?"), Assistant("On Friday.")]


def told(words: str, *looked: tuple[str, dict[str, Any], dict[str, Any]], before: Any = ()) -> State:
    """Give a request for which something was looked up."""
    state = State(messages=[*before, User(words)], answer=Answer(words=words))
    for number, (name, arguments, value) in enumerate(looked, 1):
        state.messages.append(Assistant("", (ToolCall(f"c{number}", name, arguments),)))
        state.messages.append(Tool(f"c{number}", name, "", {"status": "done", "value": value}))
    return state


def listed(*titles: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return "query_tasks", {}, {"tasks": [{"ref": f"task:{number}", "title": title} for number, title in enumerate(titles)]}


def found(text: str, *scores: tuple[str, float], **more: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    candidates = [{"ref": f"task:{number}", "title": title, "score": score} for number, (title, score) in enumerate(scores)]
    return "find", {"text": text, **more}, {"candidates": candidates}


def chosen(reply: str, *choices: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return "ask_user", {"text": "Which?", "choices": list(choices)}, {"reply": reply}


LONG = "Submit the essay about Rome to Prof. Li"
NAMED = [
    (told("the essay is done", found("essay", (LONG, 0.9))), True),
    (told("实验报告交了", found("实验报告", ("物理实验报告第三次", 0.9))), True),
    (told("lab report done", listed("Lab report", "Essay")), True),
    (told("lab report on heat done", listed("Lab report on heat", "Lab report on optics")), True),
    (told("the second, please", listed("x", "y"), chosen("Lab report", "Lab report", "Essay"), listed("Lab report")), True),
    (told("essay draft done", listed("Essay draft", "Essay")), True),
    (told("买书架搞定", listed("买书架", "买书")), True),
    (told("书看完了", listed("书", "作业")), True),
    (told("essay done", listed("Essay draft", "Essay")), False),
    (told("lab 1001 done", listed("Lab 1002")), False),
    (told("call mark done", listed("Call Mary")), False),
    (told("not the first one", chosen("not the first one", "Lab report", "Essay"), listed("Lab report")), False),
    (told("done", ("query_tasks", {}, {"tasks": None}), ("find", {"text": "x"}, {"candidates": [{}], "task": None})), False),
    (told("I am done with the essay", ("query_tasks", {"keyword": "essay"}, listed(LONG)[2])), True),
    (told("I am done with the essay", ("query_tasks", {"keyword": "essay"}, listed(LONG, "Essay about Bonn")[2])), False),
    (told("I am done with the essay", ("query_tasks", {"keyword": "essay", "quadrant": 2}, listed(LONG)[2])), False),
    (told("what is there", found("essay", (LONG, 0.9))), False),
    (told("the essay is done", found("essay", ("Old essay about it", 0.9), ("New essay of mine", 0.9))), False),
    (told("the essay is done", found("essay", (LONG, 0.9), when="tomorrow")), False),
    (told("lab report 交了", listed("Lab report on heat", "Lab report on optics")), False),
    (told("化学实验报告交了", listed("物理实验报告")), False),
    (told("What is on tomorrow?", listed("Essay"), before=EARLIER), False),
    (told("is it raining?", found("it", ("Visit grandma", 0.9))), False),
    (told("今天做什么", found("做", ("做实验", 0.9))), False),
    (told("hello", found("!", ("!!!", 1.0))), False),
    (told("do it", ("query_tasks", {}, {})), False),
]


@pytest.mark.parametrize(("state", "named"), NAMED, ids=lambda each: each.answer.words if isinstance(each, State) else str(each))
def test_a_thing_is_named_by_the_present_request_alone_and_by_nothing_that_fits_others_as_well(state: State, named: bool) -> None:
    assert is_named("task:0", state) is named
    assert are_own_words(ToolCall("c9", "complete_task", {"ref": "task:0"}), state) is named


@pytest.mark.parametrize(
    ("words", "title", "when", "own"),
    [
        ("Remind me of the essay tomorrow at 9:30", "essay", "tomorrow at 9:30", True),
        ("Remind me of the essay tomorrow at 9:30", "essay", "tomorrow 9:30", True),
        ("Remind me of the essay at 9:30 tomorrow", "Essay", "tomorrow at 9:30", True),
        ("Remind me of the essay tomorrow at 9:30", "essay", "tomorrow 8:30", False),
        ("The essay is due on 5/12", "essay", "12/5", False),
        ("Call mum tomorrow, and the dentist on Friday at 9:30", "call mum", "tomorrow at 9:30", False),
        ("周三下午交论文", "交论文", "周三下午", True),
        ("周三下午交论文", "交论文", "下周三上午", False),
        ("周三下午交论文", "交论文", "下周三", False),
        ("明天下午交论文", "交论文", "明天上午", False),
        ("Remind me to buy milk", "Pay 500 to the landlord", None, False),
        ("pay rent to Bob", "Pay 500 rent to Bob", None, False),
        ("rent 2024 report", "Rent 2025 report", None, False),
        ("下周三交论文", "交论文", "周三", False),
        ("明天下午3点开会", "开会", "3点", False),
        ("明天下午3点开会", "开会", "明天下午3点", True),
        ("essay due next Friday", "essay", "Friday", False),
        ("the essay, not tomorrow, but on Friday", "essay", "tomorrow", False),
        ("the essay, not tomorrow, but on Friday", "essay", "Friday", True),
        ("加个任务：书", "书", None, True),
        ("hello", "!!!", None, False),
    ],
)
def test_a_new_task_has_the_title_and_the_time_of_the_words(words: str, title: str, when: str | None, own: bool) -> None:
    arguments = {"title": title} | ({} if when is None else {"when": when})

    assert are_own_words(ToolCall("c9", "create_task", arguments), told(words)) is own


@pytest.mark.parametrize(
    ("reply", "own"), [("2", False), ("the first one", True), ("第一个", True), ("Pay the landlord tomorrow", True), ("neither", False)]
)
def test_of_what_was_offered_only_the_choice_that_was_taken_counts(reply: str, own: bool) -> None:
    state = told("sort this out", chosen(reply, "Pay the landlord tomorrow", "Buy milk on Friday"))

    assert are_own_words(ToolCall("c9", "create_task", {"title": "Pay the landlord", "when": "tomorrow"}), state) is own


def test_the_words_before_may_hold_the_title() -> None:
    state = told("yes, tomorrow please", before=[User("I have to buy milk"), Assistant("Shall I keep that?")])

    assert are_own_words(ToolCall("c9", "create_task", {"title": "buy milk", "when": "tomorrow"}), state)


def test_a_time_of_the_words_before_is_none_of_this_request() -> None:
    state = told("buy milk please", before=[User("call mum tomorrow"), Assistant("Kept.")])

    assert not are_own_words(ToolCall("c9", "create_task", {"title": "Buy milk", "when": "tomorrow"}), state)


@pytest.mark.parametrize(
    ("words", "later", "own"),
    [("it is done", False, True), ("mark it as done", False, True), ("is it raining?", False, False), ("it is done", True, False)],
)
def test_it_is_what_was_written_right_before(words: str, later: bool, own: bool) -> None:
    written = told("call mum", ("create_task", {}, {"task": {"ref": "task:0", "title": "Ring her up"}}))
    between = [User("What is on tomorrow?"), Assistant("Nothing.")] if later else []
    state = told(words, before=[*written.messages, Assistant("Kept."), *between])

    assert are_own_words(ToolCall("c9", "complete_task", {"ref": "task:0"}), state) is own
    assert not is_named("task:0", state)


@pytest.mark.parametrize(
    ("words", "own"),
    [("undo that", True), ("撤销刚才的", True), ("cancel that", True), ("What is on tomorrow?", False), ("don't undo anything", False)],
)
def test_only_who_asks_for_it_has_something_taken_back(words: str, own: bool) -> None:
    assert are_own_words(ToolCall("c9", "undo", {}), told(words)) is own


@pytest.mark.parametrize(
    ("text", "language"),
    [("帮我 add a task", "en"), ("把lab交了吧", "zh"), ("ＤＯＮＥ", "en"), ("好", "zh"), ("7:30 👍", None), ("", None)],
)
def test_a_language_is_that_of_the_script_with_more_characters(text: str, language: str | None) -> None:
    assert language_of(text) == language
