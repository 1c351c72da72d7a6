import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.client.course import MAX_FILE_BYTES, ImportUnreadable
from smartflow.services.course.format.text import decode, one_line, or_nothing, parse_json, storable


def rule_of(action) -> str:
    with pytest.raises(ImportUnreadable) as refused:
        action()
    (error,) = refused.value.errors
    return error.rule


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_a_text_is_decoded_whatever_a_chinese_desktop_saved_it_as(encoding: str) -> None:
    assert decode("课程名称,星期".encode(encoding)) == "课程名称,星期"


def test_a_mark_and_white_space_before_the_text_do_not_count() -> None:
    assert decode("\ufeff \r\n\t{".encode()) == "{"
    assert decode("\ufeff{".encode("gb18030")) == "{"


@pytest.mark.parametrize("file", [b"\xff\xfe\x00", b"\xff\xff\xff", b"\x81"])
def test_bytes_in_no_encoding_are_refused(file: bytes) -> None:
    assert rule_of(lambda: decode(file)) == "encoding"


def test_a_file_over_the_limit_is_refused() -> None:
    assert rule_of(lambda: decode(b" " * (MAX_FILE_BYTES + 1))) == "max"


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "[1] [2]", "[1", '["\n"]', "", "9" * 5000, "[1,]", "{'a': 1}"])
def test_what_python_or_an_editor_would_let_pass_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_json(text)


def test_nesting_over_64_is_refused_before_anything_is_built() -> None:
    assert parse_json("[" * 64 + "]" * 64)
    assert rule_of(lambda: parse_json("[" * 65 + "]" * 65)) == "depth"
    assert rule_of(lambda: parse_json('{"a":' * 1_000_000)) == "depth"


def test_brackets_inside_texts_are_no_nesting() -> None:
    assert parse_json('["' + "[" * 100 + '\\"' + "{" * 100 + '"]')


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ['"' + '\\"' * 2_000_000, '"\\' * 2_000_000, "\\" * 4_000_000, '""' * 2_000_000])
def test_quotes_that_are_never_closed_cost_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_json(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("数\0学\u202e", "数 学"),
        (" a\r\n\t b\u3000c ", "a b c"),
        ("e\u0301", "é"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("（Ａ）[1]“x”", "（Ａ）[1]“x”"),
        ("\ufeff\u2066\u2069", ""),
        ("a\u2028b\u0085c", "a b c"),
    ],
)
def test_a_text_becomes_one_line_and_keeps_what_is_the_persons(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text())
def test_one_line_stays_as_it_is(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize("text", ["未排地点", "待定", "-", "tba", "TbD", "无", ""])
def test_words_for_nothing_are_nothing(text: str) -> None:
    assert or_nothing(text) == ""


@pytest.mark.parametrize("text", ["无锡路", "TBA 1", "——", "待定楼"])
def test_words_that_hold_more_than_nothing_stay(text: str) -> None:
    assert or_nothing(text) == text


def test_half_a_surrogate_pair_cannot_be_stored() -> None:
    assert not storable("数\ud800学")
    assert storable("羽毛球🏸")
