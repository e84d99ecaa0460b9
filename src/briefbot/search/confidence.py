"""How sure it is that the first passage answers the question, as a probability.

A logistic model of a few signals. Its numbers belong to the model that made the vectors: those in `confidence.json`
beside this module, together with what they were learnt on and the command that learns them again, to the one named
there. A generation may have numbers of its own, from a team's own questions. With another model and without these,
nothing is known of how sure it is, and nothing is claimed.
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

from briefbot.errors import DamagedIndex
from briefbot.search.sources import DenseMatches, LexicalMatches

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from briefbot.index.generation import Generation
    from briefbot.reports import Origin
    from briefbot.search.ranking import Ranked

SIGNALS = 1  # raised when a signal begins to mean something else; what was learnt of the former ones is not used then
_SEEN = 10  # hits
_EXTREME = 60.0  # beyond, a probability is 0 or 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of the logistic model; below `threshold` the documents are taken not to answer.

    `usual` holds what stands in for a signal that an index is too small to give.
    """

    weights: Mapping[str, float]
    usual: Mapping[str, float]
    bias: float
    threshold: float

    def known(self, signals: Mapping[str, float]) -> dict[str, float]:
        """Return the value of each signal that is weighed."""
        return {name: signals[name] if name in signals else self.usual[name] for name in self.weights}

    def total(self, signals: Mapping[str, float]) -> float:
        """Return the weighed sum of one question's signals, with the bias."""
        known = self.known(signals)
        return self.bias + sum(weight * known[name] for name, weight in self.weights.items())

    def confidence(self, signals: Mapping[str, float]) -> float:
        """Return the probability for one question's signals."""
        return 1 / (1 + math.exp(-max(-_EXTREME, min(_EXTREME, self.total(signals)))))


@dataclass(frozen=True, slots=True)
class InForce:
    """The calibration of a generation, None where there is none for its model, and whose it is.

    `outdated` tells that the generation has one of its own that was learnt of other signals, and is not used.
    """

    calibration: Calibration | None
    origin: Origin
    outdated: bool = False

    @property
    def threshold(self) -> float | None:
        """The confidence below which nothing is answered, None where it is not calibrated."""
        return self.calibration.threshold if self.calibration else None


def in_force(generation: Generation) -> InForce:
    """Return the calibration of a generation: its own, else the built-in one of its model. Raises DamagedIndex."""
    data = generation.own_calibration()
    own = _own(data, generation) if data else None
    if own:
        return InForce(own, "own")
    found = built_in(generation.manifest.encoder.weights)
    return InForce(found, "built-in" if found else "none", outdated=data is not None)


def _own(data: bytes, generation: Generation) -> Calibration | None:
    try:
        numbers = json.loads(data)
        return _calibration(numbers) if numbers["signals"] == SIGNALS else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedIndex(
            f"The calibration of generation {generation.number} cannot be read; run: briefbot calibrate --remove"
        ) from None


def calibration_bytes(learnt: Calibration, learnt_on: Mapping[str, Any]) -> bytes:
    """Return the part that keeps a calibration, with what it was learnt on; numbers only, no question's words."""
    fields = {"signals": SIGNALS, **asdict(learnt), "learnt_on": dict(learnt_on)}
    return json.dumps(fields, sort_keys=True, indent=1, allow_nan=False).encode("ascii") + b"\n"


@cache
def calibration() -> Calibration:
    """Return the calibration that comes with briefbot."""
    return _calibration(_built_in())


def built_in(model: str) -> Calibration | None:
    """Return the calibration that comes with briefbot for a model, by the hash of its files; None for all but one."""
    return calibration() if model == learnt_with() else None


def learnt_with() -> str:
    """Return the hash of the model that the calibration that comes with briefbot belongs to."""
    return str(_built_in()["model"])


@cache
def _built_in() -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(
        resources.files("briefbot.search").joinpath("confidence.json").read_text("utf-8")
    )
    return numbers


def _calibration(numbers: dict[str, Any]) -> Calibration:
    weights, usual = (
        {str(name): float(value) for name, value in numbers[field].items()} for field in ("weights", "usual")
    )
    if not weights.keys() <= usual.keys():
        raise ValueError(weights.keys() - usual.keys())
    return Calibration(weights, usual, float(numbers["bias"]), float(numbers["threshold"]))


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
