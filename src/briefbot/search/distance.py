"""How far words are from one another: insertions, deletions, substitutions, and exchanges of neighbouring letters.

No letter is edited twice (optimal string alignment). All words are compared at once, a column of letters at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Distances = npt.NDArray[np.int64]


def distances(word: str, others: Sequence[str]) -> Distances:
    """Return how many edits make `word` of each of the others."""
    if not others:
        return np.empty(0, np.int64)
    letters = np.array(others).view(np.uint32).reshape(len(others), -1)  # padded with zeros
    mine = [ord(letter) for letter in word]
    across = np.arange(letters.shape[1] + 1)
    older = before = np.tile(across, (len(others), 1))
    for i, letter in enumerate(mine):
        row = np.empty_like(before)
        row[:, 0] = i + 1
        row[:, 1:] = np.minimum(before[:, :-1] + (letters != letter), before[:, 1:] + 1)
        if i:
            crossed = (letters[:, 1:] == mine[i - 1]) & (letters[:, :-1] == letter)
            row[:, 2:] = np.where(crossed, np.minimum(row[:, 2:], older[:, :-2] + 1), row[:, 2:])
        row = np.minimum.accumulate(row - across, axis=1) + across  # a letter more, as often as that is less
        older, before = before, row
    ends = np.array([len(other) for other in others])
    return np.asarray(before[np.arange(len(others)), ends], np.int64)


def edited(word: str, alphabet: str) -> set[str]:
    """Return all words that one edit with letters of `alphabet` makes of `word`."""
    parts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deleted = {before + after[1:] for before, after in parts if after}
    exchanged = {before + after[1] + after[0] + after[2:] for before, after in parts if len(after) > 1}
    substituted = {before + letter + after[1:] for before, after in parts if after for letter in alphabet}
    inserted = {before + letter + after for before, after in parts for letter in alphabet}
    return (deleted | exchanged | substituted | inserted) - {word}
