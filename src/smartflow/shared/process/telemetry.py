"""What the process tells about itself in numbers and lines; labels name kinds of things, never a person."""

from collections.abc import Sequence
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from smartflow.shared.database.lease import LeaseLost, State
from smartflow.shared.events.watch import Reacted, Watch
from smartflow.shared.process.logs import describe, logger

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
_ITEMS = (0, 1, 10, 50, 100, 500, 1_000, 5_000)
_UNITS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


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
        self.batches = self._count("outbox_batches_total", "Batches that a relay sent, failed to send or lost.", "publisher", "outcome")
        self.handling = self._seconds("inbox_handle_seconds", "Time that a reaction takes.", "subscriber", "kind")
        self.retries = self._count("inbox_retries_total", "Reactions that failed and will be tried again.", "subscriber", "kind")
        self.given_up = self._count("inbox_given_up_total", "Reactions that failed for the last time.", "subscriber", "kind")
        self.duplicates = self._count("inbox_duplicates_total", "Events that came again and were absorbed.", "subscriber")
        self.waiting = self._level("inbox_waiting", "Events that wait for a try.", "subscriber")
        self.dead = self._level("inbox_dead", "Events that were given up and wait for an operator.", "subscriber")
        self.leases = self._level("lease_held", "1 while this process holds the lease.", "name")
        self.leases_lost = self._count("lease_lost_total", "Leases that another process took while this one kept them.", "name")
        self.loops = self._seconds("loop_run_seconds", "Time that a run of a loop takes.", "loop", "outcome")
        self.commits = Histogram("smartflow_commit_units", "Units that shared one commit.", registry=self.registry, buckets=_UNITS)
        self.runs = self._count("agent_runs_total", "Answers of the assistant that came to an end.", "outcome")
        self.running = self._level("agent_running", "Answers that are being made in this process.")
        self.takeovers = self._count("agent_takeovers_total", "Answers that another process had left and this one goes on with.")
        self.first_text = self._seconds("agent_first_text_seconds", "Time from what was said to the first text of the answer.")
        self.tools = self._count("agent_tools_total", "Tools that were called, by their result.", "tool", "status")
        self.answers = self._count("llm_answers_total", "Answers that were asked of models or of rules.", "role", "scene", "outcome")
        self.answering = self._seconds("llm_answer_seconds", "Time that models take for a whole answer.", "role", "scene")
        self.model_failures = self._count("llm_failures_total", "Models that did not answer.", "role", "kind")
        self.tokens = self._count("llm_tokens_total", "Tokens of models, as billed.", "role", "kind")
        self.costs = self._count("llm_cost_total", "What models cost.", "role", "currency")
        self.recalling = self._seconds("memory_recall_seconds", "Time to find what is remembered, by stage.", "stage")
        self.recalled = self._count("memory_recalled_tokens_total", "Tokens of memories that went into prompts.", "type")
        self.remembered = Histogram("smartflow_memory_items", "Active memories of a person.", registry=self.registry, buckets=_ITEMS)

    def exposed(self) -> bytes:
        """Write all metrics as Prometheus reads them."""
        return generate_latest(self.registry)

    def _seconds(self, name: str, text: str, *labels: str) -> Histogram:
        return Histogram(f"smartflow_{name}", text, labels, registry=self.registry, buckets=_SECONDS)

    def _count(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"smartflow_{name}", text, labels, registry=self.registry)

    def _level(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"smartflow_{name}", text, labels, registry=self.registry)


class Witness(Watch):
    """Counts what the backbone and the leases of a process tell, and writes a line for each event."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._handling = cache(metrics.handling.labels)
        self._log = logger("events")

    def sent(self, publisher: str, waited: Sequence[float]) -> None:
        """Count a batch, and how long its facts took."""
        self._metrics.batches.labels(publisher, "sent").inc()
        publishing = self._metrics.publishing.labels(publisher)
        for seconds in waited:
            publishing.observe(seconds)

    def unsent(self, publisher: str, error: Exception) -> None:
        """Count a batch that stays, and say why."""
        outcome = "lost" if isinstance(error, LeaseLost) else "failed"
        self._metrics.batches.labels(publisher, outcome).inc()
        self._log.warning(f"relay.{outcome}", publisher=publisher, error=describe(error))

    def handled(self, reacted: Reacted, seconds: float) -> None:
        """Count a reaction, and say what it was part of."""
        self._handling(reacted.subscriber, reacted.kind).observe(seconds)
        self._log.info("event.handled", **_ids(reacted), ms=round(seconds * 1000, 2))

    def failed(self, reacted: Reacted, error: Exception, *, dead: bool) -> None:
        """Count a failure, and say what failed."""
        counted = self._metrics.given_up if dead else self._metrics.retries
        counted.labels(reacted.subscriber, reacted.kind).inc()
        self._log.warning("event.given_up" if dead else "event.failed", **_ids(reacted), error=describe(error))

    def overlooked(self, kind: str, error: Exception) -> None:
        """Say what was missed by who only looks on."""
        self._log.warning("tap.failed", kind=kind, error=describe(error))

    def absorbed(self, subscriber: str, count: int) -> None:
        """Count what came again."""
        self._metrics.duplicates.labels(subscriber).inc(count)

    def backlog(self, publisher: str, count: int, seconds: float) -> None:
        """Set how much waits to be sent, and for how long."""
        self._metrics.backlog.labels(publisher).set(count)
        self._metrics.oldest.labels(publisher).set(seconds)

    def parked(self, subscriber: str, waiting: int, dead: int) -> None:
        """Set how much waits in an inbox."""
        self._metrics.waiting.labels(subscriber).set(waiting)
        self._metrics.dead.labels(subscriber).set(dead)

    def lease(self, name: str, state: State) -> None:
        """Set whether a lease is ours; count it if it was and is not any more."""
        name = name.partition(".")[0] if name.startswith("run.") else name  # no series for each run
        self._metrics.leases.labels(name).set(state == "held")
        if state == "lost":
            self._metrics.leases_lost.labels(name).inc()
            self._log.warning("lease.lost", name=name)


def _ids(reacted: Reacted) -> dict[str, str]:
    """Name an event and what it comes from, the trace only where there is one."""
    told = {"subscriber": reacted.subscriber, "kind": reacted.kind, "event_id": str(reacted.event_id)}
    told["request_id"] = reacted.origin.request_id
    if reacted.origin.parent:
        told["trace_id"] = reacted.origin.trace_id
    return told
