"""IANA time zones by name."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_NOT_PLACES = frozenset({"localtime", "Factory", "posixrules"})


def known_zone(name: str) -> bool:
    """Tell whether a name is an IANA zone, spelled as the database spells it."""
    return name in _names()


def zone_of(name: str) -> ZoneInfo:
    """Give a known zone by its name."""
    return ZoneInfo(name)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NOT_PLACES
