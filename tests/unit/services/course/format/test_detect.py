import pytest

from smartflow.client.course import ImportUnreadable
from smartflow.services.course.format import reader
from smartflow.services.course.format.detect import detect
from tests.unit.services.course.format.samples import OWN

WAKEUP = "{}\n[]\n{}\n[]\n[]"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"format":"smartflow","courses":[]}', "smartflow"),
        ('[{"arrangements":[]}]', "smartflow"),
        ('{"courses":[{"arrangements":[]}]}', "smartflow"),
        ("begin:vcalendar\r\n", "ics"),
        ('{"kbList":[]}', "zf_json"),
        ('{"data":{"kbList":[]}}', "zf_json"),
        ('[{"kcmc":"","zcd":""}]', "zf_json"),
        ('{"courseInfos":[]}', "aischedule"),
        ('{"parserRes":{}}', "aischedule"),
        ('{"data":{"courses":[],"setting":{}}}', "aischedule"),
        ('[{"sections":[]}]', "aischedule"),
        ('{"subjects":[],"schedules":[]}', "cses"),
        ('{"courses":[{"startSection":1}]}', "shiguang"),
        ('[{"isCustomTime":true}]', "shiguang"),
        (WAKEUP, "wakeup"),
        (WAKEUP + "\n", "wakeup"),
        ("课程名称,星期", "wakeup_csv"),
        ('"课程名称";"星期"', "wakeup_csv"),
        ("version: 1\nsubjects:\n- name: x", "cses"),
    ],
)
def test_the_content_shows_the_format(text: str, kind: str) -> None:
    assert detect(text).format == kind


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"),
        ("<!DOCTYPE html><html>", "html"),
        ("<HTML>", "html"),
        ("<?xml version='1.0'?>", "html"),
        ("hello", "format"),
        ("[]", "format"),
        ("{}", "format"),
        ("[1]", "format"),
        ('{"courses":{"a":1}}', "format"),
        ('{"courses":[7]}', "format"),
        ("{}\n[]\n{}", "format"),
        ("{}\n[]\n{}\n[]\n{}", "format"),
        ('{"data":[1]}', "format"),
        ("[" * 65, "depth"),
    ],
)
def test_what_is_no_timetable_is_refused(text: str, rule: str) -> None:
    with pytest.raises(ImportUnreadable) as refused:
        detect(text)

    assert [(error.field, error.rule, error.code) for error in refused.value.errors] == [("file", rule, "42204")]


@pytest.mark.parametrize("format_name", [None, "wakeup"])
def test_a_known_format_that_is_not_read_is_named(format_name) -> None:
    with pytest.raises(ImportUnreadable) as refused:
        reader.read(WAKEUP.encode(), OWN, format_name)

    (error,) = refused.value.errors
    assert (error.rule, error.facts) == ("format", {"found": "wakeup", "readable": "smartflow"})
