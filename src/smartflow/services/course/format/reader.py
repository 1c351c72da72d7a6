"""From the bytes of a file, or of a request's body, to courses in normal form."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from smartflow.client.course import MAX_COURSES, FormatName, ImportUnreadable, Reading, ReadingTerms
from smartflow.client.schedule.course import CourseDraft
from smartflow.services.course.format import smartflow
from smartflow.services.course.format.detect import Detected, detect
from smartflow.services.course.format.errors import BAD, Errors
from smartflow.services.course.format.members import Members
from smartflow.services.course.format.normal import normal_form
from smartflow.services.course.format.text import decode, parse_json
from smartflow.shared.kernel.refusal import FieldError, InvalidInput

_MALFORMED = "40005"
_MISSING = "40004"
_READERS: Final[Mapping[FormatName, Callable[[object, ReadingTerms], Reading]]] = {"smartflow": smartflow.read}


def read(file: bytes, terms: ReadingTerms, format_name: FormatName | None = None) -> Reading:
    """Read a file of any format; one that is named is held against what the content shows.

    Raises:
        ImportUnreadable: The file as a whole cannot be read, or is in another format than is named.
        InvalidInput: Rows of it break rules.
    """
    detected = detect(decode(file))
    if format_name not in {None, detected.format}:
        raise ImportUnreadable.by("format", found=detected.format)
    return _reader(detected)(detected.value, terms)


def read_body(body: bytes, terms: ReadingTerms) -> Reading:
    """Read a request's body that has, among others, the members of a `smartflow` file.

    Raises:
        InvalidInput: It breaks rules.
    """
    members = _object(body)
    errors = Errors()
    top = Members(members, "", errors)
    if top.word("format", ("smartflow",)) and not smartflow.is_known_version(members.get("version", smartflow.VERSION)):
        top.refuse("version", "enum", limit=smartflow.VERSION)
    if not top.has("courses"):
        raise InvalidInput([FieldError("courses", "required", _MISSING)])
    count = top.count("courses")
    if count is not None and not 1 <= count <= MAX_COURSES:
        top.refuse("courses", "max" if count else "min", limit=MAX_COURSES if count else 1)
        errors.settle()
    try:
        return smartflow.read_members(members, terms, errors)
    except ImportUnreadable as refusal:
        raise InvalidInput([replace(error, code=BAD) for error in refusal.errors]) from None


def read_course(body: bytes, terms: ReadingTerms) -> CourseDraft:
    """Read a request's body that is one course, in the person's own term or the default.

    Raises:
        InvalidInput: It breaks rules.
    """
    errors = Errors()
    rows = smartflow.read_rows(Members(_object(body), "", errors), terms.term.term)
    errors.settle()
    courses, _ = normal_form(rows, terms.term.table.breaks, errors)
    errors.settle()
    return courses[0]


def _reader(detected: Detected) -> Callable[[object, ReadingTerms], Reading]:
    if detected.format not in _READERS:
        raise ImportUnreadable.by("format", found=detected.format, readable=", ".join(_READERS))
    return _READERS[detected.format]


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value = parse_json(decode(body))
    except (ImportUnreadable, ValueError):
        raise InvalidInput([FieldError("", "format", _MALFORMED)]) from None
    if not isinstance(value, dict):
        raise InvalidInput([FieldError("", "type", _MALFORMED)])
    return value
