"""Derives from a Protocol what goes over the wire: per method the request, the answer and their codecs."""

import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from inspect import Parameter, Signature
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import pack

T = TypeVar("T")


class ContractError(TypeError):
    """A Protocol's method cannot be called over the wire; the message names it and says why."""


class Method:
    """One method: how its arguments and its answer (or each piece of its stream) become bytes and come back."""

    def __init__(self, owner: str, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self.full_name = f"{owner}.{name}"
        hints = self._hints(function)
        answer = hints.pop("return")
        self.streams = get_origin(answer) is AsyncIterator
        if self.streams == inspect.iscoroutinefunction(function):
            raise self._unfit("either `async def` with an answer, or `def` that gives an AsyncIterator")
        self._signature = _without_self(inspect.signature(function))
        self._parameters = tuple(self._signature.parameters)
        self.call_name = self._parameters[0] if self._parameters and hints[self._parameters[0]] is Call else None
        self.answer: Any = get_args(answer)[0] if self.streams else answer
        try:
            self._request = self._struct(hints)
            self._requests = msgspec.msgpack.Decoder(self._request)
            self._answers: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(self.answer)
        except (TypeError, ValueError) as error:
            raise self._unfit(str(error)) from error

    def call_of(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Call | None:
        """Find the Call among the arguments."""
        if self.call_name is None:
            return None
        found = args[0] if args else kwargs.get(self.call_name)
        return found if isinstance(found, Call) else None

    def encode(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        """Pack arguments.

        Raises:
            TypeError: They do not fit the method.
        """
        return pack(self._request(**self._signature.bind(*args, **kwargs).arguments))

    def decode(self, body: bytes) -> dict[str, Any]:
        """Unpack arguments, by name.

        Raises:
            msgspec.ValidationError: They have another shape.
        """
        request = self._requests.decode(body)
        return {name: getattr(request, name) for name in self._parameters}

    def read_answer(self, body: bytes) -> Any:  # noqa: ANN401 - as the method's hint says
        """Unpack an answer, or a piece of a stream.

        Raises:
            msgspec.ValidationError: It has another shape.
        """
        return self._answers.decode(body)

    def _hints(self, function: Callable[..., Any]) -> dict[str, Any]:
        try:
            hints = get_type_hints(function, include_extras=True)
        except NameError as error:
            raise self._unfit("its hints are not all importable", str(error)) from error
        parameters = _without_self(inspect.signature(function)).parameters.values()
        for parameter in parameters:
            if parameter.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD, Parameter.POSITIONAL_ONLY):
                raise self._unfit("not a plain parameter", parameter.name)
        missing = [name for name in (*(parameter.name for parameter in parameters), "return") if name not in hints]
        if missing:
            raise self._unfit("no type hint for", *missing)
        return hints

    def _struct(self, hints: Mapping[str, Any]) -> type[Struct]:
        fields: list[Any] = []
        for parameter in self._signature.parameters.values():
            default = () if parameter.default is Parameter.empty else (parameter.default,)
            fields.append((parameter.name, hints[parameter.name], *default))
        return msgspec.defstruct(self.name, fields, array_like=True, kw_only=True, frozen=True)

    def _unfit(self, why: str, *what: str) -> ContractError:
        return ContractError(" ".join((f"{self.full_name}: {why}", *what)))


class Contract(Generic[T]):
    """What a Protocol promises, method by method."""

    def __init__(self, protocol: type[T]) -> None:
        self.name = protocol.__name__
        self.methods = {name: Method(self.name, name, function) for name, function in _public(protocol)}


def _public(protocol: type) -> list[tuple[str, Callable[..., Any]]]:
    members = [(name, member) for name, member in inspect.getmembers(protocol) if not name.startswith("_")]
    for name in (*(name for name, member in members if not inspect.isfunction(member)), *inspect.get_annotations(protocol)):
        message = f"{protocol.__name__}.{name}: only methods can be called"
        raise ContractError(message)
    return members


def _without_self(signature: Signature) -> Signature:
    return signature.replace(parameters=list(signature.parameters.values())[1:])
