from __future__ import annotations

import math
import random
import re

import numpy as np
import pytest

from briefbot.errors import OutOfReach, UsageFault
from briefbot.evaluation.abstaining import Trial
from briefbot.evaluation.calibrating import QUESTIONS, RIGHT, UNANSWERABLE, Observed, learn
from briefbot.search.confidence import Calibration, calibration

BUILT_IN = Calibration({"cosine": 4.0, "coverage": 2.0}, {"cosine": 0.4, "coverage": 0.5}, -3.0, 0.5)


def questions(n: int, *, bias: float = -3.0, slope: float = 1.0, seed: int = 5) -> list[Observed]:
    """Return questions whose chance to be right is a logistic function of their signals; half the rest have none."""
    draw = random.Random(seed)
    made = []
    for _ in range(n):
        cosine, coverage = draw.random(), draw.random()
        right = draw.random() < 1 / (1 + math.exp(-slope * (4 * cosine + 2 * coverage + bias) * 3))
        made.append(Observed({"cosine": cosine, "coverage": coverage}, right or draw.random() < 0.5, right, None))
    return made


def parted(n: int = 40) -> list[Observed]:
    """Return questions of which the cosine tells at once whether they are answered; every second one has no answer."""
    return [
        Observed({"cosine": 0.8 if even else 0.2, "coverage": 0.5 + n / 1_000}, even, even, None)
        for n in range(n)
        for even in [n % 2 == 0]
    ]


def test_where_one_signal_tells_everything_all_is_answered_and_nothing_wrongly() -> None:
    for built_in in (BUILT_IN, None):
        lesson = learn(parted(), built_in, 1.0)
        today = lesson.abstention.today
        assert (today.precision, today.coverage, today.found, today.wrongly_answered) == (1.0, 0.5, 1.0, 0)
        high, low = (lesson.calibration.confidence({"cosine": it, "coverage": 0.5}) for it in (0.8, 0.2))
        assert low < lesson.calibration.threshold < high


def test_the_built_in_numbers_are_stretched_and_moved_and_keep_their_proportions() -> None:
    learnt = learn(questions(400, bias=-4.0), BUILT_IN, 0.9).calibration
    stretched = {name: weight / BUILT_IN.weights[name] for name, weight in learnt.weights.items()}
    assert stretched["cosine"] == pytest.approx(stretched["coverage"])
    assert stretched["cosine"] == pytest.approx(3.0, rel=0.25)
    assert learnt.bias == pytest.approx(3 * -4.0, rel=0.25)
    assert learnt.usual == BUILT_IN.usual


def test_questions_that_the_built_in_numbers_fit_leave_them_almost_as_they_are() -> None:
    learnt = learn(questions(2_000, slope=1 / 3), BUILT_IN, 0.7).calibration
    assert learnt.weights == pytest.approx(BUILT_IN.weights, rel=0.15)
    assert learnt.bias == pytest.approx(BUILT_IN.bias, rel=0.15)


def test_another_model_gets_weights_of_its_own() -> None:
    observed = questions(2_000)
    learnt = learn(observed, None, 0.9).calibration
    assert learnt.weights == pytest.approx({"cosine": 12.0, "coverage": 6.0}, rel=0.2)
    assert learnt.bias == pytest.approx(-9.0, rel=0.2)
    assert learnt.usual == pytest.approx({"cosine": 0.5, "coverage": 0.5}, abs=0.02)


def test_the_confidence_is_a_probability_of_new_questions() -> None:
    learnt = learn(questions(400), None, 0.9).calibration
    new = questions(4_000, seed=6)
    chances = np.array([learnt.confidence(one.signals) for one in new])
    right = np.array([one.right for one in new])
    for low in np.arange(0, 1, 0.2):
        here = (chances >= low) & (chances < low + 0.2)
        assert right[here].mean() == pytest.approx(chances[here].mean(), abs=0.08)


def test_so_many_of_the_answers_to_new_questions_are_right_as_was_asked_for() -> None:
    for precision in (0.8, 0.9, 0.95):
        learnt = learn(questions(2_000), BUILT_IN, precision).calibration
        answered = [one.right for one in questions(4_000, seed=6) if learnt.confidence(one.signals) >= learnt.threshold]
        assert np.mean(answered) == pytest.approx(precision, abs=0.02)


def test_what_is_told_is_of_numbers_that_did_not_see_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    from briefbot.evaluation import calibrating

    observed, seen = questions(50), []
    fitted = calibrating._fitted

    def recorded(some: list[Observed], built_in: Calibration | None) -> Calibration:
        seen.append(len(some))
        return fitted(some, built_in)

    monkeypatch.setattr(calibrating, "_fitted", recorded)
    learn(observed, BUILT_IN, 0.7)
    assert seen == [40, 40, 40, 40, 40, 50]
    held_out = calibrating._held_out(observed, BUILT_IN)
    whole = fitted(observed, BUILT_IN)
    assert all(one != whole.confidence(each.signals) for one, each in zip(held_out, observed, strict=True))


def test_what_is_asked_for_literally_counts_whatever_the_threshold_is() -> None:
    wrong = Observed({"cosine": 0.1, "coverage": 0.1}, True, False, "found")
    missing = Observed({"cosine": 0.9, "coverage": 0.9}, False, False, "missing")
    lesson = learn([*parted(), *[wrong] * 2, *[missing] * 10], BUILT_IN, 0.9)
    assert lesson.abstention.today.coverage == 22 / 52
    assert lesson.abstention.today.wrongly_answered == 0
    with pytest.raises(
        OutOfReach, match=r"a precision of 0.95, .* the best is 0\.909, which answers 22 of 52\. .* 0\.9$"
    ):
        learn([*parted(), *[wrong] * 2, *[missing] * 10], BUILT_IN, 0.95)


def test_the_precision_that_is_said_to_be_the_best_is_in_reach() -> None:
    observed = [*questions(60), *[Observed({"cosine": 0.99, "coverage": 0.99}, False, False, None)] * 6]
    with pytest.raises(OutOfReach) as refused:
        learn(observed, BUILT_IN, 1.0)
    (could,) = re.findall(r"--precision (\S+)$", str(refused.value))
    lesson = learn(observed, BUILT_IN, float(could))
    assert lesson.abstention.today.precision >= float(could)
    assert round(lesson.abstention.today.coverage * len(observed)) >= RIGHT


NEEDED = {
    "questions": "at least 30 questions, and there are {}",
    "unanswerable": "at least 5 questions without an answer in the documents (unanswerable: true), and there are {}",
    "right": "at least 10 questions whose right passage comes first, and there are {}",
}


@pytest.mark.parametrize(
    ("observed", "lacking"),
    [
        (parted(QUESTIONS - 1), {"questions": 29}),
        ([one for one in parted(80) if one.answerable], {"unanswerable": 0}),
        ([one for one in parted(100) if not one.answerable], {"right": 0}),
        ([], {"questions": 0, "unanswerable": 0, "right": 0}),
    ],
)
def test_too_few_questions_or_those_of_one_kind_are_refused(observed: list[Observed], lacking: dict[str, int]) -> None:
    told = "; ".join(NEEDED[what].format(count) for what, count in lacking.items())
    with pytest.raises(UsageFault, match=f"^{re.escape(f'To calibrate, briefbot needs {told}.')}$"):
        learn(observed, BUILT_IN, 0.9)


def test_as_few_as_are_needed_are_enough() -> None:
    yes, no = [one for one in parted(80) if one.right], [one for one in parted(80) if not one.right]
    assert learn([*yes[:25], *no[:UNANSWERABLE]], BUILT_IN, 1.0).abstention.today.precision == 1.0


def test_signals_that_a_small_index_does_not_give_are_learnt_from_where_they_are() -> None:
    observed = [
        Observed(dict(one.signals) | ({"margin": 0.25} if n % 4 else {}), one.answerable, one.right, None)
        for n, one in enumerate(parted())
    ]
    learnt = learn(observed, None, 0.95).calibration
    assert learnt.usual["margin"] == 0.25
    assert np.isfinite([*learnt.weights.values(), learnt.bias]).all()


def test_a_signal_that_seems_to_speak_against_an_answer_is_left_out() -> None:
    observed = [
        Observed(
            {**one.signals, "height": 0.3 if one.right else 0.7, "margin": n / 100}, one.answerable, one.right, None
        )
        for n, one in enumerate(parted())
    ]
    learnt = learn(observed, None, 0.95).calibration
    assert "height" not in learnt.weights
    assert learnt.weights["cosine"] > 0


def test_where_no_signal_tells_anything_nothing_is_in_reach() -> None:
    observed = [Observed({"cosine": 0.2 if one.right else 0.8}, one.answerable, one.right, None) for one in parted()]
    with pytest.raises(OutOfReach, match=r"the best is 0\.500, which answers 40 of 40"):
        learn(observed, None, 0.95)


def test_the_numbers_that_come_with_briefbot_can_be_moved() -> None:
    usual = calibration().usual
    observed = [
        Observed({**usual, "cosine": 0.7 if one.right else 0.2}, one.answerable, one.right, None) for one in parted()
    ]
    learnt = learn(observed, calibration(), 0.95).calibration
    assert learnt.weights.keys() == calibration().weights.keys()
    assert learnt.confidence({**usual, "cosine": 0.7}) > learnt.threshold > learnt.confidence({**usual, "cosine": 0.2})


def test_trials_keep_the_decision_of_what_is_literal() -> None:
    from briefbot.evaluation.calibrating import _trial

    kinds = [_trial(Observed({}, True, True, literal), 0.3) for literal in ("found", "missing", None)]
    assert kinds == [Trial(1.0, True, True), Trial(0.0, True, True), Trial(0.3, True, True)]
