"""What the service counts and measures, for Prometheus: the only door to prometheus_client.

Each method is named by what has happened. Every label takes one of a few fixed values, so that no question, name or id
can get in, and every series is there from the start, so that a rate has a beginning. This module refuses to know who
reads the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

if TYPE_CHECKING:
    from collections.abc import Mapping

Outcome = Literal["answered", "nothing", "busy", "failed"]
InteractionKind = Literal["command", "autocomplete", "component", "modal"]
BuildOutcome = Literal["published", "unchanged", "incomplete", "refused", "failed"]

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
LAG_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)  # seconds
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 30.0)  # seconds


class Metrics:
    """The figures of one service, in a registry of their own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._questions = _counters(registry, "questions", "Questions, by what came of them.", Outcome)
        self._interactions = _counters(registry, "interactions", "What Discord's users did, by kind.", InteractionKind)
        self._builds = _counters(registry, "builds", "Builds that the service began, by their end.", BuildOutcome)
        self._swaps = Counter("briefbot_generation_swaps", "Generations that were taken up.", registry=registry)
        self._errors = Counter("briefbot_discord_errors", "Requests that Discord refused or lost.", registry=registry)
        self._first_response = _seconds(registry, "first_response", "From an interaction to the first response to it.")
        self._answer = _seconds(registry, "answer", "From a question to its answer, with the time it waited.")
        self._waiting = _gauge(registry, "waiting", "Questions that wait for their turn.")
        self._generation = _gauge(registry, "generation", "Number of the generation in use; 0 where there is none.")
        self._documents = _gauge(registry, "documents", "Documents of the generation in use.")
        self._passages = _gauge(registry, "passages", "Passages of the generation in use.")
        self._lag = _seconds(registry, "loop_lag", "How late the event loop was when it was looked at.", LAG_BUCKETS)
        self._lag_max = _gauge(registry, "loop_lag_max_seconds", "The latest that the event loop has been.")
        self._longest_lag = 0.0
        ProcessCollector(registry=registry)  # memory, processor time, open files

    def answered(self, outcome: Outcome, seconds: float) -> None:
        """Count a question that came to its end `seconds` after it was asked."""
        self._questions[outcome].inc()
        self._answer.observe(seconds)

    def interacted(self, kind: InteractionKind) -> None:
        """Count a command, a completion, a button or a form."""
        self._interactions[kind].inc()

    def responded(self, seconds: float) -> None:
        """Note how long somebody waited for the first sign of life."""
        self._first_response.observe(seconds)

    def built(self, outcome: BuildOutcome) -> None:
        """Count a build that has ended."""
        self._builds[outcome].inc()

    def took_up(self, generation: int, documents: int, passages: int) -> None:
        """Count a generation that is in use from now on, and note its size."""
        self._swaps.inc()
        self._generation.set(generation)
        self._documents.set(documents)
        self._passages.set(passages)

    def discord_failed(self) -> None:
        """Count a request that Discord refused, or that was lost on the way."""
        self._errors.inc()

    def waits(self, questions: int) -> None:
        """Note how many questions wait."""
        self._waiting.set(questions)

    def lagged(self, seconds: float) -> None:
        """Note how much later than it should the event loop came back."""
        self._longest_lag = max(self._longest_lag, seconds)
        self._lag.observe(seconds)
        self._lag_max.set(self._longest_lag)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format, whose name is `CONTENT_TYPE`."""
        return generate_latest(self._registry)


def _counters(registry: CollectorRegistry, name: str, what: str, labels: object) -> Mapping[str, Counter]:
    label = "kind" if labels is InteractionKind else "outcome"
    counter = Counter(f"briefbot_{name}", what, (label,), registry=registry)
    return {value: counter.labels(value) for value in get_args(labels)}


def _seconds(registry: CollectorRegistry, name: str, what: str, buckets: tuple[float, ...] = BUCKETS) -> Histogram:
    return Histogram(f"briefbot_{name}_seconds", what, buckets=buckets, registry=registry)


def _gauge(registry: CollectorRegistry, name: str, what: str) -> Gauge:
    return Gauge(f"briefbot_{name}", what, registry=registry)
