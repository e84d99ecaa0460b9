"""How sure it is that the first passage answers the question, as a probability.

A logistic model of a few signals, whose numbers stand in `confidence.json` beside this module, together with what they
were learnt on and the command that learns them again.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from briefbot.search.sources import DenseMatches, LexicalMatches

if TYPE_CHECKING:
    from briefbot.search.ranking import Ranked


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of the logistic model; below `threshold` the documents are taken not to answer."""

    weights: dict[str, float]
    bias: float
    threshold: float

    def confidence(self, signals: dict[str, float]) -> float:
        """Return the probability for one question's signals."""
        total = self.bias + sum(self.weights[name] * signals[name] for name in self.weights)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@cache
def calibration() -> Calibration:
    """Return the calibration that comes with briefbot."""
    text = resources.files("briefbot.search").joinpath("confidence.json").read_text("utf-8")
    numbers = json.loads(text)
    return Calibration(numbers["weights"], numbers["bias"], numbers["threshold"])


def signals(ranked: Ranked, first: int) -> dict[str, float]:
    """Return the signals for the hit at place `first`: its cosine, its share of the question's terms, its margins."""
    import numpy as np

    hits = ranked.hits[first : first + 10]
    dense, lexical = ranked.matches["dense"], ranked.matches["lexical"]
    if not hits or not isinstance(dense, DenseMatches) or not isinstance(lexical, LexicalMatches):
        return dict.fromkeys(("cosine", "coverage", "margin", "height"), 0.0)
    cosines = dense.cosines(np.array([hit.row for hit in hits], np.int64))
    return {
        "cosine": float(cosines[0]),
        "coverage": lexical.coverage(hits[0].row),
        "margin": hits[0].score - hits[min(1, len(hits) - 1)].score,
        "height": hits[0].score - hits[-1].score,
    }
