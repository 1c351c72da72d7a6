"""The exit through every form of its client; the brain; embeddings; what a process has to load."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path

import pytest

from smartflow.client.llm import (
    AnswerRequest,
    BudgetExceeded,
    CallPiece,
    Done,
    LlmClient,
    ModelUnavailable,
    Piece,
    TextPiece,
    ToolCall,
    Usage,
    User,
)
from smartflow.gateway.server import bound_locally, server, started
from smartflow.services.llm.settings import BudgetSettings, ModelsSettings, PriceSettings
from smartflow.shared.calls.connect import Peer, connect
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.serve import CallServer
from tests.kit.llm import COST, Exit, Payer, at, done_of, exit_on, request, text_of, three
from tests.kit.model_server import HANG, ModelServer, breaks, calls, part, refuses, says, vectors
from tests.kit.silent import NO_MODEL


@pytest.fixture
async def remote(door: Exit) -> AsyncIterator[LlmClient]:
    """The client in another process, over a socket."""
    app = CallServer(door.below.clock)
    app.add(Contract(LlmClient), door.llm)
    serving = server(app)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.sock"
        running = asyncio.create_task(serving.serve([bound_locally(path)]))
        await started(serving)
        peer = Peer(f"unix:{path}", door.below.clock)
        yield connect(Contract(LlmClient), peer)
        await peer.close()
        serving.should_exit = True
        await running


async def test_an_answer_crosses_a_socket_as_it_is(remote: LlmClient, ming: Payer, server: ModelServer) -> None:
    server.plays(calls(part(0, "place", '{"时": [1, 2.5, null]}'), text="One moment."))

    pieces = [piece async for piece in remote.answer(ming.call, request())]

    assert pieces == [
        TextPiece("One moment."),
        CallPiece(ToolCall("c1", "place", {"时": [1, 2.5, None]})),
        Done(Usage(100, 0, 20, 0, cost=COST), "middle", "tool_calls"),
    ]


async def test_a_refusal_crosses_a_socket(remote: LlmClient, ming: Payer, server: ModelServer) -> None:
    server.plays(refuses(400))

    with pytest.raises(ModelUnavailable):
        _ = [piece async for piece in remote.answer(ming.call, request(role="lite", scene="title"))]


async def test_a_reader_that_leaves_a_socket_stops_the_model(remote: LlmClient, ming: Payer, server: ModelServer) -> None:
    server.plays(breaks("One ", at=HANG))

    async with aclosing(remote.answer(ming.call, request())) as pieces:
        await anext(pieces)

    await server.left.wait()
    while (await ming.calls())[0].state == "reserved":
        await asyncio.sleep(0.005)


async def test_the_window_of_the_model_that_is_asked_in_a_role_is_told(tmp_path: Path, remote: LlmClient, ming: Payer) -> None:
    assert await remote.window(ming.call, "pro") == ModelsSettings().pro.window
    small, large = at("http://127.0.0.1:1", "small", window=8_000), at("http://127.0.0.1:1", "large", window=64_000)
    async with exit_on(tmp_path / "llm.db", models=ModelsSettings(lite=small, max=large)) as door:
        assert [await door.llm.window(ming.call, role) for role in ("lite", "pro", "max")] == [8_000, 8_000, 64_000]
    async with exit_on(tmp_path / "none.db") as door:
        assert await door.llm.window(ming.call, "max") is None


async def test_usage_crosses_a_socket(remote: LlmClient, ming: Payer, server: ModelServer) -> None:
    server.plays(says("Yes."))
    await ming.asks(request())

    report = await remote.usage(ming.call, (await ming.calls())[0].day)

    assert (report.cost, report.day_spent) == (COST, COST)


class SureBrain:
    """Answers what begins with a verb of its own."""

    def answer(self, request: AnswerRequest) -> Iterator[Piece]:
        yield TextPiece(f"by rules, after {request.beginning!r}")
        yield Done(Usage(), "offline", "stop")

    def takes(self, request: AnswerRequest) -> bool:
        return request.messages[-1].content == "Undo"

    def weighed(self, request: AnswerRequest, piece: Piece) -> Piece:
        del request
        return piece


async def test_without_a_model_the_brain_answers_and_nothing_is_booked(tmp_path: Path) -> None:
    async with exit_on(tmp_path / "llm.db", SureBrain()) as door:
        ming = door.someone()
        pieces = await ming.asks(request())

        assert pieces == [TextPiece("by rules, after ''"), Done(Usage(), "offline", "stop")]
        assert (await ming.calls(), await ming.budget(), await ming.told()) == ([], None, [])


async def test_without_a_model_and_without_the_brain_nobody_answers(tmp_path: Path) -> None:
    async with exit_on(tmp_path / "llm.db", SureBrain(), offline="off") as door:
        with pytest.raises(ModelUnavailable):
            await door.someone().asks(request())


async def test_what_rules_are_sure_of_needs_no_model(tmp_path: Path, server: ModelServer) -> None:
    async with exit_on(tmp_path / "llm.db", SureBrain(), models=three(server.url)) as door:
        ming = door.someone()
        pieces = await ming.asks(request(User("Undo")))
        assert (server.asked, await ming.calls()) == ([], [])
        server.plays(says("Yes."))
        assert text_of(await ming.asks(request(User("Why?")))) == "Yes."

    assert text_of(pieces) == "by rules, after ''"


async def test_rules_that_are_sure_answer_even_where_they_may_not_stand_in_for_a_model(tmp_path: Path, server: ModelServer) -> None:
    async with exit_on(tmp_path / "llm.db", SureBrain(), models=three(server.url), offline="off") as door:
        assert text_of(await door.someone().asks(request(User("Undo")))) == "by rules, after ''"


async def test_with_the_fast_path_switched_off_a_model_is_asked(tmp_path: Path, server: ModelServer) -> None:
    server.plays(says("Undone."))
    async with exit_on(tmp_path / "llm.db", SureBrain(), models=three(server.url), fast_path="off") as door:
        assert text_of(await door.someone().asks(request(User("Undo")))) == "Undone."


async def test_the_brain_goes_on_with_what_was_shown_and_the_bill_keeps_what_models_took(tmp_path: Path, server: ModelServer) -> None:
    server.plays(breaks("Two "), breaks("tasks "))
    models = ModelsSettings(lite=at(server.url, "small"))
    async with exit_on(tmp_path / "llm.db", SureBrain(), models=models) as door:
        ming = door.someone()
        pieces = await ming.asks(request())
        (row,) = await ming.calls()

    assert text_of(pieces) == "Two tasks by rules, after 'Two tasks '"
    assert done_of(pieces).model == "offline"
    assert done_of(pieces).usage.cost == row.cost > 0
    assert row.model == "small"


@pytest.mark.parametrize(
    ("said", "expected"), [("明天有什么课", NO_MODEL.zh), ("What is due?", NO_MODEL.en), ("lab report 交了", NO_MODEL.en)]
)
async def test_the_silent_brain_says_so_in_the_language_it_was_asked_in(tmp_path: Path, said: str, expected: str) -> None:
    async with exit_on(tmp_path / "llm.db") as door:
        assert text_of(await door.someone().asks(request(User(said)))) == expected


async def test_the_silent_brain_says_nothing_twice_and_makes_no_objects(tmp_path: Path) -> None:
    async with exit_on(tmp_path / "llm.db") as door:
        ming = door.someone()
        assert text_of(await ming.asks(request(beginning=NO_MODEL.en[:10]))) == NO_MODEL.en[10:]
        assert len(await ming.asks(request(beginning=NO_MODEL.en))) == 1
        with pytest.raises(ModelUnavailable):
            await ming.asks(request(output_schema={"type": "object"}))


async def test_texts_are_embedded_and_paid_for(tmp_path: Path, server: ModelServer) -> None:
    server.plays(refuses(500), vectors([0.5, 1.0], [0.25, 0.0]))
    embeddings = at(server.url, "vectors", PriceSettings(input=Decimal(10)))
    async with exit_on(tmp_path / "llm.db", embeddings=embeddings) as door:
        ming = door.someone()
        found = await door.llm.embed(ming.call, ["a", "b"])
        (row,) = await ming.calls()

    assert found == ((0.5, 1.0), (0.25, 0.0))
    assert server.asked[1] == {"input": ["a", "b"], "model": "vectors", "encoding_format": "float"}
    assert (row.scene, row.prompt_tokens, row.cost, row.priced, row.estimated) == ("embedding", 7, Decimal("0.00007"), True, False)


async def test_embedding_a_great_many_texts_takes_several_calls(tmp_path: Path, server: ModelServer) -> None:
    server.plays(vectors(*[[1.0]] * 256), vectors(*[[2.0]] * 44))
    async with exit_on(tmp_path / "llm.db", embeddings=at(server.url, "vectors")) as door:
        ming = door.someone()
        found = await door.llm.embed(ming.call, ["x"] * 300)
        (row,) = await ming.calls()

    assert len(found) == 300
    assert row.prompt_tokens == 14


@pytest.mark.parametrize("reply", [refuses(400), vectors([1.0]), vectors([1.0], [1.0, 2.0])])
async def test_what_are_no_vectors_of_the_texts_is_no_answer(tmp_path: Path, server: ModelServer, reply: object) -> None:
    server.always(reply)
    async with exit_on(tmp_path / "llm.db", embeddings=at(server.url, "vectors")) as door:
        ming = door.someone()
        with pytest.raises(ModelUnavailable):
            await door.llm.embed(ming.call, ["a", "b"])
        assert await ming.calls() == []


async def test_nothing_is_embedded_without_an_endpoint_or_beyond_the_budget(tmp_path: Path, server: ModelServer) -> None:
    async with exit_on(tmp_path / "llm.db", models=three(server.url)) as door:
        with pytest.raises(ModelUnavailable):
            await door.llm.embed(door.someone().call, ["a"])
    budgets = BudgetSettings(day=Decimal(0))
    async with exit_on(tmp_path / "other.db", embeddings=at(server.url, "vectors"), budgets=budgets) as door:
        with pytest.raises(BudgetExceeded):
            await door.llm.embed(door.someone().call, ["a"])
    assert server.asked == []


async def test_a_process_loads_what_models_need_only_if_there_is_one(door: Exit, tmp_path: Path) -> None:
    await door.service.ready()
    async with exit_on(tmp_path / "none.db") as other:
        await other.service.ready()

    assert (door.service._asking._ready, other.service._asking._ready) == (True, False)
