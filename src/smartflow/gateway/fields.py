"""The kinds of members that forms share, and how times are shown."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from smartflow.gateway.envelope import Paging
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

Time = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset.", examples=["2026-09-21T10:00:00+08:00"])]
Id = Annotated[int, Meta(ge=1, le=2**63 - 1, examples=[42])]
PageNumber = Annotated[int, Meta(ge=1, le=1_000_000)]
PageSize = Annotated[int, Meta(ge=1, le=100)]


class NothingToUpdate(Refusal):
    """An update names no member that it could change."""

    status, code = 422, "40063"
    text = Text(zh="没有要更新的内容。", en="There is nothing to update.")


class Page(Struct, frozen=True):
    """A part of a list, by page; the default page size is 20."""

    page: PageNumber = 1
    page_size: PageSize = 20


def paging(page: int, page_size: int, total: int) -> Paging:
    """Say where a page stands."""
    return Paging(page=page, page_size=page_size, total=total, has_more=page * page_size < total)


def local(instant: datetime, zone: str) -> datetime:
    """Show an instant in a zone, with its offset and whole seconds."""
    return instant.astimezone(ZoneInfo(zone)).replace(microsecond=0)


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
