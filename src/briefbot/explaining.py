"""Why an answer is what it is: what each candidate's score and the confidence are the sum of.

Every value here is one that the answer itself was made with, looked at once more; nothing is ranked or decided again,
and nothing is made before somebody asks. Names of features and their weights are whatever the ranking says.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from briefbot.answering import there
from briefbot.search.confidence import signals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefbot.answering import Considered, Decision, Found, Library, Retrieved
    from briefbot.search.confidence import Calibration

SHOWN = 10  # candidates


@dataclass(frozen=True, slots=True)
class Summand:
    """A value that is weighed; `assumed` tells that it stands in for one that the index is too small to give."""

    name: str
    value: float
    weight: float
    assumed: bool = False

    @property
    def contribution(self) -> float:
        """What it adds to the sum."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was found, and what its score is the sum of.

    `literal` is what it was lifted by, to stand in front, because it holds literally what is asked for; else 0.
    """

    document: str
    paragraph: int
    score: float
    summands: tuple[Summand, ...]
    literal: float

    @property
    def total(self) -> float:
        """The sum of all that the score is made of."""
        return sum(summand.contribution for summand in self.summands) + self.literal


@dataclass(frozen=True, slots=True)
class Certainty:
    """What the confidence in the first passage is made of: the logistic function of the sum of signals and bias.

    `probability` is what this gives, and `confidence` what was made of it: what is asked for literally decides by
    itself, as `literal` tells. From `threshold` on it is answered.
    """

    summands: tuple[Summand, ...]
    bias: float
    probability: float
    confidence: float
    threshold: float
    literal: Decision | None

    @property
    def total(self) -> float:
        """The sum of the signals and the bias."""
        return sum(summand.contribution for summand in self.summands) + self.bias


@dataclass(frozen=True, slots=True)
class Explanation:
    """The first candidates, best first, and the confidence: None where it is not calibrated, or nothing was found."""

    candidates: tuple[Candidate, ...]
    certainty: Certainty | None


def explain(considered: Considered, library: Library) -> Explanation:
    """Return what the ranking and the confidence were made of, for documents that the asker may see."""
    retrieved = considered.retrieved
    first = islice(there(retrieved.ranked, library), SHOWN)
    known = retrieved.calibration is not None and considered.groups
    return Explanation(
        candidates=tuple(_candidate(found, retrieved) for found in first),
        certainty=_certainty(considered, retrieved.calibration) if retrieved.calibration and known else None,
    )


def _candidate(found: Found, retrieved: Retrieved) -> Candidate:
    hit = found.hit
    summands = _summands(hit.features, retrieved.ranked.weights)
    lifted = hit.score - sum(summand.contribution for summand in summands)
    return Candidate(
        document=found.passage.document,
        paragraph=found.passage.number,
        score=hit.score,
        summands=summands,
        literal=lifted if hit.row in retrieved.findings.worth else 0.0,
    )


def _summands(
    values: Mapping[str, float], weights: Mapping[str, float], known: Mapping[str, float] | None = None
) -> tuple[Summand, ...]:
    """Return what is weighed; with `known`, what is not in there is assumed."""
    return tuple(
        Summand(name, values[name], weight, assumed=known is not None and name not in known)
        for name, weight in weights.items()
        if name in values
    )


def _certainty(considered: Considered, calibration: Calibration) -> Certainty:
    retrieved, (first, copies) = considered.retrieved, considered.first
    found, row = signals(retrieved.ranked, first, copies), retrieved.ranked.hits[first].row
    probability = calibration.confidence(found)
    return Certainty(
        summands=_summands(calibration.known(found), calibration.weights, found),
        bias=calibration.bias,
        probability=probability,
        confidence=retrieved.findings.decided(probability, row, calibration.threshold),
        threshold=calibration.threshold,
        literal=retrieved.literally(first),
    )
