"""What an encoder is to the rest of briefbot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Vectors = npt.NDArray[np.float32]


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
