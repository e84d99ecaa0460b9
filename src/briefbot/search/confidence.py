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
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from briefbot.search.sources import DenseMatches, LexicalMatches

if TYPE_CHECKING:
    from collections.abc import Container

    from briefbot.search.ranking import Ranked

_SEEN = 10  # hits


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of the logistic model; below `threshold` the documents are taken not to answer.

    `usual` holds what stands in for a signal that an index is too small to give.
    """

    weights: dict[str, float]
    usual: dict[str, float]
    bias: float
    threshold: float

    def confidence(self, signals: dict[str, float]) -> float:
        """Return the probability for one question's signals."""
        known = self.usual | signals
        total = self.bias + sum(weight * known[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@cache
def calibration() -> Calibration:
    """Return the calibration that comes with briefbot."""
    text = resources.files("briefbot.search").joinpath("confidence.json").read_text("utf-8")
    numbers = json.loads(text)
    return Calibration(numbers["weights"], numbers["usual"], numbers["bias"], numbers["threshold"])


def signals(ranked: Ranked, first: int, copies: Container[int] = ()) -> dict[str, float]:
    """Return the signals for the hit at place `first` that there are.

    They are its cosine, its share of what the question's terms are worth, its distance to the next hit (`margin`), and
    to the ninth after it (`height`). Hits at the places `copies` say the same as it does, and are passed over.
    """
    places = (place for place in range(first, len(ranked.hits)) if place not in copies)
    seen = list(islice(places, _SEEN))
    dense, lexical = ranked.matches["dense"], ranked.matches["lexical"]
    if not seen or not isinstance(dense, DenseMatches) or not isinstance(lexical, LexicalMatches):
        return {"cosine": 0.0, "coverage": 0.0}
    row, scores = int(ranked.hits.rows[seen[0]]), ranked.hits.scores[seen].tolist()
    found = {"cosine": float(dense.cosines(np.array([row]))[0]), "coverage": lexical.coverage(row)}
    if len(scores) > 1:
        found["margin"] = scores[0] - scores[1]
    if len(scores) == _SEEN:
        found["height"] = scores[0] - scores[-1]
    return found
