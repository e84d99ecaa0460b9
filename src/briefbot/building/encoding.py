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

    from briefbot.codes import Codes
    from briefbot.embedding.encoder import Encoder, Vectors
    from briefbot.index.columns import Array
    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.index.segment import Segment
    from briefbot.index.vectors import Rows

PORTION = 1_024  # texts that the encoder is given at once: enough that those of one length meet


@dataclass(frozen=True, slots=True)
class Encoded:
    """A portion's vectors and codes, one of each a text in their order, and how many texts were encoded for them."""

    vectors: Vectors
    codes: tuple[Codes, ...]
    fresh: int


@dataclass(frozen=True, slots=True)
class _Some:
    """Texts by their keys (n × 16 bytes), with their vectors and, of those that are encoded, their codes."""

    keys: Array
    vectors: Vectors
    codes: dict[int, Codes]

    def fill(self, rows: Sequence[int] | Rows, vectors: Vectors, codes: Sequence[Codes]) -> None:
        """Enter what some rows are encoded as."""
        self.vectors[rows] = vectors
        self.codes.update(zip(map(int, rows), codes, strict=True))


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
        shape = (self._encoder.dimensions, self._encoder.code_bytes)
        return EncodedTexts(self._disk, self._encoder.identity, shape, resume=self._resume)

    @cached_property
    def _base_rows(self) -> list[tuple[Segment, KeyRows]]:
        return [(segment, KeyRows(segment.key_bytes)) for segment in self._base.segments] if self._base else []

    def _encoded(self, keys: Sequence[bytes], texts: Sequence[str]) -> Encoded:
        distinct = dict(zip(keys, texts, strict=True))
        wanted = np.frombuffer(b"".join(distinct), np.uint8).reshape(-1, 16)
        some = _Some(wanted, np.empty((len(distinct), self._encoder.dimensions), np.float32), {})
        missing = self._recalled(some)
        self._encode(list(distinct.values()), missing, some)
        place = {key: i for i, key in enumerate(distinct)}
        places = [place[key] for key in keys]
        return Encoded(some.vectors[places], tuple(some.codes[i] for i in places), len(missing))

    def _recalled(self, some: _Some) -> list[int]:
        """Fill in what is known, and return the rows of the others."""
        for segment, its_rows in self._base_rows:
            rows, places = its_rows.find(some.keys)
            if len(rows):
                some.fill(places, segment.vectors.rows(rows), [segment.codes(int(row)) for row in rows])
        if len(some.codes) < len(some.keys):
            for places, vectors, codes in self._known.find(some.keys):
                some.fill(places, vectors, codes)
        return [row for row in range(len(some.keys)) if row not in some.codes]

    def _encode(self, texts: Sequence[str], missing: list[int], some: _Some) -> None:
        missing.sort(key=lambda row: len(texts[row]), reverse=True)
        with self._bars("encoding", len(missing)) as step:

            def done(count: int) -> None:
                step(count)
                if self._abandoned.is_set():
                    raise _Abandoned

            for start in range(0, len(missing), PORTION):
                rows = missing[start : start + PORTION]
                vectors, codes = self._encoder.encode_with_codes([texts[row] for row in rows], done)
                some.fill(rows, vectors, codes)
                self._known.add(some.keys[rows], vectors, codes)
