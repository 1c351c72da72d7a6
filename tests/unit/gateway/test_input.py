"""What may come in, and how everything that is wrong with it is named."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.gateway.shape import Shape, parse
from smartflow.shared.kernel.refusal import InvalidInput
from tests.unit.gateway.notes import House, NewNote, NoteQuery

JSON = {"Content-Type": "application/json"}
note, query = Shape(NewNote), Shape(NoteQuery)


def refused(value: Any, shape: Shape[Any] = note) -> dict[str, tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        shape.of_plain(value)
    return {error.field: (error.rule, error.code) for error in caught.value.errors}


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ({}, {"title": ("required", "40004")}),
        ({"title": "  "}, {"title": ("length", "42201")}),
        ({"title": "x" * 11}, {"title": ("length", "40006")}),
        ({"title": 1, "level": "2"}, {"title": ("type", "40005"), "level": ("type", "40005")}),
        ({"title": "x", "level": 3.0}, {"level": ("type", "40005")}),
        ({"title": "x", "level": True}, {"level": ("type", "40005")}),
        ({"title": "x", "level": 10**300}, {"level": ("max", "40018")}),
        ({"title": "x", "level": 0, "kind": "c"}, {"level": ("min", "40018"), "kind": ("enum", "42201")}),
        ({"title": "x", "due_at": "2026-09-21T10:00:00"}, {"due_at": ("offset", "42201")}),
        ({"title": "x", "due_at": "tomorrow"}, {"due_at": ("format", "42201")}),
        ({"title": "x", "due_at": "2026-06-30T23:59:60Z"}, {"due_at": ("format", "42201")}),
        ({"title": "x", "due_at": "0001-01-01T00:00:00+14:00"}, {"due_at": ("min", "42201")}),
        ({"title": "x", "due_at": "9999-12-31T23:59:59-12:00"}, {"due_at": ("max", "42201")}),
        ([], {"": ("type", "40005")}),
        (None, {"": ("type", "40005")}),
    ],
)
def test_every_broken_rule_is_named_with_its_code(value: Any, broken: dict[str, tuple[str, str]]) -> None:
    assert refused(value) == broken


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({}, {"changes[0].op": ("required", "40004")}),
        ({"op": "hide"}, {"changes[0].op": ("enum", "42201")}),
        ({"op": ["add"]}, {"changes[0].op": ("enum", "42201")}),
        ({"op": "move", "week": "x"}, {"changes[0].day": ("required", "40004"), "changes[0].week": ("type", "40005")}),
        ({"op": "add", "week": 41, "day": "ignored"}, {"changes[0].week": ("max", "42201")}),
        (3, {"changes[0]": ("type", "40005")}),
    ],
)
def test_of_a_choice_the_branch_that_was_meant_is_judged(change: Any, broken: dict[str, tuple[str, str]]) -> None:
    assert refused({"title": "x", "changes": [change]}) == broken


def test_texts_are_trimmed_before_they_are_measured() -> None:
    assert note.of_plain({"title": f"  {'x' * 10}  "}).title == "x" * 10


def test_a_query_comes_as_texts() -> None:
    read = query.of_query({"page": " 2 ", "only": "1, 2,3", "share": "0.5", "open": "TRUE", "other": "x"})

    assert read == NoteQuery(page=2, only=(1, 2, 3), share=0.5, open=True)


def test_a_query_that_is_no_number_in_our_digits_is_refused() -> None:
    with pytest.raises(InvalidInput):
        query.of_query({"page": "\u0663"})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"a": NaN}', b'"\\ud800"', b"[" * 66 + b"]" * 66, b'["\\\\",' + b"[" * 900 + b"]" * 901, b"[" * 9999],
)
def test_what_is_no_json_or_too_deep_is_malformed(body: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(body)
    assert [error.code for error in caught.value.errors] == ["40005"]


def test_a_text_with_a_nul_is_refused_where_it_stands() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(rb'{"a": ["fine \\u0000", {"b": "not \u0000"}]}')
    assert [(error.field, error.rule) for error in caught.value.errors] == [("a[1].b", "format")]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.sampled_from(NewNote.__struct_fields__), inner),
    max_leaves=12,
)


@given(ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys((*NewNote.__struct_fields__, "op"), ANYTHING)))
def test_whatever_comes_is_read_or_refused_with_names(value: Any) -> None:
    named = None
    try:
        note.of_json(msgspec.json.encode(value))
    except InvalidInput as refusal:
        named = refusal.errors

    assert named is None or named


async def test_every_source_of_input_is_judged_before_anything_is_refused() -> None:
    answer = await House().door().put("/note/both?page=0&only=x", {"level": 9})

    assert answer.broken == {"title": "required", "level": "max", "page": "min", "only[0]": "type"}
    assert (answer.status, answer.code) == (422, "42201")


async def test_the_first_twenty_errors_are_shown_in_the_readers_language() -> None:
    answer = await House().door().post("/note/create", {"title": "x" * 11, "changes": [{"op": "add", "week": 0}] * 30})

    errors = answer.data["errors"]
    assert len(errors) == 20
    assert errors[0] == {"field": "title", "rule": "length", "message": "最多 10 个字符。"}


async def test_a_shared_code_is_sent_and_types_alone_are_malformed() -> None:
    door = House().door()

    assert (await door.post("/note/create", {})).code == "40004"
    assert (await door.post("/note/create", {"title": "x" * 11})).code == "40006"
    malformed = await door.post("/note/create", {"title": 1, "level": []})
    assert (malformed.status, malformed.code) == (400, "40005")


async def test_an_update_tells_absent_from_null() -> None:
    door = House().door()

    assert (await door.patch("/note/5", {})).data["said"] == {"id": 5, "absent": True, "cleared": []}
    assert (await door.patch("/note/5", {"due_at": None, "other": 1})).data["said"] == {"id": 5, "absent": False, "cleared": ["due_at"]}
    assert (await door.patch("/note/5", {"title": None})).broken == {"title": "type"}
    assert (await door.patch("/note/five", {})).broken == {"note_id": "format"}


async def test_what_may_come_in_query_or_body_is_taken_from_both() -> None:
    door = House().door()

    assert (await door.delete("/note/delete", query={"note_id": "4"})).data["said"] == 4
    assert (await door.delete("/note/delete", {"note_id": 5})).data["said"] == 5
    assert (await door.delete("/note/delete")).broken == {"note_id": "required"}
    assert (await door.delete("/note/delete", {"note_id": "5"})).broken == {"note_id": "type"}


@pytest.mark.parametrize("query", ["page=%ff", "page=%00", "&".join(f"a{number}=1" for number in range(300))])
async def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    assert (await House().door().ask("GET", f"/note/list?{query}")).status == 422


async def test_a_file_is_read_with_its_fields_and_belongs_to_the_fingerprint() -> None:
    house = House()
    door = house.door()
    for content in (b"one", b"one", b"two"):
        answer = await door.ask("POST", "/note/file", files={"file": ("n.txt", content)}, data={"mode": "merge"}, key="k")
        assert answer.data["said"][:2] == [3, {"mode": "merge"}]

    first, again, other = house.notes.keys
    assert first == again != other
    assert first[0] == "POST /api/v1/note/file k"


async def test_a_file_field_with_a_nul_is_refused() -> None:
    answer = await House().door().ask("POST", "/note/file", files={"file": b"x"}, data={"mode": "a\0b"})

    assert answer.broken == {"mode": "format"}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"garbage", "multipart/form-data; boundary=b", 400),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", 400),
        (b"x", "multipart/form-data", 400),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 422),
        (b"{}", "application/json", 415),
    ],
)
async def test_a_broken_upload_is_refused(content: bytes, kind: str, status: int) -> None:
    answer = await House().door().ask("POST", "/note/file", content=content, headers={"Content-Type": kind})

    assert answer.status == status, answer.body


async def test_a_body_that_says_it_is_too_large_is_refused_before_the_token_is_looked_at() -> None:
    door = House().door(token=None)

    large = await door.ask("POST", "/note/create", content=b"x" * (1024 * 1024 + 1), headers=JSON)
    unread = await door.ask("GET", "/note/list", content=b"x" * (1024 * 1024 + 1))

    assert (large.status, large.code, large.headers["connection"]) == (413, "41300", "close")
    assert unread.code == "40009"
