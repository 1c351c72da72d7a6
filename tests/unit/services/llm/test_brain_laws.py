"""What holds for any messages at all."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartflow.client.llm import Assistant, CallPiece, Done, Message, System, Tool, ToolCall, User
from smartflow.services.agent.tool.arguments import TOOLS
from smartflow.services.llm.offline.brain import RuleBrain
from smartflow.services.llm.offline.consent import reading
from smartflow.services.llm.offline.talk import WRITES
from smartflow.shared.kernel.codec import to_json
from tests.unit.services.llm.talking import SPECS, request

SCHEMAS = {spec.name: jsonschema_rs.validator_for(spec.parameters) for spec in SPECS}
PIECES_OF_SPEECH = (
    "提醒我 明天 下周三 删掉 别 不要 实验报告 完成 了 把 所有 第三象限 任务 撤销 重新打开 有什么 课 要交 请只回复 吗 ？ ， 。 、 remind me to|delete|everything in quadrant 3|"
    "add|buy milk|and|next friday|tomorrow at 9:30|by sunday|the lab report|is done|undo|mark|as done|don't|if|what is due|what's on|?|, |. |it|reply with exactly|\n|周五 |9点半 "
).replace(" ", "|")
SPEECH = st.lists(st.sampled_from([word for word in PIECES_OF_SPEECH.split("|") if word]), max_size=9).map(" ".join)
TEXTS = st.one_of(st.text(max_size=60), SPEECH, SPEECH.map(lambda text: text.replace(" ", "")))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(0, 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
SAID = st.fixed_dictionaries({"zh": st.text(max_size=5), "en": st.text(max_size=5)})
FOUND = st.lists(
    st.fixed_dictionaries(
        {
            "ref": st.sampled_from(["task:1", "task:22", "course:3", "nonsense", "task:１"]),
            "title": st.text(max_size=300),
            "score": st.floats(0, 1),
            "when": st.none() | SAID,
        }
    ),
    max_size=7,
).map(lambda found: {"candidates": found})
TASKS = st.lists(
    st.fixed_dictionaries({"ref": st.sampled_from(["task:1", "x"]), "title": st.text(max_size=9), "quadrant": st.integers(1, 4)}),
    max_size=22,
).map(lambda tasks: {"tasks": tasks, "total": 30})
READ = st.lists(st.fixed_dictionaries({"said": SAID}), max_size=3).map(lambda readings: {"readings": readings})
REPLY = TEXTS.map(lambda reply: {"reply": reply})
RESULTS = st.one_of(
    st.one_of(FOUND, TASKS, READ, REPLY).map(lambda value: {"status": "done", "value": value}),
    st.dictionaries(st.sampled_from(["status", "value"]), JSON),
)
NAMES = st.sampled_from(sorted(TOOLS))
CALLS = st.builds(ToolCall, st.sampled_from(["c1", "c2", "c9", "x", "c"]), NAMES, st.dictionaries(st.text(max_size=4), JSON, max_size=2))
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(System, TEXTS),
    st.builds(User, TEXTS),
    st.builds(Assistant, TEXTS, st.lists(CALLS, max_size=2).map(tuple)),
    st.builds(Tool, st.sampled_from(["c1", "c2", "c9"]), NAMES, TEXTS, RESULTS),
)


def fits(call: ToolCall) -> bool:
    return SCHEMAS[call.name].is_valid(call.arguments)


@given(messages=st.lists(MESSAGES, max_size=8), offered=st.sets(NAMES))
@settings(max_examples=300, deadline=None)
def test_any_messages_get_an_answer_that_calls_only_what_is_offered(messages: list[Message], offered: set[str]) -> None:
    asked = request(*messages, tools=tuple(spec for spec in SPECS if spec.name in offered))

    *said, done = RuleBrain().answer(asked)
    calls = [piece.call for piece in said if isinstance(piece, CallPiece)]

    assert isinstance(done, Done)
    assert done.finish == ("tool_calls" if calls else "stop")
    assert all(call.name in offered and fits(call) for call in calls)
    used = [call.id for message in messages if isinstance(message, Assistant) for call in message.calls]
    assert len({*used, *(call.id for call in calls)}) == len(set(used)) + len(calls)
    assert to_json(list(RuleBrain().answer(asked))) == to_json([*said, done])
    RuleBrain().takes(asked)


@given(said=TEXTS, results=st.lists(RESULTS, min_size=6, max_size=6))
@settings(max_examples=300, deadline=None)
def test_a_talk_ends_whatever_tools_give_and_its_arguments_fit(said: str, results: list[dict[str, Any]]) -> None:
    messages: list[Message] = [User(said)]
    for result in results:
        calls = tuple(piece.call for piece in RuleBrain().answer(request(*messages)) if isinstance(piece, CallPiece))
        assert all(fits(call) for call in calls)
        messages += [Assistant(calls=calls), *(Tool(call.id, call.name, "", result) for call in calls)]
        if not calls:
            return
    assert not [piece for piece in RuleBrain().answer(request(*messages)) if isinstance(piece, CallPiece)]


THINGS_ZH, THINGS_EN = (
    ("实验报告", "图书证", "买电池", "lab report", "概率论作业"),
    ("the lab report", "buy batteries", "图书证", "my essay"),
)
NEGATED = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "先", "请", "你", "明天", "千万"]),
        st.sampled_from(["别", "不要", "不用", "别再", "不必", "勿", "不许", "别给我"]),
        st.sampled_from(["删", "删掉", "删除", "完成", "勾掉", "添加任务：", "提醒我", "记下", "重新打开", "撤销", "把任务删了，"]),
        st.sampled_from(THINGS_ZH),
    ),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(THINGS_ZH),
        st.sampled_from(["先别", "不要", "不用", "别", "还没", "没"]),
        st.sampled_from(["删", "删掉", "完成", "交", "删了", "做完"]),
    ),
    st.builds("把{}{}".format, st.sampled_from(THINGS_ZH), st.sampled_from(["删掉，算了", "删掉，还是别删了", "标记为完成，不对"])),
    st.builds(
        "{}{} {} {}".format,
        st.sampled_from(["", "please ", "hey, ", "ok, "]),
        st.sampled_from(["don't", "do not", "Don’t", "never", "you should not", "you must not", "please don't ever"]),
        st.sampled_from(["delete", "remove", "complete", "mark as done", "add", "remind me to", "reopen", "undo", "get rid of"]),
        st.sampled_from(THINGS_EN),
    ),
    st.builds(
        "I {} {} {}".format,
        st.sampled_from(["haven't", "have not", "didn't", "did not", "never"]),
        st.sampled_from(["finished", "submitted", "done", "finish"]),
        st.sampled_from(THINGS_EN),
    ),
    st.builds(
        "{} {}{}".format,
        st.sampled_from(["delete", "remove", "mark", "complete"]),
        st.sampled_from(THINGS_EN),
        st.sampled_from([". no wait, don't", ", never mind", ", actually no", ", no, don't do that"]),
    ),
)


@given(said=NEGATED)
@settings(max_examples=500, deadline=None)
def test_a_negated_request_never_writes(said: str) -> None:
    calls = [piece.call.name for piece in RuleBrain().answer(request(User(said))) if isinstance(piece, CallPiece)]

    assert WRITES.isdisjoint(calls)
    assert "find" not in calls


@pytest.mark.parametrize(
    "doubt",
    ["也许", "可能吧", "不确定", "maybe", "not sure", "I guess", "hmm", "?", "但是周日不行", "but not on Sunday", "再想想", "let me think"],
)
@pytest.mark.parametrize("yes", ["好", "可以", "行", "ok", "yes", "fine", "sure"])
def test_doubt_is_never_a_yes(yes: str, doubt: str) -> None:
    assert reading(f"{yes}, {doubt}") != "approve"
    assert reading(f"{doubt} {yes}") != "approve"


@given(said=TEXTS)
@settings(deadline=None)
def test_words_during_a_confirmation_are_always_read(said: str) -> None:
    assert reading(said) in {"approve", "reject", "amend", "aside", "unclear"}
