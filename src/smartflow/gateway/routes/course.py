"""`/api/v1/course`."""

from starlette.responses import Response

from smartflow.client.course import CourseClient, FormatName, ImportUnreadable, Reading, ReadingTerms
from smartflow.client.schedule.course import BadCourse, CourseDraft, CourseImport, CourseImported, CourseNotFound, MeetsCourse
from smartflow.client.schedule.term import TermDropsBlocks, TermNotFound
from smartflow.client.schedule.timetable import TimetableClient
from smartflow.client.schedule.violation import HostTaken, PlaceOccupied
from smartflow.gateway.envelope import Ok, Paging
from smartflow.gateway.fields import NothingToUpdate, TermQuery
from smartflow.gateway.reading import Faults
from smartflow.gateway.request import LARGEST_UPLOAD, RawBody, Upload
from smartflow.gateway.route import ENDLESS, KEYED, LONG, READ, WRITE, Table, delete, get, patch, post, table
from smartflow.gateway.routes.course_forms import (
    AnyCourse,
    CourseChange,
    CourseForm,
    ExportQuery,
    FileOptions,
    GuestsQuery,
    ImportedForm,
    ImportForm,
    ImportOptions,
)
from smartflow.gateway.routes.shown import ChangeResultForm, view_of
from smartflow.gateway.shape import Shape
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import CourseId, TermId


class CourseRoutes:
    """`/api/v1/course`."""

    def __init__(self, courses: CourseClient, timetable: TimetableClient) -> None:
        self._courses = courses
        self._timetable = timetable
        self._options, self._file_options = Shape(ImportOptions), Shape(FileOptions)

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        clash = (MeetsCourse, PlaceOccupied)
        importing = (*clash, BadCourse, TermDropsBlocks, TermNotFound)
        return table(
            "course",
            "/course",
            [
                post("/validate", self.validate, WRITE, refuses=(*clash, BadCourse, TermNotFound)),
                post("/import", self.import_, WRITE | KEYED | LONG, refuses=importing, largest=LARGEST_UPLOAD),
                post("/import-file", self.import_file, WRITE | KEYED | LONG, refuses=(*importing, ImportUnreadable)),
                get("/export", self.export, READ | ENDLESS, refuses=(TermNotFound,)),
                get("/list", self.listed, READ, refuses=(TermNotFound,)),
                patch("/{course_id}", self.change, WRITE | KEYED, refuses=(CourseNotFound, HostTaken, NothingToUpdate)),
                delete("/{course_id}", self.delete, WRITE | KEYED, refuses=(CourseNotFound,)),
            ],
        )

    async def validate(self, call: Call, data: AnyCourse, query: TermQuery, body: RawBody) -> Ok[None]:
        """Hold a course against the timetable; nothing is stored."""
        term = query.term(data.term_id)
        terms = await self._terms(call, term, adopt=False)
        await self._timetable.check_course(call, await self._courses.read_course(call, bytes(body), terms), term=term)
        return Ok(None)

    async def import_(self, call: Call, data: ImportForm, query: TermQuery, body: RawBody) -> Ok[ImportedForm]:
        """Take courses over, whole or not at all."""
        term, faults = query.term(data.term_id), Faults()
        terms = await self._terms(call, term, adopt=data.adopt_term)
        with faults:
            options = self._options.of_plain(data.options())
        with faults:
            reading = await self._courses.read_body(call, bytes(body), terms)
        faults.refuse()
        done = await self._timetable.import_courses(call, _import(reading, options, term))
        return self._answer(ImportedForm.of(done, reading, call), done)

    async def import_file(self, call: Call, upload: Upload) -> Ok[ImportedForm]:
        """Take a timetable file over, whole or not at all."""
        faults = Faults()
        with faults:
            options = self._file_options.of_query(upload.texts())
        with faults:
            file = upload.file()
        faults.refuse()
        term = options.term()
        terms = await self._terms(call, term, adopt=options.adopt_term)
        named: FormatName | None = None if options.format == "auto" else _format(options.format)
        reading = await self._courses.read(call, file, terms, format_name=named)
        done = await self._timetable.import_courses(call, _import(reading, options, term))
        return self._answer(ImportedForm.of(done, reading, call, file=True), done)

    async def export(self, call: Call, query: ExportQuery) -> Response:
        """Write the courses of a term as a file."""
        view = await self._timetable.term(call, query.term())
        courses = await self._timetable.courses(call, view.id)
        drafts = tuple(CourseDraft(c.name, c.location, c.arrangements, c.teacher, c.is_filler, c.attention_left) for c in courses)
        term = TermDraft.of(view.term, view.name, view.preferences)
        written = await self._courses.write(call, drafts, term=term, format_name=query.format, version=query.version)
        name = {"Content-Disposition": f'attachment; filename="{written.file_name}"'}
        return Response(written.file, media_type=written.media_type, headers=name)

    async def listed(self, call: Call, query: TermQuery) -> Ok[list[CourseForm]]:
        """List the courses of a term."""
        return Ok([CourseForm.of(course) for course in await self._timetable.courses(call, query.term())])

    async def change(self, call: Call, course_id: CourseId, data: CourseChange) -> Ok[CourseForm]:
        """Change what a course is called, where it meets, and whether it takes guests."""
        return Ok(CourseForm.of(await self._timetable.change_course(call, course_id, data.patch())))

    async def delete(self, call: Call, course_id: CourseId, query: GuestsQuery) -> Ok[ChangeResultForm]:
        """Delete a course with its meetings."""
        return Ok(ChangeResultForm.of(await self._timetable.delete_course(call, course_id, guests=query.guests), view_of(call)))

    async def _terms(self, call: Call, term: TermId | None, *, adopt: bool) -> ReadingTerms:
        view = await self._timetable.term(call, term)
        return ReadingTerms(TermDraft.of(view.term, view.name, view.preferences), own=not view.is_default, adopt_term=adopt)

    def _answer(self, form: ImportedForm, done: CourseImported) -> Ok[ImportedForm]:
        return Ok(form, paging=Paging(has_more=False, total=done.clashes_total)) if done.clashes_total else Ok(form)


def _import(reading: Reading, options: ImportOptions, term: TermId | None) -> CourseImport:
    return CourseImport(reading.courses, term, options.mode, options.guests, reading.adopt, options.dry_run)


def _format(name: str) -> FormatName:
    if name != "smartflow":
        raise ImportUnreadable.by("enum", field="format")
    return "smartflow"
