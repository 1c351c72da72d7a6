"""`/api/v1/course`."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.responses import Response

from smartflow.client.course import CourseClient, FormatName, ImportUnreadable, Notice, Reading, ReadingTerms, UnreadableFile, file_rule
from smartflow.client.schedule.course import (
    BadCourse,
    Course,
    CourseDraft,
    CourseImport,
    CourseImported,
    CourseNotFound,
    CoursePatch,
    MeetsCourse,
)
from smartflow.client.schedule.term import TermDropsBlocks, TermNotFound
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.schedule.violation import HostTaken, PlaceOccupied
from smartflow.gateway.envelope import Ok, Paging, View, shown
from smartflow.gateway.fields import Id, NothingToUpdate
from smartflow.gateway.request import RawBody, Upload
from smartflow.gateway.route import ENDLESS, KEYED, LONG, READ, WRITE, Table, delete, get, patch, post, table
from smartflow.gateway.routes.shown import ChangeResultForm, ClashForm, DiffForm, clash_of, view_of
from smartflow.gateway.shape import Shape
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import CourseId, TermId

Text255 = Annotated[str, Meta(max_length=255)]
_EXAMPLE = {
    "course_name": "高等数学",
    "location": "A-203",
    "arrangements": [{"start_week": 1, "end_week": 16, "day_of_week": 1, "start_section": 1, "end_section": 2}],
}


class ImportForm(Struct, frozen=True):
    """How to take courses over; the courses and the term are read as a `smartflow` file is."""

    courses: Annotated[list[Any], Meta(min_length=0, max_length=500, examples=[[_EXAMPLE]])] = []
    term_id: Id | None = None
    mode: Literal["reject", "merge", "replace_term"] = "reject"
    guests: Literal["keep", "remove"] = "keep"
    adopt_term: bool = False
    dry_run: bool = False


class FileOptions(Struct, frozen=True):
    """The members of an upload beside the file."""

    format: str = "auto"
    term_id: Id | None = None
    mode: Literal["reject", "merge", "replace_term"] = "reject"
    guests: Literal["keep", "remove"] = "keep"
    adopt_term: bool = False
    dry_run: bool = False


class AnyCourse(Struct, frozen=True):
    """A course, read as one of a `smartflow` file is."""

    course_name: Annotated[Any, Meta(examples=["高等数学"])] = UNSET
    arrangements: Annotated[Any, Meta(examples=[_EXAMPLE["arrangements"]])] = UNSET


class TermQuery(Struct, frozen=True):
    """Which term."""

    term_id: Id | None = None


class ExportQuery(Struct, frozen=True):
    """Which format, and of which term."""

    format: Literal["smartflow"]
    version: int | None = None
    term_id: Id | None = None


class GuestsQuery(Struct, frozen=True):
    """What becomes of guests."""

    guests: Literal["keep", "remove"] = "keep"


class CourseChange(Struct, frozen=True):
    """What changes of a course."""

    course_name: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET
    location: Text255 | UnsetType = UNSET
    teacher: Text255 | UnsetType = UNSET
    is_allow_tasks: bool | UnsetType = UNSET
    attention_left: Annotated[int, Meta(ge=1, le=3)] | UnsetType = UNSET


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


class CourseRoutes:
    """`/api/v1/course`."""

    def __init__(self, courses: CourseClient, timetable: TimetableClient) -> None:
        self._courses = courses
        self._timetable = timetable
        self._options = Shape(FileOptions)

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        clash = (MeetsCourse, PlaceOccupied)
        importing = (*clash, BadCourse, TermDropsBlocks, TermNotFound)
        return table(
            "course",
            "/course",
            [
                post("/validate", self.validate, WRITE, refuses=(*clash, BadCourse)),
                post("/import", self.import_, WRITE | KEYED | LONG, refuses=importing),
                post("/import-file", self.import_file, WRITE | KEYED | LONG, refuses=(*importing, ImportUnreadable)),
                get("/export", self.export, READ | ENDLESS, refuses=(TermNotFound,)),
                get("/list", self.listed, READ, refuses=(TermNotFound,)),
                patch("/{course_id}", self.change, WRITE | KEYED, refuses=(CourseNotFound, HostTaken, NothingToUpdate)),
                delete("/{course_id}", self.delete, WRITE | KEYED, refuses=(CourseNotFound,)),
            ],
        )

    async def validate(self, call: Call, data: AnyCourse, body: RawBody) -> Ok[None]:
        """Hold a course against the timetable; nothing is stored."""
        del data
        terms = await self._terms(call, None, adopt=False)
        await self._timetable.check_course(call, await self._courses.read_course(call, bytes(body), terms))
        return Ok(None)

    async def import_(self, call: Call, data: ImportForm, body: RawBody) -> Ok[ImportedForm]:
        """Take courses over, whole or not at all."""
        terms = await self._terms(call, data.term_id, adopt=data.adopt_term)
        reading = await self._courses.read_body(call, bytes(body), terms)
        done = await self._timetable.import_courses(call, _import(reading, data))
        return self._answer(ImportedForm.of(done, reading, call), done)

    async def import_file(self, call: Call, upload: Upload) -> Ok[ImportedForm]:
        """Take a timetable file over, whole or not at all."""
        options = self._options.of_query(upload.texts())
        terms = await self._terms(call, options.term_id, adopt=options.adopt_term)
        named: FormatName | None = None if options.format == "auto" else _format(options.format)
        reading = await self._courses.read(call, upload.file(), terms, format_name=named)
        done = await self._timetable.import_courses(call, _import(reading, options))
        return self._answer(ImportedForm.of(done, reading, call, file=True), done)

    async def export(self, call: Call, query: ExportQuery) -> Response:
        """Write the courses of a term as a file."""
        view = await self._timetable.term(call, _term(query.term_id))
        courses = await self._timetable.courses(call, view.id)
        drafts = tuple(CourseDraft(c.name, c.location, c.arrangements, c.teacher, c.is_filler, c.attention_left) for c in courses)
        term = TermDraft.of(view.term, view.name, view.preferences)
        written = await self._courses.write(call, drafts, term=term, format_name=query.format, version=query.version)
        name = {"Content-Disposition": f'attachment; filename="{written.file_name}"'}
        return Response(written.file, media_type=written.media_type, headers=name)

    async def listed(self, call: Call, query: TermQuery) -> Ok[list[CourseForm]]:
        """List the courses of a term."""
        return Ok([CourseForm.of(course) for course in await self._timetable.courses(call, _term(query.term_id))])

    async def change(self, call: Call, course_id: CourseId, data: CourseChange) -> Ok[CourseForm]:
        """Change what a course is called, where it meets, and whether it takes guests."""
        wanted = CoursePatch(data.course_name, data.location, data.teacher, data.is_allow_tasks, data.attention_left)
        if wanted == CoursePatch():
            raise NothingToUpdate
        return Ok(CourseForm.of(await self._timetable.change_course(call, course_id, wanted)))

    async def delete(self, call: Call, course_id: CourseId, query: GuestsQuery) -> Ok[ChangeResultForm]:
        """Delete a course with its meetings."""
        return Ok(ChangeResultForm.of(await self._timetable.delete_course(call, course_id, guests=query.guests), view_of(call)))

    async def _terms(self, call: Call, term_id: int | None, *, adopt: bool) -> ReadingTerms:
        view = await self._timetable.term(call, _term(term_id))
        return ReadingTerms(TermDraft.of(view.term, view.name, view.preferences), own=not view.is_default, adopt_term=adopt)

    def _answer(self, form: ImportedForm, done: CourseImported) -> Ok[ImportedForm]:
        return Ok(form, paging=Paging(has_more=False, total=done.clashes_total)) if done.clashes_total else Ok(form)


def _import(reading: Reading, options: ImportForm | FileOptions) -> CourseImport:
    return CourseImport(reading.courses, _term(options.term_id), options.mode, options.guests, reading.adopt, options.dry_run)


def _term(term_id: int | None) -> TermId | None:
    return None if term_id is None else TermId(term_id)


def _format(name: str) -> FormatName:
    if name != "smartflow":
        raise ImportUnreadable.by("enum", field="format")
    return "smartflow"


@shown.register
def _unreadable(details: UnreadableFile, view: View) -> Any:  # noqa: ANN401 - details are of any shape
    errors = [
        {"field": each.field, "rule": each.rule, "message": file_rule(each).render(view.language, **each.facts)} for each in details.errors
    ]
    return {"errors": errors, "warnings": [NoticeForm.of(each, view) for each in details.notices]}
