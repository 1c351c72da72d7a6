"""What courses take and show."""

from typing import Annotated, Any, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from smartflow.client.course import Notice, Reading, UnreadableFile, file_rule
from smartflow.client.schedule.course import Course, CourseDraft, CourseImported, CoursePatch, ImportMode
from smartflow.client.schedule.place import Guests
from smartflow.gateway.envelope import View, shown
from smartflow.gateway.fields import Id, NothingToUpdate, TermQuery
from smartflow.gateway.routes.shown import ClashForm, DiffForm, clash_of, view_of
from smartflow.shared.kernel.call import Call

Text255 = Annotated[str, Meta(max_length=255)]
_EXAMPLE = {
    "course_name": "高等数学",
    "location": "A-203",
    "arrangements": [{"start_week": 1, "end_week": 16, "day_of_week": 1, "start_section": 1, "end_section": 2}],
}


class ImportOptions(TermQuery, frozen=True):
    """How to take courses over."""

    mode: ImportMode = "reject"
    guests: Guests = "keep"
    adopt_term: bool = False
    dry_run: bool = False


class FileOptions(ImportOptions, frozen=True):
    """The members of an upload beside the file."""

    format: str = "auto"


class ImportForm(Struct, frozen=True):
    """Courses to take over, and how; courses and term are read as a `smartflow` file is.

    What such a reader does not need to know (`mode` and others) is judged after it, so that all that is wrong is named.
    """

    courses: Annotated[list[Any], Meta(min_length=0, max_length=500, examples=[[_EXAMPLE]])] = []
    term_id: Id | None = None
    mode: Annotated[Any, Meta(extra_json_schema={"enum": list(get_args(ImportMode))})] = "reject"
    guests: Annotated[Any, Meta(extra_json_schema={"enum": list(get_args(Guests))})] = "keep"
    adopt_term: bool = False
    dry_run: Annotated[Any, Meta(extra_json_schema={"type": "boolean"})] = False

    def options(self) -> dict[str, Any]:
        """Give the members of `ImportOptions`."""
        return {name: getattr(self, name) for name in ImportOptions.__struct_fields__}


class AnyCourse(Struct, frozen=True):
    """A course, read as one of a `smartflow` file is."""

    course_name: Annotated[Any, Meta(examples=["高等数学"], extra_json_schema={"type": "string"})] = UNSET
    arrangements: Annotated[Any, Meta(examples=[_EXAMPLE["arrangements"]], extra_json_schema={"type": "array"})] = UNSET
    term_id: Id | None = None


class ExportQuery(TermQuery, frozen=True, kw_only=True):
    """Which format, and of which term."""

    format: Literal["smartflow"]
    version: int | None = None


class GuestsQuery(Struct, frozen=True):
    """What becomes of guests."""

    guests: Guests = "keep"


class CourseChange(Struct, frozen=True):
    """What changes of a course; null empties a text."""

    course_name: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET
    location: Text255 | UnsetType | None = UNSET
    teacher: Text255 | UnsetType | None = UNSET
    is_allow_tasks: bool | UnsetType = UNSET
    attention_left: Annotated[int, Meta(ge=1, le=3)] | UnsetType = UNSET

    def patch(self) -> CoursePatch:
        """Say it in the words of the service.

        Raises:
            NothingToUpdate: Nothing changes.
        """
        location, teacher = ("" if text is None else text for text in (self.location, self.teacher))
        patch = CoursePatch(self.course_name, location, teacher, self.is_allow_tasks, self.attention_left)
        if patch == CoursePatch():
            raise NothingToUpdate
        return patch


class ArrangementForm(Struct, frozen=True):
    """When a course meets."""

    start_week: int
    end_week: int
    day_of_week: int
    start_section: int
    end_section: int
    week_type: str


class CourseForm(Struct, frozen=True):
    """A course as it is shown; one that was only read has no id yet."""

    course_name: str
    location: str
    teacher: str
    is_allow_tasks: bool
    attention_left: int
    arrangements: list[ArrangementForm]
    id: int | UnsetType = UNSET
    event_count: int | UnsetType = UNSET

    @classmethod
    def of(cls, course: Course | CourseDraft) -> "CourseForm":
        """Show a course."""
        runs = [
            ArrangementForm(each.weeks.start, each.weeks.end, each.day, each.first, each.last, each.weeks.type.value)
            for each in course.arrangements
        ]
        return cls(
            course_name=course.name,
            location=course.location,
            teacher=course.teacher,
            is_allow_tasks=course.is_filler,
            attention_left=course.attention_left,
            arrangements=runs,
            id=course.id if isinstance(course, Course) else UNSET,
            event_count=course.event_count if isinstance(course, Course) else UNSET,
        )


class NoticeForm(Struct, frozen=True):
    """What a reader left out, read into a file, or changed."""

    code: str
    text: str
    path: str | None = None

    @classmethod
    def of(cls, notice: Notice, view: View) -> "NoticeForm":
        """Say it in the reader's words."""
        return cls(notice.code, notice.text.render(view.language, **notice.facts), notice.path)


class ImportedForm(Struct, frozen=True):
    """What an import did, or would do."""

    dry_run: bool
    courses: int
    added: int
    removed: int
    unchanged: int
    guests_moved: list[DiffForm]
    warnings: list[NoticeForm]
    diff: list[DiffForm]
    clashes: list[ClashForm]
    clashes_total: int
    change_id: int | None
    schedule_version: int
    format: str | UnsetType = UNSET
    courses_read: list[CourseForm] | UnsetType = UNSET

    @classmethod
    def of(cls, done: CourseImported, reading: Reading, call: Call, *, file: bool = False) -> "ImportedForm":
        """Show what was done and what was read."""
        view = view_of(call)
        return cls(
            dry_run=done.dry_run,
            courses=done.courses,
            added=done.added,
            removed=done.removed,
            unchanged=done.unchanged,
            guests_moved=[DiffForm.of(each, view) for each in done.guests_moved],
            warnings=[NoticeForm.of(each, view) for each in reading.notices],
            diff=[DiffForm.of(each, view) for each in done.diff],
            clashes=[clash_of(each) for each in done.clashes],
            clashes_total=done.clashes_total,
            change_id=done.change_id,
            schedule_version=done.schedule_version,
            format=reading.format if file else UNSET,
            courses_read=[CourseForm.of(each) for each in reading.courses] if file else UNSET,
        )


@shown.register
def _unreadable(details: UnreadableFile, view: View) -> Any:  # noqa: ANN401 - details are of any shape
    errors = [
        {"field": each.field, "rule": each.rule, "message": file_rule(each).render(view.language, **each.facts)} for each in details.errors
    ]
    return {"errors": errors, "warnings": [NoticeForm.of(each, view) for each in details.notices]}
