"""How the product says no: a typed refusal with a stable code, and the rules that an input broke."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from traceback import extract_tb
from typing import ClassVar

from msgspec import Struct

from smartflow.shared.kernel.text import Text


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Base of every refusal: it changes nothing, and it names what a person can do about it.

    `details` become the answer's `data`; `facts` fill the text's placeholders.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    text: ClassVar[Text]
    retry_after: int | None = None

    def __init__(self, details: object = None, *, retry_after: int | None = None, **facts: str | int) -> None:
        super().__init__(self.code)
        self.details = details
        self.facts = facts
        if retry_after is not None:
            self.retry_after = retry_after


class FieldError(Struct, frozen=True):
    """One broken rule: where, which rule, and the limit it names (`facts`, for the message)."""

    field: str
    rule: str
    code: str = "42201"
    facts: dict[str, str | int] = {}


class FieldErrors(Struct, frozen=True):
    """The details of `InvalidInput`."""

    errors: tuple[FieldError, ...]


class InvalidInput(Refusal):
    """The request breaks rules; all of them are named at once."""

    status, code = 422, "42201"
    text = Text(zh="有内容不符合要求。", en="Something in the request breaks a rule.")

    def __init__(self, errors: Iterable[FieldError]) -> None:
        broken = tuple(errors)
        super().__init__(FieldErrors(broken))
        self.errors = broken


class Unavailable(Refusal):
    """Something that the answer needs is missing or busy."""

    status, code = 503, "50301"
    text = Text(zh="服务暂时不可用，请稍后再试。", en="Something needed is missing or busy; please try again.")
    retry_after = 1


class DeadlinePassed(Refusal):
    """The answer took longer than its deadline; the same key gets it later."""

    status, code = 504, "50401"
    text = Text(zh="处理超时；可用同一个键重试。", en="This took too long; try again with the same key.")


class KeyReused(Refusal):
    """The key was used for another request."""

    status, code = 422, "42202"
    text = Text(zh="这个幂等键已用于另一个请求。", en="This key was used for another request.")


class StillRunning(Refusal):
    """The same request is still running."""

    status, code = 409, "40038"
    text = Text(zh="同一个请求仍在处理中。", en="The same request is still running.")
    retry_after = 1


def in_short(error: BaseException) -> str:
    """Say in one line what went wrong and where, without the error's own words: those may quote a person."""
    frames = extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + (f" {error.code}" if isinstance(error, Refusal) else "") + where


def every_refusal(base: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Walk the tree of refusals that are defined, leaves and branches with a code."""
    for child in base.__subclasses__():
        if "code" in child.__dict__:
            yield child
        yield from every_refusal(child)
