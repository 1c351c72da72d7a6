import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from smartflow.client.course import FILE_RULES, FORMATS, ImportUnreadable, file_rule
from smartflow.services.course.service import BIG, CourseService
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import pack, unpack
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import InvalidInput
from tests.unit.services.course.format.samples import DATA, NONE, OWN, TERM, course

CALL = Call(owner=OwnerId(1), request_id="test")


class CountingPool:
    """Runs jobs where it stands, and counts them."""

    def __init__(self) -> None:
        self.jobs = 0

    async def run(self, function: Callable, *args: object, deadline: timedelta, kind: str = "") -> object:
        self.jobs += 1
        return function(*args)


async def test_a_small_file_is_read_at_once_and_a_big_one_in_the_pool() -> None:
    pool = CountingPool()
    service = CourseService(pool)
    file = (DATA / "term.json").read_bytes()

    small = await service.read(CALL, file, NONE)
    assert pool.jobs == 0
    big = await service.read(CALL, b" " * BIG + file, NONE, format_name="smartflow")
    assert pool.jobs == 1

    assert small == big
    assert unpack(pack(small), type(small)) == small


async def test_a_big_body_is_read_in_the_pool_too() -> None:
    pool = CountingPool()
    service = CourseService(pool)
    body = json.dumps({"courses": [course()]}).encode()

    assert await service.read_body(CALL, body, OWN) == await service.read_body(CALL, body + b" " * BIG, OWN)
    assert pool.jobs == 1
    assert (await service.read_course(CALL, json.dumps(course()).encode(), OWN)).name == "数学"


async def test_what_was_read_can_be_written_and_read_again() -> None:
    service = CourseService(CountingPool())
    reading = await service.read(CALL, (DATA / "term.json").read_bytes(), OWN)

    written = await service.write(CALL, reading.courses, term=TERM, version=1)

    assert (written.media_type, written.file_name) == ("application/json", "timetable.smartflow.json")
    assert (await service.read(CALL, written.file, OWN)).courses == reading.courses


@pytest.mark.parametrize(("format_name", "version", "field"), [("ics", None, "format"), ("smartflow", 2, "version")])
async def test_a_format_or_version_that_cannot_be_written_is_refused(format_name, version, field) -> None:
    with pytest.raises(InvalidInput) as refused:
        await CourseService(CountingPool()).write(CALL, (), term=TERM, format_name=format_name, version=version)

    assert [(error.field, error.rule) for error in refused.value.errors] == [(field, "enum")]


@pytest.mark.parametrize("rule", FILE_RULES)
def test_each_rule_by_which_a_file_is_refused_has_a_sentence(rule: str) -> None:
    facts = {"found": FORMATS[1], "readable": "smartflow", "limit": 1}
    zh, en = FILE_RULES[rule].placeholders()

    assert zh == en
    assert FILE_RULES[rule].render("en", **facts)


def test_another_format_and_one_that_is_not_read_have_sentences_of_their_own() -> None:
    def sentence(refusal: ImportUnreadable) -> str:
        (error,) = refusal.errors
        return file_rule(error).render("en", **error.facts)

    assert "shiguang" in sentence(ImportUnreadable.by("format", found="shiguang"))
    assert "yet" in sentence(ImportUnreadable.by("format", found="ics", readable="smartflow"))
    assert sentence(ImportUnreadable.by("format")) == FILE_RULES["format"].en
    assert sentence(ImportUnreadable.by("other")) == FILE_RULES["format"].en
    assert ImportUnreadable().errors == ()
