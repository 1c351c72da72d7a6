"""The use cases of timetable files."""

from datetime import timedelta

from smartflow.client.course import FormatName, Reading, ReadingTerms, Written
from smartflow.client.schedule.course import CourseDraft
from smartflow.services.course.format import reader, smartflow
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import FieldError, InvalidInput
from smartflow.shared.process.pool import Pool

BIG = 128 * 1024
PATIENCE = timedelta(seconds=10)


class CourseService:
    """Timetable files, read and written; nothing is kept. Serves `client.course.CourseClient`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, call: Call, file: bytes, terms: ReadingTerms, *, format_name: FormatName | None = None) -> Reading:
        """Read a timetable file; a format that is named is a check, else the content alone decides.

        Raises:
            ImportUnreadable: The file as a whole cannot be read.
            InvalidInput: Rows of it contradict themselves or have no place.
        """
        del call
        if len(file) < BIG:
            return reader.read(file, terms, format_name)
        return await self._pool.run(reader.read, file, terms, format_name, deadline=PATIENCE, kind="course")

    async def read_body(self, call: Call, body: bytes, terms: ReadingTerms) -> Reading:
        """Read a JSON object with the members of a `smartflow` file, among others.

        Raises:
            InvalidInput: It breaks rules; all are named, by their paths in the body.
        """
        del call
        if len(body) < BIG:
            return reader.read_body(body, terms)
        return await self._pool.run(reader.read_body, body, terms, deadline=PATIENCE, kind="course")

    async def read_course(self, call: Call, body: bytes, terms: ReadingTerms) -> CourseDraft:
        """Read one course, a JSON object like one of a `smartflow` file's.

        Raises:
            InvalidInput: It breaks rules; all are named, by their paths in the body.
        """
        del call
        return reader.read_course(body, terms)

    async def write(
        self,
        call: Call,
        courses: tuple[CourseDraft, ...],
        *,
        term: TermDraft,
        format_name: FormatName = "smartflow",
        version: int | None = None,
    ) -> Written:
        """Write courses and their term as a file.

        Raises:
            InvalidInput: This format, or version of it, cannot be written.
        """
        del call
        if format_name != "smartflow":
            raise InvalidInput([FieldError("format", "enum")])
        if version is not None and not smartflow.is_known_version(version):
            raise InvalidInput([FieldError("version", "enum", facts={"limit": smartflow.VERSION})])
        return smartflow.write(courses, term)
