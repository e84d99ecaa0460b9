from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.answering import ask, open_library, search
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search.confidence import Calibration, calibration, signals
from briefbot.search.ranking import Ranked
from briefbot.search.sources import DenseSource, LexicalSource

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = {"cosine": 0.0, "coverage": 0.0}


def test_confidence_is_the_logistic_of_the_weighted_signals() -> None:
    model = Calibration({"cosine": 2.0, "margin": -1.0}, {}, 0.5, 0.5)
    found = model.confidence({"cosine": 0.75, "margin": 1.0, "x": 9.0})
    assert found == pytest.approx(1 / (1 + math.exp(-(2.0 * 0.75 - 1.0 + 0.5))))


@pytest.mark.parametrize(("weight", "expected"), [(1e6, 1.0), (-1e6, 0.0), (0.0, 0.5)])
def test_extreme_signals_are_certain_and_not_an_error(weight: float, expected: float) -> None:
    assert Calibration({"cosine": weight}, {}, 0.0, 0.5).confidence({"cosine": 1.0}) == pytest.approx(
        expected, abs=1e-9
    )


def test_the_calibration_weighs_the_signals_that_there_are() -> None:
    assert calibration().weights.keys() == {"cosine", "coverage", "margin", "height"} == calibration().usual.keys()
    assert calibration().confidence(NOTHING) < calibration().threshold
    assert calibration().confidence({"cosine": 0.9, "coverage": 1.0, "margin": 0.3, "height": 0.5}) > 0.99


def test_without_hits_every_signal_is_zero() -> None:
    assert signals(Ranked((), {"dense": None, "lexical": None}), 0) == NOTHING  # type: ignore[dict-item]


def test_signals_are_those_of_the_hit_that_is_shown_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Kim met Putin in Russia.\n\nThe train was green.\n\nKim ate grain with nobody.")
    desk.build()
    with open_current(desk.index) as generation:
        library = open_library(generation, desk.encoder, [DenseSource(generation), LexicalSource(generation)], ())
        ranked = search(Question("Kim met Putin", Scope.everything()), library).ranked
        hits, (cosine, *_) = ranked.hits, library.encoder.encode_questions(["a Kim met Putin in Russia."])
        question = library.encoder.encode_questions(["Kim met Putin"])[0]
        assert [generation.passage(hit.row).number for hit in hits] == [1, 3, 2]
        assert signals(ranked, 0) == pytest.approx(
            {
                "cosine": float(cosine @ question),
                "coverage": 1.0,
                "margin": hits[0].score - hits[1].score,
            },
            abs=2e-4,  # vectors are kept as 16-bit floats
        )
        assert signals(ranked, 2).keys() == {"cosine", "coverage"}


def test_what_a_small_index_cannot_tell_is_taken_to_be_usual() -> None:
    model = Calibration({"cosine": 1.0, "height": 2.0}, {"cosine": 9.0, "height": 0.25}, -1.0, 0.5)
    assert model.confidence({"cosine": 0.5}) == 0.5
    assert model.confidence({"cosine": 0.5, "height": 0.0}) < 0.5


def test_a_single_passage_answers_what_it_holds_and_nothing_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Kim met Putin in Russia.")
    desk.build()
    assert [desk.ask(text).answered for text in ("Kim met Putin", "What is the boiling point of water?")] == [
        True,
        False,
    ]


def test_a_copy_of_the_first_passage_is_no_rival_to_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Kim met Putin in Russia.\n\nThe train was green.\n\nKim ate grain with nobody.")
    desk.write("b.txt", "Kim met Putin in Russia.")
    desk.build()
    with open_current(desk.index) as generation:
        library = open_library(generation, desk.encoder, [DenseSource(generation), LexicalSource(generation)], ())
        retrieved = search(Question("Kim met Putin", Scope.everything()), library)
        hits = retrieved.ranked.hits
        assert signals(retrieved.ranked, 0)["margin"] == pytest.approx(0)
        assert signals(retrieved.ranked, 0, (1,))["margin"] == pytest.approx(hits[0].score - hits[2].score)
        assert ask(Question("Kim met Putin", Scope.everything()), library).confidence == retrieved.confidence(0, (1,))
