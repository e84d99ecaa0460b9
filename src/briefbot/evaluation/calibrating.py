"""How confidence is set from a team's own questions: the models where there are none, and the threshold. Pure rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefbot.errors import UsageFault
from briefbot.search.confidence import Calibration, Logistic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST = 30  # questions
LEAST_UNANSWERABLE = 5
ANSWERED = ("cosine", "coverage", "long", "bm25")
FIRST = ("lead",)
_FOLDS = 5
_RIDGE = 1.0
_STEPS = 50
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Observed:
    """A question's signals, whether anything answers it, and whether the first excerpt does."""

    signals: Mapping[str, float]
    answerable: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and what it is worth: the precision and the share of answerable questions that are answered.

    Both are counted on questions that the models were not learnt from.
    """

    calibration: Calibration
    questions: int
    precision: float
    coverage: float


def calibrated(observed: Sequence[Observed], known: Calibration | None, model: str, precision: float) -> Calibrated:
    """Return a calibration whose answers are right in so many of all cases.

    `known` holds models that were learnt with this model before, of which only the threshold is set; without them, they
    are learnt from the questions. Raises UsageFault where there are too few, or the precision is not reached.
    """
    _require_enough(observed)
    base = known or _learnt(observed, model)
    chances = np.array([base.confidence(one.signals) for one in observed]) if known else _held_out(observed, model)
    threshold = _threshold(chances, observed, precision)
    given = chances >= threshold
    right, answerable = _labels(observed)
    return Calibrated(
        calibration=replace(base, threshold=round(threshold, 6)),
        questions=len(observed),
        precision=float(right[given].mean()),
        coverage=float(answerable[given].sum() / answerable.sum()),
    )


def fitted(values: Numbers, labels: Numbers, counted: Numbers, names: Sequence[str]) -> Logistic:
    """Return the logistic model of some signals (n × names), each question counted so often, by Newton's method."""
    spread = values.std(axis=0) + 1e-9
    design = np.column_stack([values / spread, np.ones(len(values))])
    numbers = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(design @ numbers, -60, 60)))
        gradient = design.T @ (counted * (labels - chances)) - _RIDGE * numbers
        curvature = (design * (counted * chances * (1 - chances))[:, None]).T @ design + _RIDGE * np.eye(len(numbers))
        numbers = numbers + np.linalg.solve(curvature, gradient)
    weights = np.round(numbers[:-1] / spread, 4).tolist()
    return Logistic(dict(zip(names, weights, strict=True)), round(float(numbers[-1]), 4))


def _require_enough(observed: Sequence[Observed]) -> None:
    unanswerable = sum(not one.answerable for one in observed)
    if len(observed) < LEAST or unanswerable < LEAST_UNANSWERABLE or unanswerable == len(observed):
        raise UsageFault(
            f"{len(observed)} questions, {unanswerable} of them without an answer, tell too little; give {LEAST} or "
            f"more, at least {LEAST_UNANSWERABLE} of them with unanswerable: true."
        )


def _labels(observed: Sequence[Observed]) -> tuple[Numbers, Numbers]:
    return np.array([one.right for one in observed], float), np.array([one.answerable for one in observed], float)


def _learnt(observed: Sequence[Observed], model: str) -> Calibration:
    answerable = [one for one in observed if one.answerable]
    return Calibration(
        model=model,
        answered=_fitted(observed, ANSWERED, [one.answerable for one in observed]),
        first=_fitted(answerable, FIRST, [one.right for one in answerable]),
        threshold=0.0,
    )


def _fitted(observed: Sequence[Observed], names: Sequence[str], labels: Sequence[bool]) -> Logistic:
    values = np.array([[one.signals[name] for name in names] for one in observed])
    return fitted(values, np.array(labels, float), np.ones(len(observed)), names)


def _held_out(observed: Sequence[Observed], model: str) -> Numbers:
    """Return each question's confidence by models that were learnt from other questions."""
    chances = np.zeros(len(observed))
    for fold in range(_FOLDS):
        others = _learnt([one for place, one in enumerate(observed) if place % _FOLDS != fold], model)
        for place in range(fold, len(observed), _FOLDS):
            chances[place] = others.confidence(observed[place].signals)
    return chances


def _threshold(chances: Numbers, observed: Sequence[Observed], precision: float) -> float:
    """Return the lowest confidence at and above which so many first excerpts are right."""
    right, _ = _labels(observed)
    order = np.argsort(-chances, kind="stable")
    precisions = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last_of_equals = np.append(chances[order][1:] < chances[order][:-1], True)  # equal ones are answered together
    reached = np.flatnonzero((precisions >= precision) & last_of_equals)
    if not len(reached):
        best = float(precisions[last_of_equals].max())
        raise UsageFault(
            f"No threshold makes {precision:g} of the answers right; the best is {best:.2f}. Set a lower --precision."
        )
    return float(chances[order][reached[-1]])
