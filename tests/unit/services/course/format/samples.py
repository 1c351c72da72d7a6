"""What the tests of the readers share: files, terms, and courses as files spell them."""

import json
from datetime import date, time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from smartflow.client.course import ReadingTerms
from smartflow.client.schedule.course import CourseDraft
from smartflow.services.course.format import smartflow
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.sections import Section

DATA = Path(__file__).parents[4] / "data" / "timetables"


def load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def term_of(members: dict[str, Any]) -> TermDraft:
    rows = tuple(Section(row["section"], time.fromisoformat(row["start"]), time.fromisoformat(row["end"])) for row in members["sections"])
    first_monday, last_day = (date.fromisoformat(members[name]) for name in ("first_monday", "last_day"))
    return TermDraft(first_monday, last_day, members["zone"], rows, tuple(members["breaks"]))


def shown(courses: tuple[CourseDraft, ...]) -> list[dict[str, Any]]:
    """Spell courses as the expected files do."""
    members: list[dict[str, Any]] = json.loads(smartflow.write(courses, TERM).file)["courses"]
    for course in members:
        del course["attention_left"]
    return sorted(members, key=lambda course: (course["course_name"], course["location"]))


def arrangement(weeks: tuple[int, int] = (1, 16), day: int = 1, sections: tuple[int, int] = (1, 2), **more: Any) -> dict[str, Any]:
    return {
        "start_week": weeks[0],
        "end_week": weeks[1],
        "day_of_week": day,
        "start_section": sections[0],
        "end_section": sections[1],
        **more,
    }


def course(name: str = "数学", location: str = "A101", *arrangements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"course_name": name, "location": location, "arrangements": list(arrangements or (arrangement(),)), **more}


TERM = term_of(load("expected/term.term.json"))
OWN = ReadingTerms(TERM, own=True)
NONE = ReadingTerms(replace(TERM, first_monday=date(2026, 8, 31), last_day=date(2027, 1, 17)), own=False)
