from __future__ import annotations

import re

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from briefbot.serving.metrics import BUCKETS, LAG_BUCKETS, Metrics


def figures(metrics: Metrics) -> dict[str, float]:
    """Every series of ours by name and labels, without when it was created."""
    families = text_string_to_metric_families(metrics.text().decode("utf-8"))
    return {
        sample.name.removeprefix("briefbot_") + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if sample.name.startswith("briefbot_") and not sample.name.endswith("_created")
    }


def buckets(name: str, *seconds: float, bounds: tuple[float, ...] = BUCKETS) -> dict[str, float]:
    """The series of a histogram that was told of `seconds`."""
    counts = {
        f"{name}_bucket {bound if bound != float('inf') else '+Inf'}": float(sum(each <= bound for each in seconds))
        for bound in (*bounds, float("inf"))
    }
    return counts | {f"{name}_count": float(len(seconds)), f"{name}_sum": sum(seconds)}


NOTHING_YET = {
    "questions_total answered": 0,
    "questions_total nothing": 0,
    "questions_total busy": 0,
    "questions_total failed": 0,
    "interactions_total command": 0,
    "interactions_total autocomplete": 0,
    "interactions_total component": 0,
    "interactions_total modal": 0,
    "builds_total published": 0,
    "builds_total unchanged": 0,
    "builds_total incomplete": 0,
    "builds_total refused": 0,
    "builds_total failed": 0,
    "generation_swaps_total": 0,
    "discord_errors_total": 0,
    "waiting": 0,
    "generation": 0,
    "documents": 0,
    "passages": 0,
    "loop_lag_max_seconds": 0,
    **buckets("first_response_seconds"),
    **buckets("answer_seconds"),
    **buckets("loop_lag_seconds", bounds=LAG_BUCKETS),
}


def test_every_series_is_there_from_the_start() -> None:
    assert figures(Metrics()) == NOTHING_YET


def test_each_method_tells_what_has_happened() -> None:
    metrics = Metrics()
    metrics.answered("answered", 0.25)
    metrics.answered("answered", 45.0)
    metrics.answered("busy", 0.125)
    metrics.interacted("modal")
    metrics.responded(0.0078125)
    metrics.built("refused")
    metrics.took_up(7, 12, 104)
    metrics.discord_failed()
    metrics.waits(3)
    metrics.lagged(0.5)
    metrics.lagged(0.25)
    assert figures(metrics) == NOTHING_YET | {
        "questions_total answered": 2,
        "questions_total busy": 1,
        "interactions_total modal": 1,
        "builds_total refused": 1,
        "generation_swaps_total": 1,
        "discord_errors_total": 1,
        "waiting": 3,
        "generation": 7,
        "documents": 12,
        "passages": 104,
        "loop_lag_max_seconds": 0.5,
        **buckets("first_response_seconds", 0.0078125),
        **buckets("answer_seconds", 0.25, 45.0, 0.125),
        **buckets("loop_lag_seconds", 0.5, 0.25, bounds=LAG_BUCKETS),
    }


def test_the_buckets_reach_from_five_milliseconds_to_half_a_minute() -> None:
    assert (min(BUCKETS), max(BUCKETS)) == (0.005, 30.0)
    assert sorted(set(BUCKETS)) == list(BUCKETS)


def test_the_memory_of_the_process_is_told() -> None:
    found = re.search(rb"^process_resident_memory_bytes (\S+)$", Metrics().text(), re.MULTILINE)
    assert found is not None
    assert float(found[1]) > 1_000_000


def test_two_services_share_no_figure_and_leave_none_behind() -> None:
    one, other = Metrics(), Metrics()
    one.answered("failed", 1.0)
    assert figures(other) == NOTHING_YET
    assert [family.name for family in REGISTRY.collect() if "briefbot" in family.name] == []
