"""What is counted of every answer: how it ended, how long it took, what it came to; never a word of it."""

from collections.abc import Mapping
from time import perf_counter
from types import MappingProxyType, TracebackType
from typing import Literal, Self

from smartflow.client.llm import BudgetExceeded, ModelUnavailable, UnusableAnswer, Usage
from smartflow.shared.process.telemetry import Metrics

_ENDS: Mapping[type[BaseException], str] = MappingProxyType(
    {BudgetExceeded: "over_budget", ModelUnavailable: "unavailable", UnusableAnswer: "unusable", GeneratorExit: "left"}
)


class Tally:
    """Counts one answer. Who works by rules takes no time worth telling, and no tokens."""

    def __init__(self, metrics: Metrics, role: str, scene: str) -> None:
        self.outcome: Literal["rules", "answered", "fell_back"] = "rules"
        self._metrics = metrics
        self._role = role
        self._scene = scene
        self._began = perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        ended = self.outcome if kind is None else _ENDS.get(kind, "failed" if issubclass(kind, Exception) else "left")
        self._metrics.answers.labels(self._role, self._scene, ended).inc()
        if self.outcome != "rules":
            self._metrics.answering.labels(self._role, self._scene).observe(perf_counter() - self._began)

    def settled(self, used: Usage) -> None:
        """Count what is booked."""
        kinds = {"prompt": used.prompt_tokens, "cached": used.cached_tokens, "completion": used.completion_tokens}
        for kind, tokens in {**kinds, "reasoning": used.reasoning_tokens}.items():
            self._metrics.tokens.labels(self._role, kind).inc(tokens)
        self._metrics.costs.labels(self._role, used.currency).inc(float(used.cost))
