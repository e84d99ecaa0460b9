"""How sure it is that the first passage answers the question, as a probability.

It is the product of two: that the documents answer at all, by how near the passage is to the question, and that it is
this passage which does, by how far it stands above the others. One model for both would take two passages that are as
good for a sign that there is none. The numbers of the two logistic models stand in `confidence.json` beside this
module, with what they were learnt on and the command that learns them again.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from briefbot.search.sources import DenseMatches, LexicalMatches

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from briefbot.search.ranking import Ranked

_SEEN = 20  # hits
_ALONE = 5.0  # by how much a hit leads that has no rival


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model of some signals."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, signals: Mapping[str, float]) -> float:
        """Return the probability for one question's signals."""
        total = self.bias + sum(weight * signals[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The models that there is an answer and that the first hit is it; below `threshold` the answer is nothing found.

    `model` is the hash of the model's files that they were learnt with.
    """

    model: str
    answered: Logistic
    first: Logistic
    threshold: float

    def confidence(self, signals: Mapping[str, float]) -> float:
        """Return the probability that the hit with these signals answers."""
        return self.answered.probability(signals) * self.first.probability(signals)


@cache
def calibration() -> Calibration:
    """Return the calibration that comes with briefbot."""
    return read_calibration(resources.files("briefbot.search").joinpath("confidence.json").read_bytes())


def read_calibration(data: bytes) -> Calibration:
    """Return a calibration that `calibration_bytes` has written."""
    numbers = json.loads(data)
    answered, first = Logistic(**numbers["answered"]), Logistic(**numbers["first"])
    return Calibration(numbers["model"], answered, first, numbers["threshold"])


def calibration_bytes(calibration: Calibration, **about: Any) -> bytes:
    """Return a calibration as JSON, with what is to be known `about` it."""
    return json.dumps(about | asdict(calibration), indent=2).encode() + b"\n"


def signals(ranked: Ranked, first: int, copies: Container[int] = ()) -> dict[str, float]:
    """Return the signals for the hit at place `first`.

    They are its cosine, as far as the model knows the question's words, its coverage, its best `long` stretch where
    there are word pieces, its BM25, how `strange` the question is to the model, its coverage as far as it is, and by
    how much its score leads (the logarithm of its odds against the hits after it). Hits at the places `copies` say the
    same as it does, and are no rivals.
    """
    places = (place for place in range(first, len(ranked.hits)) if place not in copies)
    seen = list(islice(places, _SEEN))
    hit, scores = ranked.hits[first], ranked.hits.scores[seen]
    dense, lexical = ranked.matches["dense"], ranked.matches["lexical"]
    if not isinstance(dense, DenseMatches) or not isinstance(lexical, LexicalMatches):
        raise TypeError("confidence needs the dense and the lexical source")
    row, long, strange = np.array([hit.row]), hit.features.get("long", 0.0), 1 - ranked.known
    coverage = float(lexical.coverages(row)[0])
    return {
        "cosine": ranked.known * float(dense.cosines(row)[0]),
        "coverage": coverage,
        "long": 0.0 if math.isnan(long) else long,  # not looked at: it is there for what it holds literally
        "bm25": float(lexical.totals(row)[0]),
        "strange": strange,
        "strange coverage": strange * coverage,
        "lead": -math.log(np.exp(scores[1:] - scores[0]).sum()) if len(seen) > 1 else _ALONE,
    }
