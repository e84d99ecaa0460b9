"""Why an answer is what it is: what each candidate's score and the confidence are the sum of.

Every value here is one that the answer itself was made with, looked at once more; nothing is ranked or decided again,
and nothing is made before somebody asks. Names of features and their weights are whatever the ranking says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from briefbot.answering import there
from briefbot.search.confidence import signals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefbot.answering import Considered, Decision, Found, Library, Retrieved
    from briefbot.search.confidence import Calibration, Logistic

SHOWN = 10  # candidates
_NOTHING = 1e-9  # a difference that rounding makes


@dataclass(frozen=True, slots=True)
class Summand:
    """A value that is weighed."""

    name: str
    value: float
    weight: float

    @property
    def contribution(self) -> float:
        """What it adds to the sum."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was found, and what its score is the sum of.

    `moved` is what it was lifted by because it holds literally what is asked for, or put back by because it was an
    answer before; else 0.
    """

    document: str
    paragraph: int
    score: float
    summands: tuple[Summand, ...]
    moved: float

    @property
    def total(self) -> float:
        """The sum of all that the score is made of."""
        return sum(summand.contribution for summand in self.summands) + self.moved


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability: the logistic function of the sum of signals and bias."""

    summands: tuple[Summand, ...]
    bias: float
    probability: float

    @property
    def total(self) -> float:
        """The sum of the signals and the bias."""
        return sum(summand.contribution for summand in self.summands) + self.bias


@dataclass(frozen=True, slots=True)
class Certainty:
    """What the confidence in the first passage is made of: that there is an answer, times that it is the first passage.

    `confidence` is what was made of it: what is asked for literally decides by itself, as `literal` tells. From
    `threshold` on it is answered.
    """

    answered: Chance
    first: Chance
    confidence: float | None
    threshold: float
    literal: Decision | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The first candidates, best first, and the confidence: None where it is not calibrated, or nothing was found."""

    candidates: tuple[Candidate, ...]
    certainty: Certainty | None


def explain(considered: Considered, library: Library) -> Explanation:
    """Return what the ranking and the confidence were made of, for documents that the asker may see."""
    retrieved = considered.retrieved
    first = islice(there(retrieved.ranked, library), SHOWN)
    calibration = retrieved.calibration if considered.groups else None
    return Explanation(
        candidates=tuple(_candidate(found, retrieved) for found in first),
        certainty=_certainty(considered, calibration) if calibration else None,
    )


def _candidate(found: Found, retrieved: Retrieved) -> Candidate:
    hit = found.hit
    summands = _summands(hit.features, retrieved.ranked.weights)
    moved = hit.score - sum(summand.contribution for summand in summands)
    return Candidate(
        document=found.passage.document,
        paragraph=found.passage.number,
        score=hit.score,
        summands=summands,
        moved=moved if abs(moved) > _NOTHING else 0.0,
    )


def _summands(values: Mapping[str, float], weights: Mapping[str, float]) -> tuple[Summand, ...]:
    """Return what is weighed; a candidate that was not looked at closely has no features."""
    return tuple(
        Summand(name, values[name], weight) for name, weight in weights.items() if not math.isnan(values[name])
    )


def _certainty(considered: Considered, calibration: Calibration) -> Certainty:
    retrieved, (first, copies) = considered.retrieved, considered.first
    found = signals(retrieved.ranked, first, copies)
    return Certainty(
        answered=_chance(calibration.answered, found),
        first=_chance(calibration.first, found),
        confidence=retrieved.verdict(first, copies).confidence,
        threshold=calibration.threshold,
        literal=retrieved.literally(first),
    )


def _chance(model: Logistic, found: Mapping[str, float]) -> Chance:
    return Chance(_summands(found, model.weights), model.bias, model.probability(found))
