"""Courses, and how many of them come in at once."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from smartflow.client.schedule.change import Diff
from smartflow.client.schedule.place import Guests
from smartflow.client.schedule.violation import Entry
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.weeks import WeekRun
from smartflow.shared.kernel.ids import ChangeId, CourseId, TermId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

ImportMode = Literal["reject", "merge", "replace_term"]

MAX_MEETINGS = 7000
SHOWN_CLASHES = 500


class Arrangement(Struct, frozen=True):
    """When a course meets: weeks, day (1 = Monday), first and last section."""

    weeks: WeekRun
    day: int
    first: int
    last: int


class CourseDraft(Struct, frozen=True):
    """A course as a person or a file states it; a filler leaves `attention_left` (1..3) to its guests."""

    name: str
    location: str
    arrangements: tuple[Arrangement, ...]
    teacher: str = ""
    is_filler: bool = False
    attention_left: int = 1


class Course(Struct, frozen=True):
    """A course that stands in a term; the arrangements are read from its meetings."""

    id: CourseId
    term: TermId
    name: str
    location: str
    teacher: str
    is_filler: bool
    attention_left: int
    arrangements: tuple[Arrangement, ...]
    event_count: int


class CoursePatch(Struct, frozen=True):
    """What changes of a course: an absent member stays."""

    name: str | UnsetType = UNSET
    location: str | UnsetType = UNSET
    teacher: str | UnsetType = UNSET
    is_filler: bool | UnsetType = UNSET
    attention_left: int | UnsetType = UNSET


class CourseImport(Struct, frozen=True):
    """Courses to take over; `adopt` is the term to set first, in the same commit."""

    courses: tuple[CourseDraft, ...]
    term: TermId | None = None
    mode: ImportMode = "reject"
    guests: Guests = "keep"
    adopt: TermDraft | None = None
    dry_run: bool = False


class Incoming(Struct, frozen=True):
    """Which part of the request would come to lie there."""

    course_name: str
    arrangement: int


class Clash(Struct, frozen=True):
    """A meeting that comes in, and what it would meet: an event, or another part of the request (kind `change`)."""

    entry: Entry
    incoming: Incoming | None = None


class Clashes(Struct, frozen=True):
    """The details of an import that was refused: the first clashes, and how many there are."""

    clashes: tuple[Clash, ...]
    total: int


class CourseImported(Struct, frozen=True):
    """What an import did, or would do; only a dry run has clashes. Without a `change_id` nothing had to change."""

    dry_run: bool
    courses: int
    added: int
    removed: int
    unchanged: int
    change_id: ChangeId | None
    schedule_version: int
    guests_moved: tuple[Diff, ...] = ()
    diff: tuple[Diff, ...] = ()
    clashes: tuple[Clash, ...] = ()
    clashes_total: int = 0


class BadCourse(Refusal):
    """Course data contradict themselves."""

    status, code = 422, "40019"
    text = Text(zh="课程数据有误。", en="There is something wrong with the course data.")


class MeetsCourse(Refusal):
    """What comes in meets courses that are there; the details are `Clashes`."""

    status, code = 409, "40029"
    text = Text(zh="与已有课程时间冲突。", en="This meets another course.")


class CourseNotFound(Refusal):
    """The owner has no such course."""

    status, code = 404, "40409"
    text = Text(zh="没有这门课程。", en="There is no such course.")
