"""Where a claim may stand in the documents: places worth a comparison, and the fewest pieces it could be made of.

Everything here is told by keys of words, without case, accents and signs, so a place that is found is only a candidate.
The work is bounded: by how many rare runs of words are looked up, and by how many places of each are taken. This module
refuses to know texts and verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from briefbot.checking.concordance import DEPTH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from briefbot.checking.concordance import Concordance
    from briefbot.model import Scope

FEW = 32  # places of a run that need no further word to tell them apart
SEEDS = 256  # places in a claim from which runs are looked up
FOUND = 4_000  # places of runs that are weighed against one another
WHOLE = 4_096  # places of a run that are looked at
CONSIDERED, REGIONS = 48, 6  # that are weighed, and of these, that are compared
_ASIDE = 1 << 34  # what tells places to begin in one document from those in the next
ROUGHLY = 0.25  # of what a claim's words are worth: rare runs of a region have so much, or it is not looked at
REACH, FAR = 24, 300  # words that may be left out between two runs of one region; the second with an omission mark

Places = npt.NDArray[np.int64]
Rows = tuple[int, int]


class Run(NamedTuple):
    """A run of a claim's words, and the rows of the concordance's order that have it."""

    first: int
    length: int
    rows: Rows


class Region(NamedTuple):
    """A part of a document, by places, that has much of a claim; `weight` is what those words are worth."""

    document: int
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class View:
    """A concordance, and which of its documents may be seen; what is hidden pushes nothing out."""

    concordance: Concordance
    visible: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, concordance: Concordance, scope: Scope) -> View:
        """Look at a concordance with the eyes of somebody."""
        return cls(concordance, concordance.visible(scope))

    def places(self, rows: Rows, most: int) -> Places:
        """Return at most so many of the visible places in some rows of the concordance's order."""
        low, high = rows
        if self.visible.all():
            return self.concordance.order[low : min(high, low + most)].astype(np.int64)
        found = self.concordance.order[low:high].astype(np.int64)
        return found[self.visible[self.owners(found)]][:most]

    def owners(self, found: Places) -> Places:
        """Return the numbers of the documents that places are in."""
        return np.searchsorted(self.concordance.firsts, found, "right") - 1


@dataclass(frozen=True, slots=True)
class Claim:
    """A text to look for: the numbers of its words in one concordance, what they are worth, and its omission marks.

    A word is worth the more, the rarer it is: the logarithm of how many words there are to one of its kind.
    `marked` are the places before which an omission mark stands.
    """

    numbers: tuple[int, ...]
    worth: tuple[float, ...]
    marked: AbstractSet[int]

    @classmethod
    def of(cls, forms: Sequence[str], marked: AbstractSet[int], concordance: Concordance) -> Claim:
        """Look the words up."""
        numbers = tuple(concordance.number(form) for form in forms)
        total = max(len(concordance.words), 2)
        worth = (log(total / max(1, high - low)) for low, high in map(concordance.having, numbers))
        return cls(numbers, tuple(worth), marked)


def whole(claim: Claim, view: View) -> Places:
    """Return where the words of a claim stand one after the other, in the order of places.

    Of a claim of more than `DEPTH` words, at most `WHOLE` places of some of its words are looked at.
    """
    length = len(claim.numbers)
    firsts = {0, max(0, length - DEPTH), max(0, (length - DEPTH) // 2)}
    runs = [_longest(claim.numbers, first, view.concordance, many=0) for first in firsts]
    if not length or any(run.length < min(DEPTH, length - run.first) for run in runs):
        return np.zeros(0, np.int64)
    rarest = min(runs, key=lambda run: run.rows[1] - run.rows[0])
    most = WHOLE if length > DEPTH else rarest.rows[1] - rarest.rows[0]
    found = view.places(rarest.rows, most) - rarest.first
    found = found[found >= 0]  # where a document begins with the middle of the claim
    for i, number in enumerate(claim.numbers if length > DEPTH else ()):
        if not len(found):
            break
        found = found[view.concordance.words[found + i] == number]
    return np.sort(found)


def regions(claim: Claim, view: View) -> list[Region]:
    """Return the parts of documents that have the most of a claim, the best first, and enough to be looked at."""
    step = max(1, -(-len(claim.numbers) // SEEDS))
    found, runs = _seeded(claim, view, step)
    if not len(found):
        return []
    begun = view.owners(found) * _ASIDE + found - runs[:, 0] + len(claim.numbers)
    enough = ROUGHLY * sum(claim.worth) / step
    return [region for region in _merged(claim, view.concordance, begun, runs) if region.weight >= enough]


def longest(claim: Claim, first: int, view: View) -> Run:
    """Return the longest run of a claim from its word `first` that stands anywhere, or one of length 0."""
    run = _longest(claim.numbers, first, view.concordance, many=0)
    found, length = view.places(run.rows, WHOLE), run.length
    if not len(found) or length < DEPTH:
        return run if len(found) else Run(first, 0, (0, 0))
    for number in claim.numbers[first + length :]:
        found = found[view.concordance.words[found + length] == number]
        if not len(found):
            break
        length += 1
    return Run(first, length, run.rows)


def _longest(numbers: Sequence[int], first: int, concordance: Concordance, many: int) -> Run:
    """Return the run from `first` that is as long as it has to be to stand in at most `many` places, or can be."""
    low, high = concordance.having(numbers[first]) if numbers else (0, 0)
    length = int(high > low)
    while 0 < length < DEPTH and high - low > many and first + length < len(numbers):
        following = numbers[first + length]
        narrower = concordance.narrowed(low, high, length, following) if following > 0 else (0, 0)
        if narrower[0] == narrower[1]:
            break
        low, high = narrower
        length += 1
    return Run(first, length, (low, high))


def _seeded(claim: Claim, view: View, step: int) -> tuple[Places, npt.NDArray[np.int64]]:
    """Return places of rare runs of a claim, and beside each the first word and the length of its run."""
    seeds = range(0, len(claim.numbers), step)
    runs = [_longest(claim.numbers, first, view.concordance, FEW) for first in seeds]
    runs = sorted((run for run in runs if run.length), key=lambda run: run.rows[1] - run.rows[0])
    found, sources, left = [np.zeros(0, np.int64)], [np.zeros((0, 2), np.int64)], FOUND
    for run in runs:
        if left <= 0:
            break
        here = view.places(run.rows, left)
        found.append(here)
        sources.append(np.tile((run.first, run.length), (len(here), 1)))
        left -= len(here)
    return np.concatenate(found), np.concatenate(sources)


def _weighed(begun: Places, runs: npt.NDArray[np.int64], claim: Claim) -> tuple[Places, npt.NDArray[np.float64]]:
    """Return where the claim would begin, and what the words are worth that would agree; none counts twice."""
    worth = np.concatenate(([0.0], np.cumsum(claim.worth)))
    order = np.lexsort((runs[:, 0], begun))
    begun, runs = begun[order], runs[order]
    distinct, group = np.unique(begun, return_inverse=True)
    shift = group * (len(claim.numbers) + 1)
    ends = runs.sum(axis=1)
    reached = np.concatenate(([0], np.maximum.accumulate(ends + shift)[:-1])) - shift  # by the runs before
    begins = np.minimum(np.maximum(runs[:, 0], reached), ends)
    return distinct, np.bincount(group, worth[ends] - worth[begins], len(distinct)).astype(np.float64)


def _merged(claim: Claim, concordance: Concordance, begun: Places, runs: npt.NDArray[np.int64]) -> list[Region]:
    """Return regions around the best places to begin, each with the others in its document that are near enough."""
    reach = FAR if claim.marked else REACH + len(claim.numbers) // 4
    order = np.argsort(begun, kind="stable")
    begun, runs = begun[order], runs[order]
    distinct, weights = _weighed(begun, runs, claim)
    left = np.ones(len(distinct), bool)
    found: list[Region] = []
    for best in np.argsort(-weights, kind="stable"):
        if len(found) == CONSIDERED:
            break
        if left[best]:
            low, high = distinct[best] - reach, distinct[best] + reach
            left[np.searchsorted(distinct, low) : np.searchsorted(distinct, high, "right")] = False
            near = slice(np.searchsorted(begun, low), np.searchsorted(begun, high, "right"))
            together = np.zeros(len(begun[near]), np.int64)
            weight = float(_weighed(together, runs[near], claim)[1][0])
            found.append(_region(claim, concordance, begun[near], weight))
    return sorted(found, key=lambda region: -region.weight)[:REGIONS]


def _region(claim: Claim, concordance: Concordance, begun: Places, weight: float) -> Region:
    """Return the places that a claim would fill, begun anywhere there, within its document, with some room."""
    document, length = int(begun[0]) // _ASIDE, len(claim.numbers)
    first, last = int(concordance.firsts[document]), concordance.last_of(document)
    start = int(begun.min()) - document * _ASIDE - length - DEPTH
    end = int(begun.max()) - document * _ASIDE + DEPTH
    return Region(document, min(max(first, start), last), max(first, min(last, end)), weight)
