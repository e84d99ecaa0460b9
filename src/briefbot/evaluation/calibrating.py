"""How confidence is learnt from a team's own questions: from the signals of each, and whether what came first is right.

The numbers that come with briefbot are only stretched and moved, where they are those of the model; else the signals'
weights are learnt, and held near zero, so that some dozen questions suffice. The threshold, and all that is told of
it, comes of confidences that each question was given by numbers learnt without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from briefbot.errors import OutOfReach, UsageFault
from briefbot.evaluation.abstaining import Abstention, Trial, abstention, operations
from briefbot.search.confidence import Calibration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from briefbot.answering import Decision
    from briefbot.evaluation.abstaining import Operation

Numbers = npt.NDArray[np.float64]

QUESTIONS = 30  # that are needed, of both kinds together
UNANSWERABLE = 5
RIGHT = 10  # whose first passage is right; also how many a threshold must let through, so that precision says something
_FOLDS = 5
_STEPS = 100  # of Newton's method; some six suffice
_RIDGE = 1.0  # as if one question had said that the numbers stay as they are
_LEAST_SPREAD = 1e-6  # of a signal; what is the same for all questions but for rounding tells nothing
_UNHELD = 1e-3  # for a bias that may lie anywhere


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of a question: the signals, whether there is an answer, and whether what came first is right.

    `literal` tells that what is asked for literally decided by itself, and how.
    """

    signals: Mapping[str, float]
    answerable: bool
    right: bool
    literal: Decision | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A calibration that was learnt, and what its threshold makes of questions that it was not learnt from."""

    calibration: Calibration
    abstention: Abstention


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What a calibration was learnt from and published with, and what it makes of questions it was not learnt from.

    `started_from` tells whether the built-in numbers were moved, or new ones learnt. `unsettled` are rows of feedback
    that do not tell what is right.
    """

    file: str
    generation: int
    model: str
    started_from: Literal["built-in", "nothing"]
    wanted_precision: float
    threshold: float
    unsettled: int
    abstention: Abstention


def learn(observed: Sequence[Observed], built_in: Calibration | None, precision: float) -> Lesson:
    """Return the calibration that answers as many questions as it can, at least so precisely.

    `built_in` is what comes with briefbot for the model, None where nothing does. Raises UsageFault where the questions
    are too few or of one kind, and OutOfReach where no threshold is so precise.
    """
    _refuse_too_few(observed)
    held_out = _held_out(observed, built_in)
    trials = [_trial(*pair) for pair in zip(observed, held_out, strict=True)]
    threshold = _threshold(trials, precision)
    learnt = replace(_fitted(observed, built_in), threshold=threshold)
    return Lesson(learnt, abstention(trials, threshold))


def _refuse_too_few(observed: Sequence[Observed]) -> None:
    have = {
        "questions": (len(observed), QUESTIONS),
        "questions without an answer in the documents (unanswerable: true)": (_unanswerable(observed), UNANSWERABLE),
        "questions whose right passage comes first": (sum(one.right for one in observed), RIGHT),
    }
    short = [
        f"at least {needed} {what}, and there are {there}" for what, (there, needed) in have.items() if there < needed
    ]
    if short:
        raise UsageFault(f"To calibrate, briefbot needs {'; '.join(short)}.")


def _unanswerable(observed: Sequence[Observed]) -> int:
    return sum(not one.answerable for one in observed)


def _held_out(observed: Sequence[Observed], built_in: Calibration | None) -> list[float]:
    """Return for each question the confidence by numbers that were learnt from the others, in folds of both kinds."""
    kinds = sorted(range(len(observed)), key=lambda i: (observed[i].right, observed[i].answerable))
    confidences = [0.0] * len(observed)
    for fold in range(_FOLDS):
        out = set(kinds[fold::_FOLDS])
        learnt = _fitted([one for i, one in enumerate(observed) if i not in out], built_in)
        for i in out:
            confidences[i] = learnt.confidence(observed[i].signals)
    return confidences


def _trial(one: Observed, confidence: float) -> Trial:
    """Return how sure it is; where what is asked for literally decides, no threshold does."""
    decided = {"found": 1.0, "missing": 0.0, None: confidence}[one.literal]
    return Trial(decided, one.answerable, one.right)


def _threshold(trials: Sequence[Trial], precision: float) -> float:
    """Return the lowest threshold at which so many of the answers are right, in the middle between two confidences."""
    telling = [one for one in operations(trials) if one.threshold > 0 and one.coverage * len(trials) >= RIGHT]
    reached = [one for one in telling if one.precision is not None and one.precision >= precision]
    if not reached:
        raise OutOfReach(_out_of_reach(trials, telling, precision))
    lowest = reached[-1].threshold
    below = [trial.confidence for trial in trials if 0 < trial.confidence < lowest]
    return (lowest + max(below)) / 2 if below else lowest


def _out_of_reach(trials: Sequence[Trial], telling: Sequence[Operation], precision: float) -> str:
    best = max(telling, key=lambda one: (one.precision or 0.0, one.coverage), default=None)
    if best is None or best.precision is None:
        return f"Fewer than {RIGHT} of these questions could ever be answered, so nothing is published; add questions."
    could = int(best.precision * 100) / 100
    return (
        f"No threshold answers these questions with a precision of {precision:g}, so nothing is published; the best is "
        f"{best.precision:.3f}, which answers {round(best.coverage * len(trials))} of {len(trials)}. Mend the "
        f"documents or the questions, or ask for less: --precision {could:g}"
    )


def _fitted(observed: Sequence[Observed], built_in: Calibration | None) -> Calibration:
    labels = np.array([one.right for one in observed], np.float64)
    if built_in is None:
        return _learnt(observed, labels)
    totals = np.array([built_in.total(one.signals) for one in observed])
    slope, shift = _logistic(totals[:, None], labels, centre=np.array([1.0, 0.0]), ridge=np.array([_RIDGE, _RIDGE]))
    weights = {name: float(slope * weight) for name, weight in built_in.weights.items()}
    return replace(built_in, weights=weights, bias=float(slope * built_in.bias + shift))


def _learnt(observed: Sequence[Observed], labels: Numbers) -> Calibration:
    """Return weights for the signals; one that seems to speak against an answer is chance, and is left out."""
    names = sorted({name for one in observed for name in one.signals})
    learnt = _weighed(observed, labels, names)
    while against := {name for name, weight in learnt.weights.items() if weight < 0}:
        names = [name for name in names if name not in against]
        learnt = _weighed(observed, labels, names)
    return learnt


def _weighed(observed: Sequence[Observed], labels: Numbers, names: Sequence[str]) -> Calibration:
    """Return weights for the named signals, each held in its usual range, so that none weighs more for its unit."""
    given = {name: [one.signals[name] for one in observed if name in one.signals] for name in names}
    usual = {name: float(np.mean(given[name])) for name in names}
    spread = np.array([max(float(np.std(given[name])), _LEAST_SPREAD) for name in names])
    values = np.array([[one.signals.get(name, usual[name]) - usual[name] for name in names] for one in observed])
    ridge = np.array([*[_RIDGE] * len(names), _UNHELD])
    *weights, bias = _logistic(values / spread, labels, centre=np.zeros(len(names) + 1), ridge=ridge)
    weighed = {name: float(weight / one) for name, weight, one in zip(names, weights, spread, strict=True)}
    return Calibration(weighed, usual, float(bias) - sum(weighed[name] * usual[name] for name in names), 0.5)


def _logistic(values: Numbers, labels: Numbers, *, centre: Numbers, ridge: Numbers) -> Numbers:
    """Return weights and, last, the bias, by Newton's method; they are held near `centre` as firmly as `ridge` says."""
    design = np.column_stack([values, np.ones(len(values))])
    numbers = centre.copy()
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(design @ numbers, -60, 60)))
        gradient = design.T @ (labels - chances) - ridge * (numbers - centre)
        curvature = (design * (chances * (1 - chances))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        numbers = numbers + step / max(1.0, float(np.abs(step).max()))  # a full step may overshoot where it is steep
    return numbers
