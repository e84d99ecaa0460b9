from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.answering import ask, open_library, search
from briefbot.embedding.models import model_folder, model_identity
from briefbot.errors import DamagedIndex
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search.confidence import (
    Calibration,
    InForce,
    calibration,
    calibration_bytes,
    in_force,
    learnt_with,
    signals,
)
from briefbot.search.ranking import Ranked
from briefbot.search.sources import DenseSource, LexicalSource
from briefbot.settings import DEFAULT_MODEL
from briefbot.upkeep import calibrate

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


OWN = Calibration({"cosine": 1.0}, {"cosine": 0.5}, -0.125, 0.75)


def standing(desk: Desk) -> InForce:
    with open_current(desk.index) as generation:
        return in_force(generation)


def built(tmp_path: Path, source: str) -> Desk:
    desk = Desk(tmp_path)
    desk.encoder.source = source
    desk.write("a.txt", "Kim met Putin in Russia.")
    desk.build()
    return desk


def test_the_built_in_numbers_belong_to_the_default_model_however_it_was_compiled(tmp_path: Path) -> None:
    weights = model_identity(model_folder(DEFAULT_MODEL))
    assert learnt_with() == weights
    for number, source in enumerate((weights, f"{weights} int8 3", f"{weights} float32 9")):
        place = tmp_path / str(number)
        place.mkdir()
        assert standing(built(place, source)) == InForce(calibration(), "built-in")


def test_another_model_has_none_until_the_generation_has_its_own(tmp_path: Path) -> None:
    desk = built(tmp_path, "other int8 3")
    assert standing(desk) == InForce(None, "none")
    calibrate(desk.disk, calibration_bytes(OWN, {"questions": 40}), "other", 3)
    assert standing(desk) == InForce(OWN, "own")
    assert standing(desk).threshold == 0.75


@pytest.mark.parametrize(("source", "instead"), [("other", "none"), (None, "built-in")])
def test_what_was_learnt_of_former_signals_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str | None, instead: str
) -> None:
    desk = built(tmp_path, source or learnt_with())
    calibrate(desk.disk, calibration_bytes(OWN, {}), source or learnt_with(), 3)
    monkeypatch.setattr("briefbot.search.confidence.SIGNALS", 2)
    found = standing(desk)
    assert (found.origin, found.outdated) == (instead, True)


@pytest.mark.parametrize(
    "data",
    [
        b"no JSON",
        b"[]",
        b"{}",
        b'{"signals": 1, "weights": {"cosine": 1}, "usual": {}, "bias": 0, "threshold": 0.5}',
        b'{"signals": 1, "weights": [1], "usual": {}, "bias": 0, "threshold": 0.5}',
        b'{"signals": 1, "weights": {}, "usual": {}, "bias": "x", "threshold": 0.5}',
    ],
)
def test_a_calibration_that_says_nothing_is_damage_with_a_way_out(tmp_path: Path, data: bytes) -> None:
    desk = built(tmp_path, "other")
    calibrate(desk.disk, data, "other", 3)
    with pytest.raises(DamagedIndex, match=r"of generation 2 cannot be read; run: briefbot calibrate --remove$"):
        standing(desk)


def test_a_calibration_whose_bytes_have_changed_is_not_used(tmp_path: Path) -> None:
    desk = built(tmp_path, "other")
    calibrate(desk.disk, calibration_bytes(OWN, {}), "other", 3)
    (part,) = (desk.index / "parts").glob("calibration-*")
    part.write_bytes(part.read_bytes().replace(b"0.75", b"0.25"))
    with pytest.raises(DamagedIndex, match="is damaged"):
        standing(desk)
