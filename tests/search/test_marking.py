"""The sentence that answers is marked, and the one beside it where that is as good."""

from __future__ import annotations

import numpy as np
import pytest

from briefbot.codes import decoded
from briefbot.search.marking import marked_by_pieces, marked_by_terms

# Four directions that hardly have anything in common, and what lies between the first and the others.
CODES = np.array([[0xFF, 0, 0, 0xFF], [0, 0xFF, 0, 0], [0xFF, 0xFF, 0, 0xFF], [0, 0, 0xFF, 0]], np.uint8)


def piece(place: int) -> np.ndarray:
    vector = decoded(CODES[place : place + 1])
    return np.asarray(vector / np.linalg.norm(vector))


@pytest.mark.parametrize("place", range(4))
def test_the_sentence_whose_pieces_come_nearest_is_marked(place: int) -> None:
    assert marked_by_pieces(piece(place), CODES, [1, 2, 3, 4]) == (place, place)


def test_a_neighbour_that_is_as_good_is_marked_too() -> None:
    codes = CODES[[3, 0, 0, 1]]
    assert marked_by_pieces(piece(0), codes, [1, 2, 3, 4]) == (1, 2)
    assert marked_by_pieces(piece(0), codes[::-1], [1, 2, 3, 4]) == (1, 2)


def test_one_that_stands_elsewhere_is_not() -> None:
    assert marked_by_pieces(piece(0), CODES[[0, 1, 0]], [1, 2, 3]) == (0, 0)


def test_a_sentence_without_pieces_is_never_marked_and_one_alone_always() -> None:
    assert marked_by_pieces(piece(0), CODES[[1]], [0, 1]) == (1, 1)
    assert marked_by_pieces(piece(0), CODES[[1]], [1]) == (0, 0)


def test_by_terms_the_first_of_those_that_hold_most_is_marked() -> None:
    sentences = ["Kim came.", "Kim met Putin.", "Putin met Kim.", "It rained."]
    assert marked_by_terms(sentences, "en", {"kim": 1.0, "putin": 2.0}) == (1, 1)
    assert marked_by_terms(sentences, "en", {}) == (0, 0)
