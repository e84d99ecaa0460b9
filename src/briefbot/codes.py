"""How the vectors of a passage's words are kept: two bits a number, four numbers a byte.

Each number is one of four levels, those that lose least where numbers are spread like a bell (Max, Quantizing for
minimum distortion, 1960). A vector of length 1 with `WIDTH` numbers takes `WIDTH / 4` bytes, and a cosine with it is
some 12 % too small and otherwise nearly as it was.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WIDTH = 128  # numbers of a word's vector, at most
NUMBERS = 4  # in a byte
BOUNDS = (-0.9816, 0.0, 0.9816)  # between the levels, for numbers whose mean square is 1
LEVELS = (-1.510, -0.4528, 0.4528, 1.510)

Codes = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]


def _all_bytes() -> Vectors:
    """Return the numbers that each byte stands for (256 × 4); the first is in the lowest bits."""
    places = np.arange(256)[:, None] >> (2 * np.arange(NUMBERS)) & 3
    levels: Vectors = np.array(LEVELS, np.float32)[places]
    return levels


_DECODED = _all_bytes()


def encoded(vectors: Vectors) -> Codes:
    """Return the codes (n × bytes) of vectors of length 1 (n × width)."""
    places = np.searchsorted(np.array(BOUNDS, np.float32), vectors * np.sqrt(vectors.shape[1], dtype=np.float32))
    whole = places.reshape(len(vectors), -1, NUMBERS) << (2 * np.arange(NUMBERS))
    codes: Codes = whole.sum(axis=2).astype(np.uint8)
    return codes


def decoded(codes: Codes) -> Vectors:
    """Return the vectors (n × width) that codes (n × bytes) stand for, of length 1 more or less."""
    width = codes.shape[1] * NUMBERS
    scaled = _DECODED / np.sqrt(width, dtype=np.float32)
    return np.take(scaled, codes, axis=0).reshape(len(codes), width)
