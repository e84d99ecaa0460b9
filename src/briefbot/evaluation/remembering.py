"""An encoder that has encoded all questions beforehand, many at once, which takes a part of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.wording import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.embedding.encoder import EncodedQuestion, Encoder

_AT_ONCE = 256


class LikeReal:
    """What an encoder says of itself that stands for the real one."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.identity, self.source = encoder.name, encoder.identity, encoder.source
        self.compiled, self.code_bytes = encoder.compiled, encoder.code_bytes
        self.dimensions, self.window, self.count = encoder.dimensions, encoder.window, encoder.count


class RememberedQuestions(LikeReal):
    """The real encoder, with what it makes of all questions computed beforehand; `done` is told of each batch."""

    def __init__(
        self, encoder: Encoder, questions: Sequence[str], done: Callable[[int], None] = lambda _: None
    ) -> None:
        super().__init__(encoder)
        self.encode_passages, self.encode_questions = encoder.encode_passages, encoder.encode_questions
        self.encode_with_codes = encoder.encode_with_codes
        self._encoder = encoder
        self._known: dict[str, EncodedQuestion] = {}
        words = distinct(questions)
        for start in range(0, len(words), _AT_ONCE):
            batch = words[start : start + _AT_ONCE]
            self._known |= zip(batch, encoder.encode_with_pieces(batch), strict=True)
            done(len(batch))

    def encode_with_pieces(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Return what was computed beforehand; what was not foreseen is encoded now."""
        if any(text not in self._known for text in texts):
            return self._encoder.encode_with_pieces(texts)
        return [self._known[text] for text in texts]


def distinct(questions: Sequence[str]) -> list[str]:
    """Return what is encoded of some questions, each once, those of like length together."""
    return sorted(dict.fromkeys(map(normalised, questions)), key=len)
