from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.answering import ask, open_library, search
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search.confidence import Calibration, Logistic, calibration, calibration_bytes, read_calibration, signals
from briefbot.search.sources import DenseSource, LexicalMatches, LexicalSource

if TYPE_CHECKING:
    from pathlib import Path

SIGNALS = {"cosine", "coverage", "long", "bm25", "strange", "strange coverage", "lead"}


def logistic(total: float) -> float:
    return 1 / (1 + math.exp(-total))


def test_confidence_is_that_there_is_an_answer_times_that_the_first_is_it() -> None:
    model = Calibration("m", Logistic({"cosine": 2.0, "bm25": -1.0}, 0.5), Logistic({"lead": 3.0}, -1.0), 0.5)
    found = model.confidence({"cosine": 0.75, "bm25": 1.0, "lead": 0.2, "x": 9.0})
    assert found == pytest.approx(logistic(2.0 * 0.75 - 1.0 + 0.5) * logistic(3 * 0.2 - 1))


@pytest.mark.parametrize(("weight", "expected"), [(1e6, 1.0), (-1e6, 0.0), (0.0, 0.5)])
def test_extreme_signals_are_certain_and_not_an_error(weight: float, expected: float) -> None:
    assert Logistic({"cosine": weight}, 0.0).probability({"cosine": 1.0}) == pytest.approx(expected, abs=1e-9)


def test_the_calibration_weighs_the_signals_that_there_are() -> None:
    known = calibration()
    assert known.answered.weights.keys() | known.first.weights.keys() == SIGNALS
    assert known.confidence(dict.fromkeys(SIGNALS, 0.0)) < known.threshold
    sure = {"cosine": 0.8, "coverage": 1.0, "long": 0.75, "bm25": 20.0, "lead": 4.0}
    assert known.confidence(dict.fromkeys(SIGNALS, 0.0) | sure) > 0.97


def test_a_calibration_comes_back_as_it_was_written_with_what_is_to_be_known_about_it() -> None:
    data = calibration_bytes(calibration(), questions=17)
    assert read_calibration(data) == calibration()
    assert json.loads(data)["questions"] == 17


def test_signals_are_those_of_the_hit_that_is_shown_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Kim met Putin in Russia.\n\nThe train was green.\n\nKim ate grain with nobody.")
    desk.build()
    with open_current(desk.index) as generation:
        library = open_library(generation, desk.encoder, [DenseSource(generation), LexicalSource(generation)], ())
        ranked = search(Question("Kim met Putin", Scope.everything()), library).ranked
        hits, (cosine, *_) = ranked.hits, library.encoder.encode_questions(["a Kim met Putin in Russia."])
        question = library.encoder.encode_questions(["Kim met Putin"])[0]
        lexical = ranked.matches["lexical"]
        assert isinstance(lexical, LexicalMatches)
        assert [generation.passage(hit.row).number for hit in hits] == [1, 3, 2]
        others = math.exp(hits[1].score - hits[0].score) + math.exp(hits[2].score - hits[0].score)
        assert signals(ranked, 0) == pytest.approx(
            {
                "cosine": float(cosine @ question),
                "coverage": 1.0,
                "long": hits[0].features["long"],
                "bm25": float(lexical.totals(hits.rows[:1])[0]),
                "strange": 0.0,
                "strange coverage": 0.0,
                "lead": -math.log(others),
            },
            abs=2e-4,  # vectors are kept as 16-bit floats
        )
        assert signals(ranked, 0)["bm25"] > 1
        assert signals(ranked, 2)["lead"] == 5.0  # without a rival


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
        others = [math.exp(hit.score - hits[0].score) for hit in hits[1:]]
        assert others[0] == pytest.approx(1)
        assert signals(retrieved.ranked, 0)["lead"] == pytest.approx(-math.log(sum(others)))
        assert signals(retrieved.ranked, 0, (1,))["lead"] == pytest.approx(-math.log(sum(others[1:])))
        assert (
            ask(Question("Kim met Putin", Scope.everything()), library).confidence
            == retrieved.verdict(0, (1,)).confidence
        )
