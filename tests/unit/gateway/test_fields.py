"""How instants are shown."""

from datetime import UTC, datetime

from smartflow.gateway.fields import local

ZONE = "Europe/Berlin"


def test_an_instant_is_shown_in_its_zone_in_whole_seconds() -> None:
    assert local(datetime(2026, 9, 14, 2, 0, 7, 999_999, UTC), "Asia/Shanghai").isoformat() == "2026-09-14T10:00:07+08:00"


def test_of_two_equal_hours_the_second_keeps_its_offset() -> None:
    first, second = (local(datetime(2026, 10, 25, hour, 30, 0, 5, UTC), ZONE).isoformat() for hour in (0, 1))

    assert (first, second) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
