"""The envelope of every answer, and how refusals and their details become one."""

from functools import singledispatch
from typing import Any, Generic, TypeVar

from msgspec import UNSET, Struct, UnsetType

from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.refusal import FieldErrors, InvalidInput, Refusal
from smartflow.shared.kernel.text import Language, Text

T = TypeVar("T")
SUCCESS = "10000"
MALFORMED = "40005"
DONE = Text(zh="成功。", en="Done.")
SHOWN_ERRORS = 20


class Paging(Struct, frozen=True):
    """Where a list stands: by page, or by cursor."""

    has_more: bool
    page: int | UnsetType = UNSET
    page_size: int | UnsetType = UNSET
    total: int | UnsetType = UNSET
    next_cursor: str | UnsetType | None = UNSET


class Ok(Struct, Generic[T], frozen=True):
    """A success: its data, and what may stand beside a bare array."""

    data: T
    code: str = SUCCESS
    paging: Paging | UnsetType = UNSET
    plan: Any | UnsetType = UNSET


class Envelope(Struct, frozen=True):
    """What goes over the wire."""

    status: str
    info: str
    request_id: str
    data: Any = UNSET
    plan: Any = UNSET
    paging: Paging | UnsetType = UNSET


class View(Struct, frozen=True):
    """For whom an answer is rendered: language and zone."""

    language: Language = "en"
    zone: str = "UTC"


class FieldErrorForm(Struct, frozen=True):
    """One broken rule."""

    field: str
    rule: str
    message: str


class FieldErrorsForm(Struct, frozen=True):
    """Every broken rule, of which the first 20 are shown."""

    errors: tuple[FieldErrorForm, ...]


_MESSAGES = {
    "required": Text(zh="缺少这一项。", en="This is missing."),
    "type": Text(zh="类型不对。", en="This has the wrong type."),
    "min": Text(zh="太小了。", en="This is too small."),
    "max": Text(zh="太大了。", en="This is too large."),
    "length": Text(zh="长度不符合要求。", en="This is too short or too long."),
    "enum": Text(zh="不是可选的值。", en="This is none of the possible values."),
    "format": Text(zh="格式不对。", en="This does not have the right form."),
    "offset": Text(zh="时间缺少时区偏移。", en="A time needs an offset from UTC."),
    "order": Text(zh="先后顺序不对。", en="This is in the wrong order."),
    "unique": Text(zh="出现了不止一次。", en="This occurs more than once."),
    "unknown": Text(zh="没有这个值。", en="There is no such value."),
    "overlap": Text(zh="时间范围重叠。", en="The ranges overlap."),
}
_OTHER = Text(zh="不符合要求：{rule}。", en="This breaks the rule {rule}.")
_LIMIT = Text(zh="（界限：{limit}）", en=" (limit: {limit})")


@singledispatch
def shown(details: object, view: View) -> Any:  # noqa: ANN401 - data is whatever the refusal has to say
    """Render the details of a refusal, in the words of its reader; parts register their own."""
    del view
    return plain(details)


@shown.register
def _errors(details: FieldErrors, view: View) -> Any:  # noqa: ANN401 - as above
    forms = [FieldErrorForm(error.field, error.rule, _message(error.rule, error.facts, view)) for error in details.errors]
    return FieldErrorsForm(tuple(forms[:SHOWN_ERRORS]))


def _message(rule: str, facts: dict[str, str | int], view: View) -> str:
    text = _MESSAGES.get(rule, _OTHER).render(view.language, rule=rule)
    return text + _LIMIT.render(view.language, limit=facts["limit"]) if "limit" in facts else text


def refused(refusal: Refusal, view: View, request_id: str) -> tuple[int, Envelope]:
    """Make the status and the envelope of a refusal."""
    status, code, text = refusal.status, refusal.code, refusal.text
    if isinstance(refusal, InvalidInput):
        status, code = _shared(refusal)
    data = UNSET if refusal.details is None else shown(refusal.details, view)
    return status, Envelope(code, text.render(view.language, **refusal.facts), request_id, data)


def _shared(refusal: InvalidInput) -> tuple[int, str]:
    """Choose the code that all errors share; only what is wrong in nothing but types is malformed."""
    codes = {error.code for error in refusal.errors}
    code = codes.pop() if len(codes) == 1 else InvalidInput.code
    return (400 if code == MALFORMED else InvalidInput.status), code
