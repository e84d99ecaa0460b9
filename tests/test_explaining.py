from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.answering import Library, answer_of, consider, open_library
from briefbot.explaining import SHOWN, Explanation, Summand, explain
from briefbot.index.store import open_current
from briefbot.model import Answer, Question, Scope
from briefbot.search.confidence import calibration
from briefbot.search.ranking import WEIGHTS
from briefbot.search.sources import DenseSource, LexicalSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITH_CODE = "The pump shows code E4304 when it is dry."


@contextmanager
def opened(desk: Desk) -> Iterator[Library]:
    with open_current(desk.index) as generation:
        sources = [DenseSource(generation), LexicalSource(generation)]
        yield open_library(generation, desk.encoder, sources, ())


def explained(desk: Desk, text: str, scope: Scope | None = None) -> tuple[Answer, Explanation]:
    with opened(desk) as library:
        considered = consider(Question(text, scope or Scope.everything()), library)
        return answer_of(considered, library), explain(considered, library)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("trams.txt", "\n\n".join(f"Tram {n} stops at the harbour, in row {n}." for n in range(15)))
    desk.write("codes.txt", f"{WITH_CODE}\n\nThe valve is open at the harbour.")
    desk.build()
    return desk


def test_the_features_times_their_weights_are_the_score_that_is_shown(desk: Desk) -> None:
    answer, explanation = explained(desk, "Where does tram 7 stop at the harbour?")
    assert len(explanation.candidates) == SHOWN
    for candidate in explanation.candidates:
        assert {summand.name: summand.weight for summand in candidate.summands} == WEIGHTS
        added = sum(summand.value * summand.weight for summand in candidate.summands)
        assert added == pytest.approx(candidate.score, abs=1e-9)
        assert (candidate.total, candidate.literal) == (pytest.approx(candidate.score, abs=1e-9), 0.0)
    first, (excerpt, *_) = explanation.candidates[0], answer.excerpts + answer.related
    assert (first.document, first.paragraph) == (excerpt.citation.document, excerpt.citation.paragraph)
    assert first.score == excerpt.score


def test_the_signals_times_their_weights_are_the_confidence_of_the_answer(desk: Desk) -> None:
    answer, explanation = explained(desk, "Where does tram 7 stop at the harbour?")
    certainty = explanation.certainty
    assert certainty is not None
    assert {summand.name: summand.weight for summand in certainty.summands} == calibration().weights
    total = certainty.bias + sum(summand.value * summand.weight for summand in certainty.summands)
    assert certainty.total == pytest.approx(total, abs=1e-9)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(certainty.probability, abs=1e-9)
    assert (certainty.confidence, certainty.threshold) == (answer.confidence, calibration().threshold)
    assert (certainty.literal, certainty.confidence) == (None, certainty.probability)


@pytest.mark.parametrize(
    ("text", "literal"), [("What does E4304 mean?", "found"), ("What does E9999 mean?", "missing")]
)
def test_what_is_asked_for_literally_is_told_to_have_decided(desk: Desk, text: str, literal: str) -> None:
    answer, explanation = explained(desk, text)
    assert explanation.certainty is not None
    assert (explanation.certainty.literal, explanation.certainty.confidence) == (literal, answer.confidence)
    first = explanation.candidates[0]
    assert first.total == pytest.approx(first.score, abs=1e-9)
    assert answer.answered is (literal == "found")


def test_a_passage_that_was_lifted_says_by_how_much(desk: Desk) -> None:
    _, explanation = explained(desk, "Where does tram 7 stop at the harbour, in row 7, with E4304?")
    first = explanation.candidates[0]
    added = sum(summand.contribution for summand in first.summands)
    assert (first.document, first.paragraph) == ("codes.txt", 1)
    assert first.literal == pytest.approx(first.score - added, abs=1e-9)
    assert first.literal > 0.01


def test_signals_that_a_small_index_cannot_give_are_told_to_be_assumed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Kim met Putin in Russia.")
    desk.build()
    _, explanation = explained(desk, "Kim met Putin")
    assert explanation.certainty is not None
    assumed = {summand.name for summand in explanation.certainty.summands if summand.assumed}
    assert assumed == {"margin", "height"}
    assert Summand("margin", calibration().usual["margin"], calibration().weights["margin"], assumed=True) in (
        explanation.certainty.summands
    )


def test_only_documents_that_the_asker_may_see_are_named(desk: Desk) -> None:
    _, explanation = explained(desk, "tram 7 at the harbour", Scope(frozenset({"codes.txt"})))
    assert {candidate.document for candidate in explanation.candidates} == {"codes.txt"}
    assert explained(desk, "tram", Scope(frozenset()))[1] == Explanation((), None)


def test_a_document_that_is_gone_is_not_named(desk: Desk) -> None:
    (desk.corpus / "codes.txt").unlink()
    _, explanation = explained(desk, "What does E4304 mean at the harbour?")
    assert {candidate.document for candidate in explanation.candidates} == {"trams.txt"}


def test_without_a_calibration_only_the_order_is_explained(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.encoder.source = "other"
    desk.write("a.txt", "Kim met Putin in Russia.")
    desk.build()
    answer, explanation = explained(desk, "Kim met Putin")
    assert (answer.answered, answer.confidence, explanation.certainty) == (True, None, None)
    assert len(explanation.candidates) == 1
