"""The one thing that is faked: the model, by something that can be computed in the head."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from briefbot.search.confidence import learnt_with
from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from briefbot.embedding.encoder import Vectors


@dataclass
class WordEncoder:
    """A text's vector counts its words, each word in one of `dimensions` places; the window is counted in words."""

    name: str = "words"
    identity: str = "words-1"
    source: str = f"{learnt_with()} words"  # poses as the model that the built-in calibration belongs to
    dimensions: int = 64
    window: int = 40
    compiled: bytes | None = None
    encoded: list[str] = field(default_factory=list)

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], np.float32).reshape(-1, self.dimensions)

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        self.encoded += texts
        done(len(texts))
        return self.encode_questions(texts)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 1e-3, np.float32)
        for word in folded(text).split():
            vector[hashlib.md5(word.encode(), usedforsecurity=False).digest()[0] % self.dimensions] += 1
        return vector / np.linalg.norm(vector)


@contextlib.contextmanager
def no_bars(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
    """Show no progress."""
    yield lambda _: None
