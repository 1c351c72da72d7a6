"""The envelope of every answer, and how refusals and their details become one."""

from functools import cache, singledispatch
from typing import Any, Generic, TypeVar

from msgspec import UNSET, Struct, UnsetType

from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.refusal import FieldErrors, InvalidInput, Refusal, every_refusal
from smartflow.shared.kernel.text import Language, Text
from smartflow.shared.timetext.texts import FAULTS

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
    """A success: its data, what it says for people, and what may stand beside a bare array."""

    data: T
    code: str = SUCCESS
    info: Text = DONE
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
    "secret": Text(zh="密码、卡号和证件号不会被记住。", en="Passwords and the numbers of cards, accounts and people are never remembered."),
    "implicit_memory_enabled": Text(
        zh="设置不允许记住没有明说的内容。", en="By the settings, only what was said explicitly is remembered."
    ),
    "sensitive_memory_enabled": Text(zh="设置不允许记住敏感内容。", en="By the settings, nothing sensitive is remembered."),
    "overlap": Text(zh="时间范围重叠。", en="The ranges overlap."),
    **FAULTS,
    "fixed": Text(zh="这一项由设置给定，要在设置中修改。", en="This comes from the settings, and is to be changed there."),
}
_OTHER = Text(zh="不符合要求：{rule}。", en="This breaks the rule {rule}.")
_BOUNDS = {
    "min": Text(zh="不能小于 {limit}。", en="This must be at least {limit}."),
    "max": Text(zh="不能大于 {limit}。", en="This must be at most {limit}."),
}
_SIZES = {
    "min_length": Text(zh="至少要有 {min_length} 个字符。", en="This must be at least {min_length} characters long."),
    "max_length": Text(zh="最多 {max_length} 个字符。", en="This must be at most {max_length} characters long."),
    "max_bytes": Text(zh="最多 {max_bytes} 个字节（UTF-8）。", en="This must be at most {max_bytes} bytes long, in UTF-8."),
    "min_items": Text(zh="至少要有 {min_items} 项。", en="This must have at least {min_items} entries."),
    "max_items": Text(zh="最多 {max_items} 项。", en="This must have at most {max_items} entries."),
}
_AT_LEAST_ONE = {
    "min_length": Text(zh="至少要有 1 个字符。", en="This must be at least 1 character long."),
    "min_items": Text(zh="至少要有 1 项。", en="This must have at least 1 entry."),
}
_FORMS = {
    "printed": Text(zh="不能含有控制字符。", en="This must not contain control characters."),
}
_LIMIT = Text(zh="（界限：{limit}）", en=" (limit: {limit})")


@singledispatch
def shown(details: object, view: View) -> Any:  # noqa: ANN401 - data is whatever the refusal has to say
    """Render the details of a refusal, in the words of its reader; parts register their own."""
    del view
    return plain(details)


@singledispatch
def paged(details: object) -> Paging | UnsetType:
    """Say where the list stands that the details of a refusal are rendered as; most are none."""
    del details
    return UNSET


@shown.register
def _errors(details: FieldErrors, view: View) -> Any:  # noqa: ANN401 - as above
    forms = [FieldErrorForm(error.field, error.rule, _message(error.rule, error.facts, view)) for error in details.errors]
    return FieldErrorsForm(tuple(forms[:SHOWN_ERRORS]))


def _message(rule: str, facts: dict[str, str | int], view: View) -> str:
    if "limit" in facts and rule in _BOUNDS:
        return _BOUNDS[rule].render(view.language, **facts)
    for size, limit in facts.items():
        if size in _SIZES:
            return (_AT_LEAST_ONE.get(size, _SIZES[size]) if limit == 1 else _SIZES[size]).render(view.language, **facts)
    text = (_FORMS.get(str(facts.get("form"))) or _MESSAGES.get(rule, _OTHER)).render(view.language, rule=rule)
    return text + _LIMIT.render(view.language, limit=facts["limit"]) if "limit" in facts else text


def refused(refusal: Refusal, view: View, request_id: str) -> tuple[int, Envelope]:
    """Make the status and the envelope of a refusal."""
    status, code, text = refusal.status, refusal.code, refusal.text
    if isinstance(refusal, InvalidInput):
        status, code = _shared(refusal)
        text = _sentence(code) or text
    data = UNSET if refusal.details is None else shown(refusal.details, view)
    return status, Envelope(code, text.render(view.language, **refusal.facts), request_id, data, paging=paged(refusal.details))


def _shared(refusal: InvalidInput) -> tuple[int, str]:
    """Choose the code that all errors share; only what is wrong in nothing but types is malformed."""
    codes = {error.code for error in refusal.errors}
    code = codes.pop() if len(codes) == 1 else InvalidInput.code
    return (400 if code == MALFORMED else InvalidInput.status), code


@cache
def _sentence(code: str) -> Text | None:
    """Find the sentence of a code that errors share, where a refusal of its own has one that needs no facts."""
    texts = (kind.text for kind in every_refusal() if kind.code == code)
    return next((text for text in texts if not any(text.placeholders())), None)
