"""An encoder that has encoded all questions beforehand, many at once, which takes a part of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from briefbot.wording import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.embedding.encoder import Encoder, Vectors

_AT_ONCE = 256


class LikeReal:
    """What an encoder says of itself that stands for the real one."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.identity, self.source = encoder.name, encoder.identity, encoder.source
        self.compiled = encoder.compiled
        self.dimensions, self.window, self.count = encoder.dimensions, encoder.window, encoder.count


class RememberedQuestions(LikeReal):
    """The real encoder, with the vectors of all questions computed beforehand; `done` is told of each batch."""

    def __init__(
        self, encoder: Encoder, questions: Sequence[str], done: Callable[[int], None] = lambda _: None
    ) -> None:
        super().__init__(encoder)
        self.encode_passages = encoder.encode_passages
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}
        words = distinct(questions)
        for start in range(0, len(words), _AT_ONCE):
            batch = words[start : start + _AT_ONCE]
            self._vectors |= zip(batch, encoder.encode_questions(batch), strict=True)
            done(len(batch))

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors computed beforehand; what was not foreseen is encoded now."""
        if any(text not in self._vectors for text in texts):
            return self._encoder.encode_questions(texts)
        return np.array([self._vectors[text] for text in texts])


def distinct(questions: Sequence[str]) -> list[str]:
    """Return what is encoded of some questions, each once, those of like length together."""
    return sorted(dict.fromkeys(map(normalised, questions)), key=len)
