"""Confidence set from a team's own questions keeps what it promises on questions that it has not seen."""

from __future__ import annotations

import random

import pytest

from briefbot.errors import UsageFault
from briefbot.evaluation.calibrating import Observed, calibrated
from briefbot.search.confidence import calibration

SIGNALS = {"cosine": 0.0, "coverage": 0.0, "long": 0.0, "bm25": 0.0, "strange": 0.0, "strange coverage": 0.0}


def observed(count: int, seed: int) -> list[Observed]:
    """Return questions whose cosine tells whether anything answers, and whose lead whether the first excerpt does."""
    chance = random.Random(seed)
    some = []
    for _ in range(count):
        answerable = chance.random() < 0.6
        right = answerable and chance.random() < 0.8
        cosine = chance.gauss(0.6 if answerable else 0.35, 0.1)
        lead = chance.gauss(2.0 if right else 0.0, 0.7)
        some.append(Observed(SIGNALS | {"cosine": cosine, "lead": lead}, answerable, right))
    return some


def precision(found: list[Observed], threshold: float, confidence) -> float:  # type: ignore[no-untyped-def]  # noqa: ANN001
    given = [one.right for one in found if confidence(one.signals) >= threshold]
    return sum(given) / len(given)


def test_another_model_is_learnt_and_keeps_the_precision_on_other_questions() -> None:
    made = calibrated(observed(800, 1), None, "a model", 0.9)
    assert made.calibration.model == "a model"
    assert made.precision >= 0.9
    assert 0.4 < made.coverage < 1
    others = observed(4_000, 2)
    assert precision(others, made.calibration.threshold, made.calibration.confidence) == pytest.approx(0.9, abs=0.03)


def test_of_a_model_that_is_known_only_the_threshold_is_set() -> None:
    some = observed(400, 3)
    made = calibrated(some, calibration(), "whatever", 0.95)
    assert (made.calibration.answered, made.calibration.first) == (calibration().answered, calibration().first)
    assert precision(some, made.calibration.threshold, calibration().confidence) >= 0.95
    assert made.questions == 400


def test_equal_confidences_are_answered_together_or_not_at_all() -> None:
    alike = SIGNALS | {"cosine": 0.6, "lead": 2.0}
    sure = [Observed(alike | {"cosine": 0.9}, answerable=True, right=True)] * 20
    unsure = [Observed(alike, answerable=True, right=i == 0) for i in range(10)]
    none = [Observed(SIGNALS | {"lead": 0.0}, answerable=False, right=False)] * 5
    made = calibrated([*sure, *unsure, *none], calibration(), "m", 0.95)
    assert (made.precision, made.coverage) == (1.0, 20 / 30)


@pytest.mark.parametrize(("count", "unanswerable"), [(29, 10), (40, 4), (40, 40)])
def test_too_few_questions_are_refused(count: int, unanswerable: int) -> None:
    some = [Observed(SIGNALS | {"lead": 0.0}, i >= unanswerable, i >= unanswerable) for i in range(count)]
    with pytest.raises(UsageFault, match=rf"^{count} questions, {unanswerable} of them without an answer, tell too"):
        calibrated(some, calibration(), "m", 0.95)


def test_a_precision_that_is_not_reached_is_told_with_the_best() -> None:
    some = [Observed(SIGNALS | {"lead": 0.0}, answerable=i % 2 == 0, right=i % 4 == 0) for i in range(40)]
    with pytest.raises(
        UsageFault, match=r"^No threshold makes 0.95 of the answers right; the best is 0.25. Set a lowe"
    ):
        calibrated(some, calibration(), "m", 0.95)
