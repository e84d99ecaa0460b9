"""The one thing that is faked: the model, by something that can be computed in the head."""

from __future__ import annotations

import contextlib
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from briefbot.codes import decoded
from briefbot.embedding.encoder import EncodedQuestion
from briefbot.search.confidence import calibration
from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from briefbot.codes import Codes
    from briefbot.embedding.encoder import Places, Vectors


@dataclass
class WordEncoder:
    """A text's vector counts its words, each word in one of `dimensions` places; the window is counted in words.

    A word's own vector is what four bytes of a hash of it stand for.
    """

    name: str = "words"
    identity: str = "words-1"
    source: str = f"{calibration().model} words"  # what was learnt with the default model serves for words as well
    dimensions: int = 64
    window: int = 40
    code_bytes: int = 4
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

    def encode_with_pieces(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        vectors = self.encode_questions(texts)
        return [EncodedQuestion(it, *_pieces(text)) for it, text in zip(vectors, texts, strict=True)]

    def encode_with_codes(self, texts: Sequence[str], done: Callable[[int], None]) -> tuple[Vectors, list[Codes]]:
        return self.encode_passages(texts, done), [codes_of(text) for text in texts]

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 1e-3, np.float32)
        for word in folded(text).split():
            vector[_digest(word)[0] % self.dimensions] += 1
        return vector / np.linalg.norm(vector)


def codes_of(text: str) -> Codes:
    """Return the codes of a text's words (words × 4)."""
    words = [_digest(word)[1:5] for word in folded(text).split()]
    return np.frombuffer(b"".join(words), np.uint8).reshape(-1, 4)


def _pieces(text: str) -> tuple[Vectors, Places]:
    vectors, places = decoded(codes_of(text)), [match.start() for match in re.finditer(r"\S+", text)]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.array(places[: len(vectors)], np.int64)


def _digest(word: str) -> bytes:
    return hashlib.md5(word.encode(), usedforsecurity=False).digest()


@contextlib.contextmanager
def no_bars(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
    """Show no progress."""
    yield lambda _: None
