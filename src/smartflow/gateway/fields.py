"""The kinds of members that forms share, and how times are shown."""

from datetime import datetime, timedelta
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from smartflow.gateway.envelope import Paging
from smartflow.shared.kernel.ids import TermId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

T = TypeVar("T")
Time = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset.", examples=["2026-09-21T10:00:00+08:00"])]
Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:00"])]
Id = Annotated[int, Meta(ge=1, le=2**63 - 1, examples=[42])]
PageNumber = Annotated[int, Meta(ge=1, le=1_000_000)]
PageSize = Annotated[int, Meta(ge=1, le=100)]


class NothingToUpdate(Refusal):
    """An update names no member that it could change."""

    status, code = 422, "40063"
    text = Text(zh="没有要更新的内容。", en="There is nothing to update.")


class TermQuery(Struct, frozen=True):
    """Which term; none: the current one."""

    term_id: Id | None = None

    def term(self, named: int | None = None) -> TermId | None:
        """Say it in the words of the service; a term that the body names comes first."""
        found = self.term_id if named is None else named
        return None if found is None else TermId(found)


class Page(Struct, frozen=True):
    """A part of a list, by page; the default page size is 20."""

    page: PageNumber = 1
    page_size: PageSize = 20


def given(member: T | None) -> T:
    """Give a member that the form's `check` has found to be there.

    Raises:
        LookupError: It is not, so the form has no such check.
    """
    if member is None:
        raise LookupError
    return member


def paging(page: int, page_size: int, total: int) -> Paging:
    """Say where a page stands."""
    return Paging(page=page, page_size=page_size, total=total, has_more=page * page_size < total)


def local(instant: datetime, zone: str) -> datetime:
    """Show an instant in a zone, with its offset and whole seconds."""
    # Cut off before it is on a wall, where arithmetic would forget which of two equal hours it is.
    return (instant - timedelta(microseconds=instant.microsecond)).astimezone(ZoneInfo(zone))


def local_or_none(instant: datetime | None, zone: str) -> datetime | None:
    """Show an instant that may be missing."""
    return None if instant is None else local(instant, zone)


def wall(instant: datetime | None, zone: str) -> str:
    """Show an instant as `YYYY-MM-DD HH:MM:SS` on the wall; "" for none, and midnight as the end of the day before."""
    if instant is None:
        return ""
    there = local(instant, zone)
    if (there.hour, there.minute, there.second) == (0, 0, 0):
        there -= timedelta(seconds=1)
    return there.replace(tzinfo=None).isoformat(" ", "seconds")
