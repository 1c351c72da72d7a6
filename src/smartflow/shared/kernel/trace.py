"""Where work comes from: the request that began it, and its W3C trace context where it is traced; ids only."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NamedTuple

from opentelemetry import context, trace
from opentelemetry.trace import Span, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PARENT = "traceparent"
_LONGEST = 64
_REQUEST = context.create_key("smartflow-request")
_W3C = TraceContextTextMapPropagator()
_UNTRACED = nullcontext(trace.INVALID_SPAN)


class Origin(NamedTuple):
    """What something comes from; `parent` is a `traceparent`, empty where nothing is traced."""

    parent: str = ""
    request_id: str = ""

    @classmethod
    def read(cls, line: str) -> "Origin":
        """Read what `line` wrote."""
        parent, _, request_id = line.partition(";")
        return cls(parent, request_id)

    def line(self) -> str:
        """Write it on one line of at most 120 characters, to travel with an event."""
        return f"{self.parent};{self.request_id[:_LONGEST]}" if self.parent or self.request_id else ""

    @property
    def trace_id(self) -> str:
        """The trace's id, empty where nothing is traced."""
        return self.parent[3:35]


def span(name: str, **attributes: str | int) -> AbstractContextManager[Span]:
    """Trace what happens inside; almost free of cost unless a tracer is installed."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, trace.ProxyTracerProvider):  # it stands for none
        return _UNTRACED
    return _traced(provider.get_tracer("smartflow"), name, attributes)


@contextmanager
def _traced(tracer: Tracer, name: str, attributes: Mapping[str, str | int]) -> Iterator[Span]:
    with tracer.start_as_current_span(name, attributes=attributes, record_exception=False, set_status_on_exception=False) as made:
        try:
            yield made
        except Exception as error:
            # The kind of error only: its words may quote a person.
            made.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def current_trace() -> str:
    """Give the W3C trace context of what is going on, to travel with a call or an event; empty if there is none."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(_PARENT, "")


def current_request() -> str:
    """Give the id of the request that what is going on comes from: for the calls of a reaction; empty if none is known."""
    found = context.get_value(_REQUEST)
    return found if isinstance(found, str) else ""


def current_origin() -> Origin:
    """Give all that is known of where the work in hand comes from."""
    return Origin(current_trace(), current_request())


@contextmanager
def continued(origin: Origin) -> Iterator[None]:
    """Make what happens inside part of what began elsewhere; an empty or broken trace context is ignored."""
    inside = context.get_current()
    if origin.parent:
        inside = _W3C.extract({_PARENT: origin.parent}, inside)
    token = context.attach(context.set_value(_REQUEST, origin.request_id, inside))
    try:
        yield
    finally:
        context.detach(token)
