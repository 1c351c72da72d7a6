import json
from pathlib import Path
from statistics import median

import pytest

from smartflow.client.llm import Assistant, Done, Message, ModelUnavailable, ObjectPiece, TextPiece, Tool, ToolCall, User
from smartflow.services.llm.offline import texts
from smartflow.services.llm.offline.brain import RuleBrain
from smartflow.shared.kernel.text import language_of
from tests.kit.counting import counted
from tests.unit.services.llm.talking import pieces, request, steps

DATA = Path(__file__).parents[3] / "data" / "brain"
EXAMPLES = json.loads((DATA / "examples.json").read_text())
SAYINGS = [saying for language in ("zh", "en") for saying in json.loads((DATA / f"{language}.json").read_text())]
WORDS = json.loads((DATA / "confirmation_words.json").read_text())
HARMLESS = json.loads((DATA / "harmless.json").read_text())
BEYOND = json.loads((DATA / "beyond.json").read_text())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_an_example_goes_step_by_step(example) -> None:
    assert steps(example["says"], example["results"]) == example["steps"]


@pytest.mark.parametrize("saying", SAYINGS, ids=lambda saying: saying["say"])
def test_the_first_step_of_a_saying(saying) -> None:
    text, calls, _ = pieces(request(User(saying["say"])))
    made = [[each.call.name, each.call.arguments] for each in calls]

    if "calls" in saying:
        assert made == saying["calls"]
    elif "asks" in saying:
        assert [(name, arguments["slot"]) for name, arguments in made] == [("ask_user", saying["asks"])]
    else:
        assert made == []
        assert text == (saying["text"] if "text" in saying else said(saying))


def said(saying) -> str:
    name, _, kind = saying["reply"].partition(".")
    text = getattr(texts, name)
    return (text[kind] if kind else text).render(language_of(saying["say"]) or "zh")


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words["say"])
def test_words_during_a_confirmation(words) -> None:
    _, _, (piece,) = pieces(request(User("x"), Assistant(), User(words["say"]), scene="confirmation_words"))

    assert piece.value == {"reading": words["reading"]}


@pytest.mark.parametrize("saying", BEYOND, ids=lambda saying: saying)
def test_what_is_beyond_rules_changes_nothing_and_is_said(saying) -> None:
    text, calls, _ = pieces(request(User(saying)))

    assert calls == []
    assert text


@pytest.mark.parametrize("saying", HARMLESS, ids=lambda saying: saying)
def test_what_only_sounds_like_a_change_changes_nothing(saying) -> None:
    _, calls, _ = pieces(request(User(saying)))

    assert {each.call.name for each in calls} <= {"ask_user", "read_time", "query_range", "query_tasks"}


def test_a_message_after_an_open_question_answers_it() -> None:
    asked = ToolCall("c1", "ask_user", {"text": "What shall I keep?", "choices": [], "slot": "title"})
    begun = (User("Remind me tomorrow at 9:30"), Assistant(calls=(asked,)))
    result = Tool("c1", "ask_user", "", {"status": "done", "value": {"reply": "call mom"}})
    wanted = ("c2", "create_task", {"title": "call mom", "when": "tomorrow at 9:30"})

    for way in ((User("call mom"),), (result,), (result, User("call mom"))):
        _, (call,), _ = pieces(request(*begun, *way))
        assert (call.call.id, call.call.name, call.call.arguments) == wanted


def test_a_message_while_a_deletion_waits_for_consent_is_a_new_request() -> None:
    calls = (ToolCall("c1", "delete_task", {"refs": ["task:1"]}),)

    _, (call,), _ = pieces(request(User("delete the gym task"), Assistant(calls=calls), User("What do I have on Friday?")))

    assert (call.call.id, call.call.name, call.call.arguments) == ("c2", "query_range", {"when": "Friday"})


def test_what_a_model_did_before_it_fell_silent_is_not_done_again() -> None:
    call = ToolCall("c1", "create_task", {"title": "Milk"})
    done = Tool("c1", "create_task", "", {"status": "done", "value": {"task": {"ref": "task:1", "title": "Milk", "quadrant": 3}}})

    text, calls, _ = pieces(request(User("Remind me to buy milk"), Assistant(calls=(call,)), done))

    assert (text, calls) == (texts.OTHERS.en, [])


def test_a_tool_that_is_not_offered_is_not_called() -> None:
    text, calls, _ = pieces(request(User("Undo"), tools=()))

    assert (text, calls) == (texts.NOT_HERE.en, [])


def test_a_question_that_cannot_be_asked_is_said() -> None:
    text, calls, _ = pieces(request(User("Remind me"), tools=()))

    assert (text, calls) == (texts.WHAT_TITLE.en, [])


def test_text_comes_in_pieces_and_goes_on_from_what_is_shown() -> None:
    asked: tuple[Message, ...] = (User(f"Reply with exactly {'x' * 1000}"),)

    *said, done = RuleBrain().answer(request(*asked))
    assert [len(piece.text) for piece in said if isinstance(piece, TextPiece)] == [400, 400, 200]
    assert isinstance(done, Done)
    assert (done.model, done.finish) == ("offline", "stop")
    assert pieces(request(*asked, beginning="x" * 990))[0] == "x" * 10
    assert pieces(request(*asked, beginning="Well, "))[0] == "\n\n" + "x" * 1000


def test_a_title_is_the_beginning_of_the_first_message() -> None:
    assert pieces(request(User("Remind me to\nbuy milk and eggs"), User("b"), scene="title"))[0] == "Remind me to buy milk an"


def test_side_jobs_that_need_a_model_are_refused() -> None:
    with pytest.raises(ModelUnavailable):
        list(RuleBrain().answer(request(User("a"), scene="memory_extraction")))


@pytest.mark.parametrize(
    ("say", "sure"),
    [
        ("Remind me to buy milk", True),
        ("明天有什么课", True),
        ("你好", True),
        ("Reply with exactly OK", True),
        ("lab report 交了", True),
        ("Delete the lab report", False),
        ("帮我写一份论文大纲", False),
        ("Don't delete the lab report", False),
        ("实验报告交了，另外提醒我明天买电池", False),
        ("把概率论剩下的全排进去，周末不排", False),
    ],
)
def test_rules_take_only_what_they_are_sure_of(say: str, sure: bool) -> None:
    assert RuleBrain().takes(request(User(say))) is sure


def test_rules_go_on_with_what_they_began_and_not_with_what_a_model_began() -> None:
    def after(arguments) -> tuple[Message, ...]:
        result = {"status": "done", "value": {"candidates": [{"ref": "task:7", "title": "Lab report", "score": 1.0}]}}
        return User("lab report 交了"), Assistant(calls=(ToolCall("c1", "find", arguments),)), Tool("c1", "find", "", result)

    own, foreign = {"text": "lab report", "kinds": ["task"], "completed": False}, {"text": "report"}

    assert RuleBrain().takes(request(*after(own)))
    assert not RuleBrain().takes(request(*after(foreign)))
    assert not RuleBrain().takes(request(User("Undo"), tools=()))


def test_an_answer_is_little_work() -> None:
    calls = [counted(lambda said=saying["say"]: list(RuleBrain().answer(request(User(said)))))[1] for saying in SAYINGS]

    assert median(calls) < 1_000  # three times what it is; benchmarks tell the time


@pytest.mark.parametrize("piece", ["1", "a", "the ", "周", "十", "明天", "把", "remind me to ", "a, ", "9:", "完成", "-", "下"])
def test_a_very_long_message_is_no_more_work_than_it_is_long(piece: str) -> None:
    half, whole = (
        counted(lambda length=length: list(RuleBrain().answer(request(User((piece * 8000)[:length])))))[1] for length in (4000, 8000)
    )

    assert whole <= 2.2 * half


DELETES, COMPLETES, ADDS = '<data>Delete "Essay"?</data>', '<data>Complete "delete the essay"?</data>', "<data>添加 6 个任务？</data>"
ASKED = [
    *(
        (DELETES, words, "approve")
        for words in ("确认删除", "删", "都删了吧", "那就这样吧", "当然", "y", "👍🏻", "好的，多谢", "No worries, go ahead")
    ),
    *(
        (DELETES, words, "approve")
        for words in ("Yes, go ahead and delete it", "yes, all of them", "I agree", "没意见", "多谢，删吧", "just delete it")
    ),
    *((DELETES, words, "unclear") for words in ("thanks", "多谢", "no worries", "maybe")),
    (DELETES, "keep it", "reject"),
    (DELETES, "no objections", "unclear"),
    (DELETES, "no, go ahead", "unclear"),
    (DELETES, "没什么问题", "unclear"),
    (COMPLETES, "delete it", "unclear"),
    (COMPLETES, "删了吧", "unclear"),
    (COMPLETES, "yes", "approve"),
    (ADDS, "keep them", "unclear"),
    (ADDS, "好", "approve"),
]


@pytest.mark.parametrize(("asked", "words", "reading"), ASKED)
def test_words_are_read_to_what_was_asked(asked, words, reading) -> None:
    _, _, (piece,) = pieces(request(User("x"), Assistant(asked), User(words), scene="confirmation_words"))

    assert piece.value == {"reading": reading}


@pytest.mark.parametrize(
    ("words", "worth"), [("By all means", "approve"), ("By all means, delete it", "approve"), ("By all means?", "unclear")]
)
@pytest.mark.parametrize("reading", ["approve", "reject", "aside"])
def test_a_models_yes_is_worth_what_the_words_are(words, worth, reading) -> None:
    asked = request(User("x"), Assistant(DELETES), User(words), scene="confirmation_words")

    weighed = RuleBrain().weighed(asked, ObjectPiece({"reading": reading}))

    assert weighed == ObjectPiece({"reading": worth if reading == "approve" else reading})
