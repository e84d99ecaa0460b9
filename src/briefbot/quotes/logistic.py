"""Logistic models whose weights stand in a readable file beside this module.

`weights.json` says what each was learnt on, and the command that learns it again.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of signals. A signal without a weight counts nothing."""

    weights: Mapping[str, float]
    bias: float

    def score(self, signals: Iterable[str]) -> float:
        """Return the sum of the weights of the signals that are there."""
        weights = self.weights
        return self.bias + sum(weights.get(name, 0.0) for name in signals)


def probability(score: float) -> float:
    """Return the probability that a logistic score stands for."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


@cache
def model(name: str) -> Model:
    """Return one of the models that come with briefbot."""
    numbers = json.loads(resources.files("briefbot.quotes").joinpath("weights.json").read_bytes())
    return Model(numbers[name]["weights"], numbers[name]["bias"])
