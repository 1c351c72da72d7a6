"""Timetable files: what reading one gives, and how it can fail."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, Protocol, get_args

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.course import CourseDraft
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.calendar.sections import Section, propose_breaks
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.refusal import FieldError, Refusal
from smartflow.shared.kernel.text import Text

FormatName = Literal["smartflow", "wakeup", "wakeup_csv", "aischedule", "shiguang", "zf_json", "cses", "ics"]
FORMATS: Final[tuple[FormatName, ...]] = get_args(FormatName)

MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_COURSES = 500
MAX_ARRANGEMENTS = 50


class Notice(Struct, frozen=True):
    """What a reader or writer left out, read into a file, or changed; `facts` fill the text."""

    code: str
    text: Text
    path: str | None = None
    facts: dict[str, str | int] = {}


class TermSuggestion(Struct, frozen=True):
    """What a file says about its term; what it does not say is None."""

    first_monday: date | None = None
    last_day: date | None = None
    zone: str | None = None
    sections: tuple[Section, ...] | None = None
    breaks: tuple[int, ...] | None = None
    name: str | None = None
    preferred: tuple[Hours, ...] | None = None
    forbidden: tuple[Hours, ...] | None = None
    daily_cap_minutes: int | None = None
    attention: tuple[int, ...] | None = None

    def complete(self, base: TermDraft) -> TermDraft:
        """Fill what the file does not say from another term."""
        sections = base.sections if self.sections is None else self.sections
        return TermDraft(
            first_monday=base.first_monday if self.first_monday is None else self.first_monday,
            last_day=base.last_day if self.last_day is None else self.last_day,
            zone=base.zone if self.zone is None else self.zone,
            sections=sections,
            breaks=self._breaks(base),
            name=base.name if self.name is None else self.name,
            preferences=self._preferences(base.preferences, len(sections)),
        )

    def differs(self, term: TermDraft) -> bool:
        """Tell whether the file says anything that a term does not."""
        return _told(self.complete(term)) != _told(term)

    def _breaks(self, base: TermDraft) -> tuple[int, ...] | None:
        if self.breaks is not None:
            return self.breaks
        return base.breaks if self.sections is None else tuple(sorted(propose_breaks(self.sections)))

    def _preferences(self, base: Preferences, sections: int) -> Preferences:
        return Preferences(
            preferred=base.preferred if self.preferred is None else self.preferred,
            forbidden=base.forbidden if self.forbidden is None else self.forbidden,
            daily_cap_minutes=base.daily_cap_minutes if self.daily_cap_minutes is None else self.daily_cap_minutes,
            attention=_fitting(base.attention, sections) if self.attention is None else self.attention,
        )


def _fitting(attention: tuple[int, ...] | None, sections: int) -> tuple[int, ...] | None:
    """Drop levels that belong to another table: they mean nothing in this one."""
    return attention if attention is not None and len(attention) == sections else None


def _told(term: TermDraft) -> TermDraft:
    """Spell the breaks out, so that equal terms are equal."""
    return replace(term, breaks=tuple(sorted(term.table.breaks)))


class ReadingTerms(Struct, frozen=True):
    """On which terms a file is read.

    `term` is what the person has: with `own` false only the default. `adopt_term`: the file's term should become theirs.
    """

    term: TermDraft
    own: bool
    adopt_term: bool = False


class Reading(Struct, frozen=True):
    """What a file says: courses in normal form, by the numbers of `term_in_use`.

    `adopt` is the term to set in the same commit as the import, complete. `term_suggestion` is there whenever the file
    says something about the term that the person's own does not.
    """

    format: FormatName
    courses: tuple[CourseDraft, ...]
    term_in_use: TermDraft
    adopt: TermDraft | None = None
    term_suggestion: TermSuggestion | None = None
    notices: tuple[Notice, ...] = ()


class Written(Struct, frozen=True):
    """A file, and what its format could not hold."""

    file: bytes
    media_type: str
    file_name: str
    notices: tuple[Notice, ...] = ()


class UnreadableFile(Struct, frozen=True):
    """The details of `ImportUnreadable`."""

    errors: tuple[FieldError, ...]
    notices: tuple[Notice, ...] = ()


class ImportUnreadable(Refusal):
    """A file as a whole cannot be read; nothing of it was."""

    status, code = 422, "42204"
    text = Text(zh="这个文件无法导入。", en="This file cannot be imported.")
    details_type = UnreadableFile

    @property
    def errors(self) -> tuple[FieldError, ...]:
        """The rules that it breaks."""
        return self.details.errors if isinstance(self.details, UnreadableFile) else ()

    @classmethod
    def by(cls, rule: str, *, field: str = "file", notices: tuple[Notice, ...] = (), **facts: str | int) -> "ImportUnreadable":
        """Refuse a file by one rule."""
        return cls(UnreadableFile((FieldError(field, rule, cls.code, facts),), notices))


FILE_RULES: Final[Mapping[str, Text]] = {
    "empty": Text(zh="文件里没有课程。", en="There are no courses in the file."),
    "encoding": Text(zh="文件的编码无法识别，请另存为 UTF-8。", en="The file is in no known encoding; save it as UTF-8."),
    "html": Text(
        zh="这是一个网页，多半是登录页面；请登录后重新导出。",
        en="This is a web page, most likely the login page; log in and export again.",
    ),
    "format": Text(zh="这不是能识别的课表文件，或者不完整。", en="This is no known timetable file, or it is incomplete."),
    "other_format": Text(zh="文件的格式是 {found}，不是所选的格式。", en="The file's format is {found}, not the one that was named."),
    "not_read": Text(zh="文件的格式是 {found}，暂时不能导入。", en="The file's format is {found}, which cannot be imported yet."),
    "depth": Text(zh="文件的嵌套太深。", en="The file is nested too deeply."),
    "max": Text(zh="太多了，最多 {limit}。", en="This is too much: the most is {limit}."),
    "tag": Text(zh="文件里有不允许的标签。", en="The file uses tags, which are not allowed."),
    "enum": Text(zh="不认识这个值。", en="This value is not known."),
}
"""Sentences for the rules by which a file is refused, as a whole; `format` with a fact `found` has two of its own."""


def file_rule(error: FieldError) -> Text:
    """Choose the sentence for a rule by which a file is refused."""
    if error.rule == "format" and "found" in error.facts:
        return FILE_RULES["not_read" if "readable" in error.facts else "other_format"]
    return FILE_RULES.get(error.rule, FILE_RULES["format"])


class CourseClient(Protocol):
    """Asks the course service, which reads and writes timetable files and keeps nothing."""

    async def read(self, call: Call, file: bytes, terms: ReadingTerms, *, format_name: FormatName | None = None) -> Reading:
        """Read a timetable file; a format that is named is a check, else the content alone decides.

        Raises:
            ImportUnreadable: The file as a whole cannot be read.
            InvalidInput: Rows of it contradict themselves or have no place.
        """
        ...

    async def read_body(self, call: Call, body: bytes, terms: ReadingTerms) -> Reading:
        """Read a JSON object with the members of a `smartflow` file, among others.

        Raises:
            InvalidInput: It breaks rules; all are named, by their paths in the body.
        """
        ...

    async def read_course(self, call: Call, body: bytes, terms: ReadingTerms) -> CourseDraft:
        """Read one course, a JSON object like one of a `smartflow` file's.

        Raises:
            InvalidInput: It breaks rules; all are named, by their paths in the body.
        """
        ...

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
        ...
