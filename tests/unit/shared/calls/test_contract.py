"""A Protocol that cannot be called over the wire is refused when the process starts, not when it is called."""

import gc
from collections.abc import AsyncIterator
from typing import Any, ClassVar, Protocol

import pytest
from msgspec import Struct

from smartflow.client.task import TaskClient, TaskDraft
from smartflow.shared.calls.contract import Contract, ContractError
from smartflow.shared.calls.refused import from_bytes, to_bytes
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

CALL = Call(owner=OwnerId(1), request_id="r")


class One(Struct):
    x: int


class Other(Struct):
    y: int


class NoParameterHint(Protocol):
    async def ask(self, call: Call, x) -> int: ...  # type: ignore[no-untyped-def]


class NoAnswerHint(Protocol):
    async def ask(self, call: Call): ...  # type: ignore[no-untyped-def]


class OpenEnded(Protocol):
    async def ask(self, *xs: int) -> int: ...


class Keywords(Protocol):
    async def ask(self, **xs: int) -> int: ...


class Ambiguous(Protocol):
    async def ask(self, x: One | Other) -> int: ...


class Blocking(Protocol):
    def ask(self) -> int: ...


class LateStream(Protocol):
    async def ask(self) -> AsyncIterator[int]: ...


class Unimportable(Protocol):
    async def ask(self) -> "NowhereToBeFound": ...  # type: ignore[name-defined]  # noqa: F821


class Shared(Protocol):
    def __call__(self) -> int: ...

    size: int


class Property(Protocol):
    @property
    def size(self) -> int: ...


@pytest.mark.parametrize(
    ("protocol", "why"),
    [
        (NoParameterHint, r"NoParameterHint\.ask: no type hint for x"),
        (NoAnswerHint, r"NoAnswerHint\.ask: no type hint for return"),
        (OpenEnded, "not a plain parameter xs"),
        (Keywords, "not a plain parameter xs"),
        (Ambiguous, "multiple Struct types"),
        (Blocking, "AsyncIterator"),
        (LateStream, "AsyncIterator"),
        (Unimportable, "NowhereToBeFound"),
        (Shared, r"Shared\.size: only methods"),
        (Property, r"Property\.size: only methods"),
    ],
)
def test_what_cannot_travel_is_named(protocol: type[Any], why: str) -> None:
    with pytest.raises(ContractError, match=why):
        Contract(protocol)


def test_the_call_is_found_by_place_and_by_name() -> None:
    method = Contract(TaskClient).methods["known"]

    assert method.call_of((CALL, []), {}) is CALL
    assert method.call_of((), {"task_ids": [], "call": CALL}) is CALL


def test_what_is_called_wrongly_does_not_leave_the_house() -> None:
    method = Contract(TaskClient).methods["create"]

    with pytest.raises(TypeError):
        method.encode((CALL,), {"drafts": TaskDraft})


def test_a_refusal_that_names_the_type_of_its_details_gets_them_typed() -> None:
    class Crowded(Refusal):
        """Only here, and gone with this test."""

        status, code = 409, "49998"
        text = Text(zh="满。", en="Full.")
        details_type: ClassVar[type] = One

        def __init__(self, room: int) -> None:
            super().__init__(One(room))

    arrived = from_bytes(to_bytes(Crowded(3)))

    assert isinstance(arrived, Crowded)
    assert arrived.details == One(3)
    del arrived, Crowded
    gc.collect()
