"""What the process tells about itself in numbers and traces; labels name kinds of things, never a person."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import Span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_PARENT = "traceparent"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._seconds("http_request_seconds", "Time to answer a request.", "method", "route", "status")
        self.unlimited = self._count("http_unlimited_total", "Requests let through because the limiter's store was down.")
        self.streams = self._level("http_streams", "Open event streams.")
        self.backlog = self._level("outbox_backlog", "Events committed and not yet sent.", "publisher")
        self.oldest = self._level("outbox_oldest_seconds", "Age of the oldest event not yet sent.", "publisher")
        self.publishing = self._seconds("outbox_publish_seconds", "Time from commit to acknowledgement.", "publisher")
        self.handling = self._seconds("inbox_handle_seconds", "Time that a reaction takes.", "subscriber", "kind")
        self.retries = self._count("inbox_retries_total", "Reactions that failed and were parked.", "subscriber", "kind")
        self.duplicates = self._count("inbox_duplicates_total", "Events that came again and were absorbed.", "subscriber")
        self.dead = self._level("inbox_dead", "Events that were given up and wait for an operator.", "subscriber")
        self.leases = self._level("lease_held", "1 while this process holds the lease.", "name")
        self.loops = self._seconds("loop_run_seconds", "Time that a run of a loop takes.", "loop", "outcome")

    def exposed(self) -> bytes:
        """Write all metrics as Prometheus reads them."""
        return generate_latest(self.registry)

    def _seconds(self, name: str, text: str, *labels: str) -> Histogram:
        return Histogram(f"smartflow_{name}", text, labels, registry=self.registry, buckets=_SECONDS)

    def _count(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"smartflow_{name}", text, labels, registry=self.registry)

    def _level(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"smartflow_{name}", text, labels, registry=self.registry)


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Span]:
    """Trace what happens inside; free of cost unless a tracer is installed."""
    with trace.get_tracer("smartflow").start_as_current_span(name, attributes=attributes, record_exception=False) as current:
        yield current


def current_trace() -> str:
    """Give the W3C trace context of what is going on, to travel with a call or an event; empty if there is none."""
    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get(_PARENT, "")


@contextmanager
def continued(traceparent: str) -> Iterator[None]:
    """Make what happens inside part of a trace that began elsewhere; an empty or broken one is ignored."""
    if not traceparent:
        yield
        return
    carrier: Mapping[str, str] = {_PARENT: traceparent}
    token = context.attach(TraceContextTextMapPropagator().extract(carrier))
    try:
        yield
    finally:
        context.detach(token)
