"""Which sentence of a passage answers best, or which two that stand next to each other.

Pure rules over vectors, terms and lengths; whoever asks knows where the sentences stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from briefbot.codes import decoded
from briefbot.search.analysis import terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from briefbot.codes import Codes, Vectors

_AS_GOOD = 0.03  # of mean cosine: a neighbour that is no further behind is marked as well


def marked_by_pieces(pieces: Vectors, codes: Codes, ends: Sequence[int]) -> tuple[int, int]:
    """Return the places of the first and the last sentence to mark, by how near their word pieces come to a question's.

    `codes` are those of the sentences' pieces one after the other, and `ends` where each sentence's end among them.
    All pieces count alike, also those of words that stand everywhere: "when" and "who" lead to what answers.
    """
    cosines = pieces @ decoded(codes).T
    starts = [0, *ends[:-1]]
    means = [_mean_of_best(cosines[:, start:end]) for start, end in zip(starts, ends, strict=True)]
    best = int(np.argmax(means))
    beside = [place for place in (best - 1, best + 1) if 0 <= place < len(means)]
    next_best = max(beside, key=means.__getitem__, default=best)
    if means[best] - means[next_best] > _AS_GOOD:
        return best, best
    return min(best, next_best), max(best, next_best)


def marked_by_terms(sentences: Sequence[str], language: str | None, worth: Mapping[str, float]) -> tuple[int, int]:
    """Return the place, twice, of the sentence that holds most of what a question's terms are worth."""

    def held(text: str) -> float:
        found = set(terms(text, language))
        return sum(value for term, value in worth.items() if term in found)

    best = max(range(len(sentences)), key=lambda place: held(sentences[place]))
    return best, best


def _mean_of_best(cosines: Vectors) -> float:
    return float(cosines.max(axis=1).mean()) if cosines.shape[1] else -1.0
