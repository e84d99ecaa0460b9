from __future__ import annotations

from math import log2

import pytest

from briefbot.evaluation.measures import ORDER, mean_measures


def close(values: dict[str, float]) -> object:
    assert tuple(values) == ORDER
    return pytest.approx(values)


def test_the_measures_are_those_computed_by_hand() -> None:
    grades = {"a": 2, "b": 1, "c": 0, "unknown": 1}
    gained = 1 / log2(2 + 1) + 2 / log2(3 + 1)  # b at 2, a at 3
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)

    assert mean_measures([(grades, ["c", "b", "a"])]) == close(
        {"nDCG@10": gained / ideal, "R@10": 2 / 3, "R@100": 2 / 3, "MRR@10": 1 / 2, "P@1": 0.0}
    )


def test_what_is_beyond_a_cut_does_not_count() -> None:
    ranked = [f"{n}" for n in range(10)] + ["right"]

    assert mean_measures([({"right": 1}, ranked)]) == close(
        {"nDCG@10": 0.0, "R@10": 0.0, "R@100": 1.0, "MRR@10": 0.0, "P@1": 0.0}
    )


def test_a_query_that_finds_nothing_counts_as_missed() -> None:
    pairs: list[tuple[dict[str, int], list[str]]] = [({"a": 1}, ["a"]), ({"a": 1}, [])]

    assert mean_measures(pairs) == close({"nDCG@10": 0.5, "R@10": 0.5, "R@100": 0.5, "MRR@10": 0.5, "P@1": 0.5})


def test_our_own_order_counts_whatever_the_names_are() -> None:
    names = ["z", "a", "ä\0x", "ä\0y", "\ud800", "b/c", "B/C", "x" * 5_000]
    for place, name in enumerate(names, start=1):
        assert mean_measures([({name: 1}, names)])["MRR@10"] == pytest.approx(1 / place)


def test_a_negative_grade_is_no_relevance_and_costs_nothing() -> None:
    assert mean_measures([({"a": -1, "b": 1}, ["b", "a"])]) == close(dict.fromkeys(ORDER, 1.0))


def test_no_query_has_no_measure() -> None:
    assert mean_measures([]) == dict.fromkeys(ORDER, 0.0)
