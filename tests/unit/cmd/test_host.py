"""Who holds a lease: a process by its host, its number there and its start, and whether it is there still."""

import os
import subprocess
import sys

import pytest

from smartflow.cmd.host import holder_of, is_gone
from smartflow.shared.kernel.ids import SystemEntropy

OURS = holder_of(SystemEntropy())
HERE = OURS.partition("/")[0]


def ended() -> int:
    """Give the number of a process that was here."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_each_start_of_a_process_has_a_name_of_its_own_that_fits_its_column() -> None:
    other = holder_of(SystemEntropy())

    assert other != OURS
    assert OURS.split("/")[1] == str(os.getpid())
    assert len(OURS) <= 64


def test_a_process_of_this_host_that_has_ended_is_gone() -> None:
    assert is_gone(f"{HERE}/{ended()}/1234", OURS)


def test_an_earlier_process_that_had_our_number_is_gone() -> None:
    assert is_gone(holder_of(SystemEntropy()), OURS)
    assert not is_gone(OURS, OURS)


@pytest.mark.parametrize(
    "holder", [f"{HERE}/1/1234", f"{HERE}/{os.getppid()}/1234", "elsewhere/999999/1234", "a-name-of-old", f"{HERE}/x/y"]
)
def test_one_that_runs_or_that_nobody_can_know_of_is_there(holder: str) -> None:
    assert not is_gone(holder, OURS)
