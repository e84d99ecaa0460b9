"""Encodes portions of texts in a thread of its own, while the next are read and cut.

What the base generation, or a build that was interrupted, has encoded is not encoded again, nor is any text twice in
one build. This module knows texts and vectors; it refuses to know documents and files.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from briefbot.errors import DiskError
from briefbot.index.encoded import EncodedTexts
from briefbot.index.keys import KeyRows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from briefbot.embedding.encoder import Encoder, Vectors
    from briefbot.index.columns import Array
    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.index.segment import Segment

PORTION = 1_024  # texts that the encoder is given at once: enough that those of one length meet


@dataclass(frozen=True, slots=True)
class Encoded:
    """A portion's vectors, one a text in their order, and how many texts had to be encoded for them."""

    vectors: Vectors
    fresh: int


class _Abandoned(Exception):
    """The build has ended, so that nobody waits for what is being encoded."""


class EncodingThread:
    """Does portions in turn. Used as a context manager: at an error, what is under way ends at the encoder's next step.

    `base` is a generation of the same encoder, whose vectors may be used. With `resume`, so may be those that a build
    before has left.
    """

    def __init__(
        self,
        encoder: Encoder,
        disk: Disk,
        bars: Callable[[str, int], AbstractContextManager[Callable[[int], None]]],
        *,
        base: Generation | None,
        resume: bool,
    ) -> None:
        self._encoder, self._disk, self._bars = encoder, disk, bars
        self._base, self._resume = base, resume
        self._abandoned = threading.Event()
        self._thread = ThreadPoolExecutor(1, "encoding")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._abandoned.set()
        self._thread.shutdown(cancel_futures=True)
        if kind is not None and "_known" in self.__dict__:
            with contextlib.suppress(DiskError):  # the first error is the one to tell
                self._known.save()

    def start(self, keys: Sequence[bytes], texts: Sequence[str]) -> Future[Encoded]:
        """Begin with a portion as soon as those before it are done; `keys` are those of its texts."""
        return self._thread.submit(self._encoded, keys, texts)

    @cached_property
    def _known(self) -> EncodedTexts:
        return EncodedTexts(self._disk, self._encoder.identity, self._encoder.dimensions, resume=self._resume)

    @cached_property
    def _base_rows(self) -> list[tuple[Segment, KeyRows]]:
        return [(segment, KeyRows(segment.key_bytes)) for segment in self._base.segments] if self._base else []

    def _encoded(self, keys: Sequence[bytes], texts: Sequence[str]) -> Encoded:
        distinct = dict(zip(keys, texts, strict=True))
        wanted = np.frombuffer(b"".join(distinct), np.uint8).reshape(-1, 16)
        vectors = np.empty((len(distinct), self._encoder.dimensions), np.float32)
        missing = self._recalled(wanted, vectors)
        self._encode(list(distinct.values()), missing, wanted, vectors)
        place = {key: i for i, key in enumerate(distinct)}
        return Encoded(vectors[[place[key] for key in keys]], len(missing))

    def _recalled(self, wanted: Array, vectors: Vectors) -> list[int]:
        """Fill in the vectors that are known, and return the rows of the others."""
        missing = np.ones(len(wanted), np.bool_)
        for segment, its_rows in self._base_rows:
            rows, places = its_rows.find(wanted)
            if len(rows):
                vectors[places] = segment.vectors.rows(rows)
                missing[places] = False
        if missing.any():
            for places, found in self._known.find(wanted):
                vectors[places] = found
                missing[places] = False
        return np.flatnonzero(missing).tolist()

    def _encode(self, texts: Sequence[str], missing: list[int], wanted: Array, vectors: Vectors) -> None:
        missing.sort(key=lambda row: len(texts[row]), reverse=True)
        with self._bars("encoding", len(missing)) as step:

            def done(count: int) -> None:
                step(count)
                if self._abandoned.is_set():
                    raise _Abandoned

            for start in range(0, len(missing), PORTION):
                rows = missing[start : start + PORTION]
                vectors[rows] = self._encoder.encode_passages([texts[row] for row in rows], done)
                self._known.add(wanted[rows], vectors[rows])
