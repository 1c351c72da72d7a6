"""The examples of the assistant, by rules alone and with a model that plays a script: what is said, shown, and changed.

Their golden traces stand in `traces/`; after a change of frames or words `make traces` writes them anew.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from tests.kit.examples import CHORES, EXAMPLES, Example, Stage, given, play, state
from tests.kit.talking import say, student, waiting
from tests.kit.traces import keep, kept, trace

DATA = Path(__file__).resolve().parent.parent / "data" / "brain"
CARD_BLOCK = ("图书证续期", 12, 4, 5, 6)
KEEP_ME = ("Keep me", 2, None, False)


async def test_1_before_a_day_is_until_it_begins_and_a_later_deadline_is_quadrant_2(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["01"])

    assert played.last.told == ["tool_call", "tool_result", "business_card", "assistant_text", "finish"]
    assert played.last.cards == [
        IsPartialDict(
            card_type="task_record",
            title="交实验报告",
            source="quick_note",
            data=IsPartialDict(deadline_at="2026-11-29T00:00:00+08:00", priority_group=2, status="todo", estimated_sections=1),
        )
    ]
    assert played.states[-1] == {"tasks": [("交实验报告", 2, "2026-11-29T00:00:00+08:00", False)], "blocks": []}


async def test_2_a_deadline_within_two_days_is_quadrant_1(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["02"])

    assert played.last.told == ["tool_call", "tool_result", "business_card", "assistant_text", "finish"]
    assert played.last.cards == [IsPartialDict(card_type="task_record", title="call the dentist")]
    assert played.states[-1] == {"tasks": [("call the dentist", 1, "2026-11-24T09:30:00+08:00", False)], "blocks": []}


async def test_3_three_things_are_three_tasks_three_cards_and_one_undo(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["03"])

    names = ["renew library card", "email Prof. Li", "buy batteries"]
    assert [card["title"] for card in played.talks[0].cards] == names
    assert played.states[1] == {"tasks": [(name, 3, None, False) for name in names], "blocks": []}
    assert played.states[2] == played.states[0] == {"tasks": [], "blocks": []}
    assert played.last.calls == ["undo"]


async def test_4_a_day_of_two_readings_is_a_question_and_the_answer_creates_the_task(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["04"])

    asked = played.talks[0]
    assert (asked.ended, asked.extra("interrupt")["interrupt"]["type"]) == ("waiting", "ask_user")
    assert "Friday, 27 November" in asked.text
    assert "Friday, 4 December" in asked.text
    assert played.states[0] == played.states[1] == {"tasks": [], "blocks": []}
    assert played.states[2]["tasks"] == [("Submit the essay", 2, "2026-11-28T00:00:00+08:00", False)]
    assert [card["card_type"] for card in played.last.cards] == ["task_record"]


async def test_7_what_is_on_tomorrow_is_read_and_nothing_changes(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["07"])

    assert played.last.told == ["tool_call", "tool_result", "assistant_text", "finish"]
    view = played.last.extra("tool_result")["tool"]["result_view"]
    (entry,) = view["expanded"]["machine_payload"]["entries"]
    assert (view["view_type"], entry["title"], entry["location"]) == ("schedule.read_result", "概率论", "Room 7")
    assert entry["when"] == {"zh": "11月24日周二 10:00–11:40", "en": "Tuesday, 24 November, 10:00–11:40"}
    assert played.states[1] == played.states[0]


async def test_8_due_this_week_is_a_card_from_monday_until_sunday_ends(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["08"])

    (card,) = played.last.cards
    assert card["card_type"] == "task_query"
    assert card["data"] == IsPartialDict(result_count=2, shown_count=2, has_more=False)
    assert [task["title"] for task in card["data"]["tasks"]] == ["Essay", "Until Sunday ends"]
    assert "Monday, 23 November to Sunday, 29 November" in card["data"]["query_summary"]
    assert played.states[1] == played.states[0]


async def test_8_an_empty_answer_is_a_card_too(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["08-empty"])

    (card,) = played.last.cards
    assert card == IsPartialDict(card_type="task_query", data=IsPartialDict(result_count=0, tasks=[], has_more=False))
    assert played.states[1] == played.states[0]


async def test_10_the_task_that_matches_is_completed_and_can_be_taken_back(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["10"])

    assert played.talks[0].calls == ["find", "complete_task"]
    assert played.states[1] == {"tasks": [("Lab report", 2, None, True)], "blocks": []}
    assert played.states[2] == played.states[0]


async def test_10_two_that_match_are_a_question_and_the_answer_completes_one(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["10-two"])

    asked = played.talks[0]
    assert (asked.ended, asked.told[-3:]) == ("waiting", ["assistant_text", "interrupt", "finish"])
    assert asked.extra("interrupt")["interrupt"] == IsPartialDict(type="ask_user", summary="Which one do you mean?")
    assert "Lab report on heat" in asked.text
    assert "Lab report on optics" in asked.text
    assert played.states[1] == played.states[0]
    assert played.states[2]["tasks"] == [("Lab report on heat", 2, None, False), ("Lab report on optics", 2, None, True)]


async def test_11_a_deletion_names_the_task_and_its_blocks_waits_and_can_be_taken_back(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["11"])

    asked = played.talks[0]
    assert (asked.ended, asked.told[-2:]) == ("waiting", ["confirm_request", "finish"])
    assert asked.diff == [("hide", "图书证续期"), ("remove", "图书证续期")]
    confirm = asked.extra("confirm_request")["confirm"]
    assert "图书证续期" in confirm["title"]
    assert confirm["summary"] == "连同 1 个时间块：11月26日周四 14:00–15:40"
    assert played.states[1] == played.states[0]
    assert played.states[0]["blocks"] == [CARD_BLOCK]
    assert played.states[2] == {"tasks": [("四级复习", 2, None, False)], "blocks": []}
    assert played.states[3] == played.states[0]


async def test_12_a_whole_quadrant_is_listed_one_by_one_before_it_goes(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["12"])

    asked = played.talks[0]
    assert (asked.ended, asked.diff) == ("waiting", [("hide", "Essay"), ("hide", "Buy batteries"), ("hide", "Laundry")])
    assert "3" in asked.extra("confirm_request")["confirm"]["title"]
    assert played.states[1] == played.states[0]
    assert played.states[2] == {"tasks": [KEEP_ME], "blocks": []}


async def test_12_a_whole_quadrant_waits_for_a_yes_even_where_everything_may_be_done_at_once(offline_stage: Stage) -> None:
    ming = await student(offline_stage.app)
    for title in ("Essay", "Laundry"):
        await ming.adds_task(title, quadrant=3)

    asked = await say(ming, "Delete everything in quadrant 3", extra={"always_execute": True})

    assert (asked.ended, len(await ming.tasks())) == ("waiting", 2)


async def test_one_deletion_is_done_at_once_where_everything_may_be(offline_stage: Stage) -> None:
    ming = await student(offline_stage.app)
    await ming.adds_task("Renew the library card")

    done = await say(ming, "Delete the library card task", extra={"always_execute": True})

    assert (done.ended, "confirm_request" in done.kinds, await ming.tasks()) == ("completed", False, [])


async def test_13_what_is_not_to_be_deleted_stays_and_that_is_said(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["13"])

    assert (played.last.text, played.last.told) == ("好的，没有删除任何东西。", ["assistant_text", "finish"])
    assert played.states[1] == played.states[0]


async def test_20_a_yes_in_words_applies_once_however_often_it_is_said(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["20"])

    _, asked, yes, again = played.states
    assert asked["tasks"] == [("图书证续期", 2, None, False), ("四级复习", 2, None, False)]
    assert yes == again == {"tasks": [("四级复习", 2, None, False)], "blocks": []}
    assert (played.talks[1].ended, played.talks[2].told) == ("completed", ["assistant_text", "finish"])


async def test_20_a_yes_sent_again_under_its_key_is_the_same_answer(offline_stage: Stage) -> None:
    stage = offline_stage
    played = await play(stage, Example(EXAMPLES["20"].turns[:1], EXAMPLES["20"].things))

    first = await say(played.somebody, "好，就这样", key="one-yes", conversation_id=played.conversation)
    second = await say(played.somebody, "好，就这样", key="one-yes", conversation_id=played.conversation)

    assert (first.run, first.data) == (second.run, second.data)
    assert [task["title"] for task in await played.somebody.tasks()] == ["四级复习"]


async def test_21_what_is_amended_is_confirmed_anew_and_nothing_happens_before(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["21"])

    first, amended, _ = played.talks
    assert (amended.ended, amended.diff) == ("waiting", [("hide", "Buy batteries"), ("hide", "Laundry")])
    told = [talk.extra("confirm_request")["confirm"]["interaction_id"] for talk in (first, amended)]
    assert told[0] != told[1]
    assert played.states[0] == played.states[1] == played.states[2]
    assert played.states[3] == {"tasks": [("Essay", 3, None, False), KEEP_ME], "blocks": []}


async def test_22_a_no_leaves_everything_and_the_model_hears_of_it(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["22"])

    assert "rejected" in played.last.codes
    assert played.states[0] == played.states[1] == played.states[2]
    assert await waiting(played.somebody, played.conversation) is None
    assert stage.server is None or "refused_by_person" in str(stage.server.asked[-1]["messages"])


async def test_23_an_aside_is_answered_and_the_confirmation_stays_open_as_it_is(stage: Stage) -> None:
    first = await play(stage, Example(EXAMPLES["23"].turns[:2], EXAMPLES["23"].things, EXAMPLES["23"].courses))
    asked = first.talks[0].extra("confirm_request")["confirm"]["interaction_id"]

    pending = await waiting(first.somebody, first.conversation)

    assert (first.last.ended, pending["interaction_id"], first.last.calls) == ("completed", asked, ["query_range"])
    assert "Algebra" in first.last.text
    assert first.states[0] == first.states[1] == first.states[2]


async def test_23_the_yes_after_an_aside_applies_what_was_shown_before_it(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["23"])

    assert played.states[2] == played.states[0]
    assert played.states[3] == {"tasks": [], "blocks": [("Algebra", 12, 5, 3, 4), ("Algebra", 13, 5, 3, 4)]}
    assert "eleted" in played.last.text


async def test_32_all_that_one_message_did_is_taken_back_as_one_group(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["32"])

    assert played.states[1]["tasks"] == [("实验报告", 2, None, True), ("打电话", 1, "2026-11-24T12:00:00+08:00", False)]
    assert played.states[2] == played.states[0]


async def test_a_task_named_right_after_a_clock_in_chinese_is_kept_without_a_question(offline_stage: Stage) -> None:
    ming = await student(offline_stage.app)

    done = await say(ming, "提醒我明天9点半打电话")

    assert (done.ended, [task["title"] for task in await ming.tasks()]) == ("completed", ["打电话"])


async def test_33_exactly_the_words_asked_for_are_said(stage: Stage) -> None:
    played = await play(stage, EXAMPLES["33"])

    assert (played.last.text, played.last.told, played.last.cards) == ("CP5_OK", ["assistant_text", "finish"], [])
    assert played.states[1] == played.states[0]


async def test_34_what_needs_a_model_is_said_and_kept_as_a_task_if_that_is_wanted(offline_stage: Stage) -> None:
    ming = await student(offline_stage.app)

    asked = await say(ming, "帮我写一份论文大纲")
    nothing = await ming.tasks()
    await say(ming, "好", conversation_id=asked.conversation)

    assert (asked.ended, nothing) == ("waiting", [])
    assert "需要语言模型" in asked.text
    assert [task["title"] for task in await ming.tasks()] == ["写一份论文大纲"]


@pytest.mark.parametrize("words", json.loads((DATA / "beyond.json").read_text()))
async def test_what_rules_cannot_do_they_say_at_once_and_change_nothing(offline_stage: Stage, words: str) -> None:
    ming = await student(offline_stage.app)
    await given(ming, Example((), CHORES, {"概率论": 2}))
    before = await state(ming)

    said = await say(ming, words)

    assert (said.calls, said.cards, await state(ming)) == ([], [], before)
    assert said.text
    assert any(map(is_chinese, said.text)) or not any(map(is_chinese, words))


async def test_a_confirmation_speaks_the_language_of_the_message(offline_stage: Stage) -> None:
    played = await play(offline_stage, EXAMPLES["11"])

    assert played.talks[0].extra("confirm_request")["confirm"]["title"] == "删除“图书证续期”？"


def is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


SAID: dict[str, list[Any]] = {
    "01": ["记下了：「交实验报告」，截止 11月28日周六结束前，第2象限。说“撤销”可以收回。"],
    "02": ['Kept: "call the dentist", due by Tuesday, 24 November, 09:30, quadrant 1. Say "undo" to take it back.'],
    "07": ["11月24日周二的课：\n- 11月24日周二 10:00–11:40 概率论 @ Room 7"],
    "08-empty": ["Nothing is due Monday, 23 November to Sunday, 29 November."],
    "10": ['"Lab report" is done. Say "undo" to take it back.', "撤销了：「Lab report」又是未完成。"],
    "11": [
        IsStr,
        "删除了1个任务：「图书证续期」。日程里的1个时间块也一起删了。说“撤销”可以收回。",
        "撤销了：「图书证续期」回来了。",
    ],
    "20": [IsStr, IsStr, "现在没有在等你确认的事，什么都没有改。"],
    "22": [IsStr, "All right, it stays as it is: nothing was changed."],
    "32": [
        "「实验报告」完成了。\n记下了：「打电话」，截止 11月24日周二 12:00前，第1象限。说“撤销”可以收回。",
        "撤销了：「实验报告」、「打电话」都恢复到之前的样子。",
    ],
}


@pytest.mark.parametrize("name", SAID)
async def test_rules_say_it_in_the_language_of_the_message_with_weekdays_from_results(offline_stage: Stage, name: str) -> None:
    played = await play(offline_stage, EXAMPLES[name])

    assert [talk.text for talk in played.talks] == SAID[name]


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_leaves_its_golden_trace(stage: Stage, name: str, request: pytest.FixtureRequest) -> None:
    played = await play(stage, EXAMPLES[name])

    lines = await trace(stage.app, played.talks)

    if request.config.getoption("write_traces"):
        keep(f"{name}-{stage.name}", lines)
    assert lines == kept(f"{name}-{stage.name}")


@pytest.mark.parametrize("name", EXAMPLES)
async def test_a_reader_cut_off_after_every_frame_misses_nothing_and_hears_nothing_twice(stage: Stage, name: str) -> None:
    played = await play(stage, EXAMPLES[name], cut=True)

    for talk in played.talks:
        whole = type(talk)(await played.somebody.get(f"/agent/runs/{talk.run}/stream"))
        assert (talk.ids, talk.text, talk.ended, talk.data[-1]) == (whole.ids, whole.text, whole.ended, "[DONE]")
        assert len(set(talk.ids)) == len(talk.ids)
        for place, seen in enumerate(whole.ids):
            rest = await played.somebody.ask("GET", f"/agent/runs/{talk.run}/stream", headers={"Last-Event-ID": seen})
            assert whole.ids[: place + 1] + type(talk)(rest).ids == whole.ids
