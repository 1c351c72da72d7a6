"""The messages of a request hold their budget, and the newest results stay in it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from smartflow.client.llm import Assistant, Message, System, Tool, ToolCall, User
from smartflow.services.agent.context.build import Built, Present, build
from smartflow.services.agent.context.room import BUDGET, Room
from smartflow.services.agent.context.size import cut, marked, size, tokens
from smartflow.services.agent.context.telling import parts, shortened, told

WAITING = '{"status":"waiting","value":{"reason":"the person has not answered yet"}}'
NOW = datetime(2026, 11, 23, tzinfo=UTC)
EDGES = '\x00 a"<>\x7fé\u07ff\u2014\u2e7f\u2e80\u2fff\u3000汉\ud7ff\ud800\udfff\uffff\U00010000\U0010ffff'
TEXTS = st.text(st.sampled_from(EDGES), max_size=40).flatmap(lambda text: st.integers(0, 40).map(lambda times: text * times))
LETTERS = st.sampled_from(["汉", "<", "a", "é", '"'])


def _answer(first: int, letter: str, length: int, many: int) -> list[Message]:
    calls = tuple(ToolCall(f"c{first + number}", "find", {"text": "x"}) for number in range(many))
    return [Assistant("", calls), *(Tool(call.id, "find", letter * length, {}) for call in calls)]


def _total(built: Built) -> int:
    return sum(map(size, built.messages))


@given(LETTERS, st.integers(0, 6_000), st.integers(1, 24), st.integers(1, 4), st.booleans())
def test_the_newest_results_stay_and_the_budget_holds(letter: str, length: int, many: int, answers: int, asked: bool) -> None:
    said: list[Message] = [User(letter * 8_000)] if asked else []
    for number in range(answers):
        said += _answer(number * many, letter, length, many)
    built = build(said, Present(NOW, "Asia/Shanghai", "zh", (letter * 20_000, letter * 2_000), letter * 50_000), letter * 6_000)
    assert _total(built) <= BUDGET
    kept = {each.call_id for each in built.messages if isinstance(each, Tool)}
    assert {f"c{(answers - 1) * many + number}" for number in range(many)} <= kept


def _counted(text: str) -> int:
    """Count plainly."""
    wide = sum(letter >= "\u2e80" for letter in text)
    return wide + -(-(len(text) - wide) // 4)


def _head(text: str, most: int) -> str:
    """Cut plainly: less and less of a text until it fits."""
    kept = text[: most * 4]
    while kept and _counted(marked(kept)) > most:
        kept = kept[: min(len(kept) - 1, len(kept) * most // _counted(marked(kept)))]
    return kept


def _cut(text: str, most: int) -> str:
    return text if _counted(marked(text)) <= most else _head(text, most) + " .."


def _told(text: str, most: int, handle: str) -> str:
    """Tell plainly: all of it if it fits, else its beginning and its handle."""
    if _counted(marked(text)) <= most:
        return marked(text)
    if most == 1_200:
        return f"{marked(parts(text)[0])} (part 1 of {len(parts(text))}; read_more with handle {handle} gives the others)"
    more = f" (cut; read_more with handle {handle} gives all)"
    return marked(_head(text, most - _counted(more))) + more


@given(TEXTS, st.integers(0, 200))
def test_a_text_is_counted_and_cut_as_one_does_it_plainly(text: str, most: int) -> None:
    assert tokens(text) == _counted(text)
    assert cut(text, most) == _cut(text, most)
    for shown, plainly in ((told(text, "c7"), _told(text, 1_200, "c7")), (shortened(50, text, "c7"), _told(text, 50, "c7"))):
        assert shown == (plainly, _counted(plainly))


@given(TEXTS, st.integers(1, 80))
def test_the_parts_of_a_text_are_the_text_and_each_can_be_told_whole(text: str, times: int) -> None:
    text *= times

    found = parts(text)

    assert "".join(found) == text
    for number, each in enumerate(found, start=1):
        named = f"c123456789, part {number} of {len(found)}: {each}"
        assert told(named, "c8") == (marked(named), _counted(marked(named)))
    assert told(text, "c123456789")[0].startswith(marked(text if _counted(marked(text)) <= 1_200 else found[0]))
    assert told(text, "c123456789")[1] <= 1_200


def _plainly(said: list[Message], budget: int) -> list[Message]:
    """Keep the request, then the newest rounds that fit, each with its results, those of earlier requests shorter."""
    results = {each.call_id: each for each in said if isinstance(each, Tool)}
    rounds: list[list[Message]] = []
    for each in said:
        calls = each.calls if isinstance(each, Assistant) else ()
        there = [results[call.id] for call in calls if call.id in results]
        not_yet = [Tool(call.id, call.name, WAITING) for call in calls if call.id not in results]
        rounds += [] if isinstance(each, Tool) else [[each, *there, *not_yet]]
    request = max((place for place, each in enumerate(rounds) if isinstance(each[0], User)), default=len(rounds) - 1)
    kept: dict[int, list[Message]] = {}
    for place in sorted(range(len(rounds)), key=lambda place: (place != request, -place)):
        most = 1_200 if place >= request else 100
        shown = [
            replace(each, content=_told(each.content, most, each.call_id)) if isinstance(each, Tool) else each for each in rounds[place]
        ]
        if kept and sum(size(each) for those in [*kept.values(), shown] for each in those) > budget:
            break
        kept[place] = shown
    return [each for place in sorted(kept) for each in kept[place]]


@st.composite
def dialogues(draw: st.DrawFn) -> list[Message]:
    """Make any dialogue, small or too large, sensible or not."""
    said: list[Message] = []
    for number in range(draw(st.integers(0, 12))):
        text = draw(st.sampled_from(["汉", "a", "<", "é b"])) * draw(st.sampled_from([0, 3, 90, 2_000, 30_000]))
        calls = tuple(ToolCall(f"c{number}{each}", "find", {"text": "汉<" * each}) for each in range(draw(st.integers(0, 3))))
        answer: list[Message] = [Assistant(text, calls)]
        given_back: list[Message] = [Tool(call.id, "find", text, {"status": "done"}) for call in calls if draw(st.integers(0, 5))]
        said += draw(st.sampled_from([[User(text)], [*answer, *given_back]]))
    return said


@given(dialogues(), st.text(max_size=20))
def test_what_is_kept_of_a_dialogue_is_what_one_would_keep_plainly(said: list[Message], summary: str) -> None:
    built = build(said, Present(NOW, "Asia/Shanghai", "zh"), summary)

    before = [f"What was said before, summed up: {marked(summary)}"] if summary else []
    wanted = _plainly(said, 60_000 - sum(map(_counted, before)))
    kept = built.messages[1:-1]
    assert [each.content for each in kept if isinstance(each, System)] == before
    assert [each for each in kept if not isinstance(each, System)] == wanted
    dialogue, work = [each for each in kept if not isinstance(each, Tool)], [each for each in kept if isinstance(each, Tool)]
    sizes = [sum(map(size, block)) for block in (built.messages[:1], dialogue, work, built.messages[-1:])]
    assert [built.stats.msg0, built.stats.msg1, built.stats.msg2, built.stats.msg3] == sizes


@given(dialogues(), st.integers(1, 200_000), st.integers(0, 2_000), LETTERS, st.integers(0, 30_000))
def test_in_any_window_the_budget_holds_and_rules_clock_and_request_stay(
    said: list[Message], window: int, tools: int, letter: str, length: int
) -> None:
    room = Room.within(window)
    bare = build([each for each in said if isinstance(each, User)][-1:], Present(NOW, "Asia/Shanghai", "zh"), tools=tools)
    present = Present(NOW, "Asia/Shanghai", "zh", (letter * 40, letter * length, letter), letter * length)

    built = build(said, present, letter * length, room, tools)

    assert built.stats.budget == room.total == min(BUDGET, int(window * 0.6))
    assert built.stats.total == _total(built) + tools <= max(room.total, bare.stats.total)
    assert built.messages[0] == bare.messages[0]
    assert built.messages[-1].content.startswith(bare.messages[-1].content)
    assert {*bare.messages[1:-1]} <= {each for each in built.messages if isinstance(each, User)}


@given(st.integers(8_192, 200_000), LETTERS, st.integers(0, 6_000), st.integers(1, 24))
def test_in_a_small_window_the_newest_results_share_the_room(window: int, letter: str, length: int, many: int) -> None:
    said = [User(letter * 9_000), *_answer(0, letter, length, 3), User("And now?"), *_answer(3, letter, length, many)]
    present = Present(NOW, "Asia/Shanghai", "zh", (letter * 2_000,) * 9, letter * 6_000)

    built = build(said, present, letter * 6_000, Room.within(window), 1_300)

    assert built.stats.total <= built.stats.budget
    kept = [each.call_id for each in built.messages if isinstance(each, Tool)]
    assert kept[-many:] == [f"c{3 + number}" for number in range(many)]


def test_a_smaller_window_shrinks_every_block_alike() -> None:
    said: list[Message] = [User("word " * 900) for _ in range(100)]
    present = Present(NOW, "Asia/Shanghai", "en", ("word " * 200,) * 40, "word " * 2_000)

    large, small = (build(said, present, "word " * 9_000, Room.within(window)).stats for window in (200_000, 40_000))

    for one, other in zip((large.msg1, large.msg3, large.total), (small.msg1, small.msg3, small.total), strict=True):
        assert abs(other - one * 24_000 / 76_000) < 0.1 * other
