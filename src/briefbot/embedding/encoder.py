"""What an encoder is to the rest of briefbot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.codes import Codes

Vectors = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question's vector, and one of length 1 for each of its word pieces (pieces × width), from the same pass.

    `places` are where the pieces begin in the text, in characters. There are no pieces where an encoder gives none.
    """

    vector: Vectors
    pieces: Vectors
    places: Places


class Encoder(Protocol):
    """Turns texts into vectors of length 1, so that an inner product is a cosine.

    Texts may be counted in one thread while another one encodes.
    """

    @property
    def name(self) -> str:
        """What the settings call the model."""
        ...

    @property
    def identity(self) -> str:
        """A hash of everything that decides the vectors, in hex. It does not load the model."""
        ...

    @property
    def source(self) -> str:
        """What the encoder was made from: a later build knows by it whether it would use the same."""
        ...

    @property
    def compiled(self) -> bytes | memoryview | None:
        """The compiled model that makes the vectors, to be kept with them; None where there is none."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    @property
    def code_bytes(self) -> int:
        """How many bytes keep the vector of one word piece of a passage; 0 where it gives none."""
        ...

    @property
    def window(self) -> int:
        """How many word pieces of a text are read, the model's own marks not counted."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text, the model's own marks not counted."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question (n × dimensions)."""
        ...

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return one vector a text (n × dimensions); `done` is told how many more have been encoded.

        What `done` raises ends the encoding and is raised here.
        """
        ...

    def encode_with_pieces(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Return each question's vector together with those of its word pieces."""
        ...

    def encode_with_codes(self, texts: Sequence[str], done: Callable[[int], None]) -> tuple[Vectors, list[Codes]]:
        """Return what `encode_passages` does, and each text's codes (pieces × `code_bytes`), from the same pass."""
        ...


class WithoutPieces:
    """What an `Encoder` is that has a vector for a text but none for its word pieces."""

    code_bytes = 0

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question."""
        raise NotImplementedError

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return one vector a text."""
        raise NotImplementedError

    def encode_with_pieces(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Return each question's vector, and no word pieces of any."""
        none = np.empty((0, 0), np.float32), np.empty(0, np.int64)
        return [EncodedQuestion(vector, *none) for vector in self.encode_questions(texts)]

    def encode_with_codes(self, texts: Sequence[str], done: Callable[[int], None]) -> tuple[Vectors, list[Codes]]:
        """Return one vector a text, and no codes of any."""
        return self.encode_passages(texts, done), [np.empty((0, 0), np.uint8) for _ in texts]
