"""Jobs for workers; they have to be importable there."""

import os
import signal
from pathlib import Path

from smartflow.client.task import TaskNotFound
from smartflow.shared.kernel.refusal import FieldError, InvalidInput
from smartflow.shared.process.worker import should_stop


def add(a: int, b: int) -> int:
    return a + b


def number() -> int:
    return os.getpid()


def size(data: bytes) -> int:
    return len(data)


def refuse() -> None:
    raise TaskNotFound({"task_id": 7}, left=3)


def refuse_input() -> None:
    raise InvalidInput([FieldError("name", "required")])


class Demanding(Exception):
    """Its constructor wants more than it passes on."""

    def __init__(self, what: str, *, why: str) -> None:
        super().__init__(f"{what} because {why}")
        self.why = why


class Unportable(Exception):
    def __init__(self) -> None:
        super().__init__(lambda: None)


def demand() -> None:
    raise Demanding("bread", why="hunger")


def stumble() -> None:
    raise Unportable


def give_a_function() -> object:
    return lambda: None


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work_until_told(begun: str) -> str:
    """Say that it began, then compute until it should stop."""
    Path(begun).touch()
    while not should_stop():
        pass
    return "what there was"


def never_stop(begun: str) -> None:
    Path(begun).touch()
    while True:
        pass
