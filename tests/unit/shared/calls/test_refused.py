"""Refusals on their way: what they carry arrives as what it was."""

import pytest

from smartflow.client.schedule.change import BaseChanged, RevisionChanged, Stale
from smartflow.shared.calls.refused import from_bytes, to_bytes


@pytest.mark.parametrize("details", [BaseChanged(3, 4), RevisionChanged(2), None])
def test_one_refusal_may_carry_details_of_several_kinds(details: object) -> None:
    arrived = from_bytes(to_bytes(Stale(details)))

    assert isinstance(arrived, Stale)
    assert arrived.details == details
