"""When feasts are: fixed dates, and a table of those that move."""

from datetime import date
from typing import Final

FIRST_YEAR, LAST_YEAR = 2026, 2035
FIXED: Final = {
    "new_year": (1, 1),
    "valentine": (2, 14),
    "women": (3, 8),
    "fools": (4, 1),
    "labour": (5, 1),
    "youth": (5, 4),
    "children": (6, 1),
    "teachers": (9, 10),
    "national": (10, 1),
    "halloween": (10, 31),
    "singles": (11, 11),
    "christmas_eve": (12, 24),
    "christmas": (12, 25),
    "new_year_eve": (12, 31),
}
MOVING: Final[dict[str, tuple[str, ...]]] = {
    "spring_eve": ("02-16", "02-05", "01-25", "02-12", "02-02", "01-22", "02-10", "01-30", "02-18", "02-07"),
    "spring": ("02-17", "02-06", "01-26", "02-13", "02-03", "01-23", "02-11", "01-31", "02-19", "02-08"),
    "lantern": ("03-03", "02-20", "02-09", "02-27", "02-17", "02-06", "02-25", "02-14", "03-05", "02-22"),
    "qingming": ("04-05", "04-05", "04-04", "04-04", "04-05", "04-05", "04-04", "04-04", "04-05", "04-05"),
    "easter": ("04-05", "03-28", "04-16", "04-01", "04-21", "04-13", "03-28", "04-17", "04-09", "03-25"),
    "dragon_boat": ("06-19", "06-09", "05-28", "06-16", "06-05", "06-24", "06-12", "06-01", "06-20", "06-10"),
    "qixi": ("08-19", "08-08", "08-26", "08-16", "08-05", "08-24", "08-12", "08-01", "08-20", "08-10"),
    "mid_autumn": ("09-25", "09-15", "10-03", "09-22", "09-12", "10-01", "09-19", "09-08", "09-27", "09-16"),
    "double_ninth": ("10-18", "10-08", "10-26", "10-16", "10-05", "10-24", "10-12", "10-01", "10-20", "10-09"),
    "thanksgiving": ("11-26", "11-25", "11-23", "11-22", "11-28", "11-27", "11-25", "11-24", "11-23", "11-22"),
    "solstice": ("12-22", "12-22", "12-21", "12-21", "12-22", "12-22", "12-21", "12-21", "12-22", "12-22"),
}
NAMES: Final = frozenset(FIXED) | frozenset(MOVING)


def feast(name: str, year: int) -> date | None:
    """Give the day of a feast in a year; none if it is unknown, or the year outside the table."""
    if name in FIXED:
        return date(year, *FIXED[name])
    days = MOVING.get(name)
    if days is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return date.fromisoformat(f"{year}-{days[year - FIRST_YEAR]}")
