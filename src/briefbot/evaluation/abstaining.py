"""How well confidence tells what to answer from what to leave: AUROC, and the risk at each coverage. Pure rules."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PRECISIONS = (0.99, 0.95, 0.9)
_POINTS = 100  # of a curve that is kept, at most


@dataclass(frozen=True, slots=True)
class Trial:
    """A question: how sure the answer was, whether there is one, and whether what came first is right."""

    confidence: float
    answerable: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """What comes of answering at `threshold` and above.

    `coverage` is the share of all questions that is answered, `precision` the share of these that is answered rightly
    (None where none is answered), `found` the share of the answerable questions that is answered rightly, and
    `wrongly_answered` counts the questions without an answer that get one.
    """

    threshold: float
    coverage: float
    precision: float | None
    found: float
    wrongly_answered: int


@dataclass(frozen=True, slots=True)
class Abstention:
    """What confidence is worth. `auroc` is None without questions of both kinds.

    `reachable` holds for each precision the largest coverage that has it; None where no threshold has it.
    """

    questions: int
    unanswerable: int
    auroc: float | None
    reachable: dict[str, Operation | None]
    today: Operation
    curve: tuple[Operation, ...]


def abstention(trials: Sequence[Trial], threshold: float) -> Abstention:
    """Return what the confidence of some questions is worth, and what `threshold` makes of it."""
    possible = list(operations(trials))
    return Abstention(
        questions=len(trials),
        unanswerable=sum(not trial.answerable for trial in trials),
        auroc=auroc(trials),
        reachable={f"{precision:g}": _widest(possible, precision) for precision in PRECISIONS},
        today=_operation([trial for trial in trials if trial.confidence >= threshold], trials, threshold),
        curve=_thinned(possible),
    )


def auroc(trials: Sequence[Trial]) -> float | None:
    """Return the chance that a question with an answer has the higher confidence; equal ones count half."""
    yes = [trial.confidence for trial in trials if trial.answerable]
    no = sorted(trial.confidence for trial in trials if not trial.answerable)
    if not (yes and no):
        return None
    return sum(bisect_left(no, one) + bisect_right(no, one) for one in yes) / 2 / len(yes) / len(no)


def operations(trials: Sequence[Trial]) -> Iterator[Operation]:
    """Yield what each threshold makes that there is, the highest first; equal confidences cannot be told apart."""
    ordered = sorted(trials, key=lambda trial: -trial.confidence)
    answerable = sum(trial.answerable for trial in trials)
    right = wrongly = 0
    for given, (trial, after) in enumerate(zip_longest(ordered, ordered[1:]), start=1):
        right += trial.right
        wrongly += not trial.answerable
        if after is None or after.confidence < trial.confidence:
            found = right / answerable if answerable else 0.0
            yield Operation(trial.confidence, given / len(trials), right / given, found, wrongly)


def _operation(given: Sequence[Trial], trials: Sequence[Trial], threshold: float) -> Operation:
    right, answerable = sum(trial.right for trial in given), sum(trial.answerable for trial in trials)
    return Operation(
        threshold=threshold,
        coverage=len(given) / len(trials) if trials else 0.0,
        precision=right / len(given) if given else None,
        found=right / answerable if answerable else 0.0,
        wrongly_answered=sum(not trial.answerable for trial in given),
    )


def _widest(possible: Sequence[Operation], precision: float) -> Operation | None:
    precise = [one for one in possible if one.precision is not None and one.precision >= precision]
    return precise[-1] if precise else None


def _thinned(possible: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return about as many points as a picture shows, the last one among them."""
    step = -(-len(possible) // _POINTS) or 1
    return tuple(possible[::-1][::step][::-1])
