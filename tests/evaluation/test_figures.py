from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest
from tests.evaluation.test_judging import FOUND, GIVEN, HELD_BACK, asked

from briefbot.errors import UsageFault
from briefbot.evaluation.asking import Ranking
from briefbot.evaluation.beir import Collection, Entry, Query
from briefbot.evaluation.figures import Found, Miss, collection_report, questions_report
from briefbot.evaluation.judging import judged
from briefbot.evaluation.questions import Questions

OUTCOMES = [
    judged(asked("a.md"), GIVEN),
    judged(asked(answer="they met"), HELD_BACK),
    judged(asked("b.md"), GIVEN),
    judged(asked("gone.md", 1), GIVEN),
    judged(asked(), GIVEN),
    judged(asked(), HELD_BACK),
]


def test_own_questions_are_counted() -> None:
    questions = Questions(tuple(outcome.asked for outcome in OUTCOMES), 2)

    report = questions_report("q.jsonl", questions, OUTCOMES, frozenset({"a.md", "b.md"}), 0.5)

    assert report.metrics == pytest.approx(
        {
            "hit@1": 0.5,
            "hit@3": 0.75,
            "hit@5": 0.75,
            "hit@10": 0.75,
            "MRR": (1 + 1 + 1 / 3) / 4,
            "nDCG@10": (1 + 1 + 1 / log2(4)) / 4,
            "sentence": 1.0,
        }
    )
    assert (report.questions, report.answerable, report.unsettled, report.sentences) == (6, 4, 2, 1)
    assert report.ranks == (2, 0, 1, *[0] * 7)
    assert report.unknown_documents == ("gone.md",)
    assert (report.abstention.today.coverage, report.abstention.today.wrongly_answered) == (4 / 6, 1)


def test_a_miss_is_what_is_not_first_and_what_should_not_have_been_answered() -> None:
    questions = Questions(tuple(outcome.asked for outcome in OUTCOMES), 0)
    first = Found("a.md", 1, FOUND[0].text)

    misses = questions_report("q.jsonl", questions, OUTCOMES, frozenset(), 0.5).misses

    assert misses == (
        Miss("q.jsonl, line 1", "Where?", "b.md", None, None, 3, first, 0.9),
        Miss("q.jsonl, line 1", "Where?", "gone.md", 1, None, None, first, 0.9),
        Miss("q.jsonl, line 1", "Where?", None, None, None, None, first, 0.9),
    )


def test_without_an_answerable_question_there_is_no_measure() -> None:
    outcome = judged(asked(), GIVEN)

    report = questions_report("q.jsonl", Questions((outcome.asked,), 0), [outcome], frozenset(), 0.5)

    assert set(report.metrics.values()) == {None}


QUERIES = tuple(Query(name, name, ()) for name in "qrs")
COLLECTION = Collection(
    "some",
    (Entry("a", "", ""), Entry("b", "", "")),
    QUERIES,
    {"q": {"a": 1, "b": 0}, "r": {"unknown": 1}, "s": {"a": 0}, "nobody": {"a": 1}},
)
RANKINGS = [Ranking(query, ("b", "a"), confidence) for query, confidence in zip(QUERIES, (0.9, 0.4, 0.2), strict=True)]


def test_a_collection_is_measured_over_the_queries_with_a_relevant_entry() -> None:
    report = collection_report(COLLECTION, 5, RANKINGS, None)

    assert report.metrics == pytest.approx(
        {"nDCG@10": 1 / log2(3) / 2, "R@10": 0.5, "R@100": 0.5, "MRR@10": 0.25, "P@1": 0.0}
    )
    assert (report.entries, report.passages, report.queries, report.judged) == (2, 5, 3, 2)
    assert (report.unknown_entries, report.unknown_queries, report.abstention) == (1, 1, None)


def test_a_query_without_a_relevant_entry_counts_as_unanswerable() -> None:
    found = collection_report(COLLECTION, 5, RANKINGS, 0.5).abstention

    assert found is not None
    assert (found.questions, found.unanswerable, found.auroc) == (3, 1, 1.0)
    assert (found.today.coverage, found.today.precision) == (1 / 3, 0.0)


def test_without_a_calibration_nothing_is_said_of_confidence() -> None:
    unsure = [replace(one, answer=replace(one.answer, confidence=None)) for one in OUTCOMES]
    questions = Questions(tuple(outcome.asked for outcome in unsure), 0)
    report = questions_report("q.jsonl", questions, unsure, frozenset(), None)

    assert (report.abstention, {miss.confidence for miss in report.misses}) == (None, {None})


def test_where_no_query_has_a_relevant_entry_there_is_nothing_to_measure() -> None:
    with pytest.raises(UsageFault, match=r"^No query of some has a relevant entry, so there is nothing to measure\.$"):
        collection_report(COLLECTION, 5, RANKINGS[2:], None)
