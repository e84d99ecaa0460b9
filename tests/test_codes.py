"""Codes keep a vector's direction in two bits a number."""

from __future__ import annotations

import numpy as np
import pytest

from briefbot.codes import LEVELS, decoded, encoded


def unit_vectors(count: int, width: int) -> np.ndarray:
    vectors = np.random.default_rng(3).standard_normal((count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_each_number_becomes_the_nearest_level() -> None:
    vectors = unit_vectors(50, 128)
    kept = decoded(encoded(vectors)) * np.sqrt(128)
    levels = np.array(LEVELS)
    nearest = levels[np.abs(vectors[:, :, None] * np.sqrt(128) - levels).argmin(axis=2)]
    assert kept == pytest.approx(nearest, abs=1e-3)


def test_the_first_number_is_in_the_lowest_bits() -> None:
    vector = np.array([[-0.9, -0.1, 0.1, 0.9]], np.float32)
    assert encoded(vector).tolist() == [[0b11_10_01_00]]
    assert decoded(np.array([[0b11_10_01_00]], np.uint8)) == pytest.approx(np.array([LEVELS]) / 2)


@pytest.mark.parametrize("width", [64, 128])
def test_a_cosine_is_nearly_as_it_was_and_a_vector_takes_a_quarter_of_its_numbers_in_bytes(width: int) -> None:
    vectors = unit_vectors(200, width)
    codes = encoded(vectors)
    assert codes.shape == (200, width // 4)
    assert codes.dtype == np.uint8
    cosines = (vectors * decoded(codes)).sum(axis=1)
    assert cosines.min() > 0.7
    assert cosines.mean() == pytest.approx(0.88, abs=0.02)
