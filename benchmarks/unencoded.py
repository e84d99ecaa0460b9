"""Large indexes in minutes: everything is done as in a build, only that most passages are not encoded.

Each gets the vector of a real paragraph, moved a little, and as many of its word pieces as it has itself. What is
measured on such an index must not depend on what the vectors mean: how long a build takes that has next to nothing to
do, how long a process takes to open the index, and how much memory a bot has.
"""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.beir import no_bars
from benchmarks.kept import CACHE
from benchmarks.paragraphs import load_paragraphs, write_documents
from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.cli.encoders import building_encoder
from briefbot.evaluation.remembering import LikeReal
from briefbot.index.columns import ends_of
from briefbot.index.disk import Disk
from briefbot.index.manifest import FORMAT
from briefbot.index.store import open_current
from briefbot.passages import CUTTING
from briefbot.search.analysis import ANALYSIS
from briefbot.settings import Settings
from briefbot.wording import RECIPE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from briefbot.codes import Codes, Vectors
    from briefbot.embedding.encoder import Encoder
    from briefbot.index.vectors import Rows

_EACH = 10  # paragraphs a document
_REAL = 20_000  # paragraphs that are encoded at most
_LEAST, _MOST = 0.33, 0.75  # the length of what is added to a vector: the cosine is then between 0.95 and 0.8


@dataclass(frozen=True, slots=True)
class Real:
    """What the model makes of real paragraphs: vectors, and the codes of their word pieces one after the other."""

    vectors: Vectors
    codes: Codes
    ends: Rows

    def codes_of(self, paragraph: int) -> Codes:
        """Return the codes of one paragraph's word pieces."""
        return self.codes[self.ends[paragraph] : self.ends[paragraph + 1]]


class Unencoded(LikeReal):
    """The real encoder, but for passages: each gets what is `real` of some paragraph."""

    def __init__(self, encoder: Encoder, real: Real) -> None:
        super().__init__(encoder)
        self.encode_questions, self.encode_passages = encoder.encode_questions, encoder.encode_passages
        self.encode_with_pieces = encoder.encode_with_pieces
        self._real, self._chance = real, np.random.default_rng(1)

    def encode_with_codes(self, texts: Sequence[str], done: Callable[[int], None]) -> tuple[Vectors, list[Codes]]:
        """Return vectors of length 1, and codes for as many word pieces as each text has."""
        noise = self._chance.standard_normal((len(texts), self.dimensions), np.float32) / np.sqrt(self.dimensions)
        by = self._chance.uniform(_LEAST, _MOST, (len(texts), 1)).astype(np.float32)
        chosen = self._chance.integers(len(self._real.vectors), size=len(texts))
        vectors = self._real.vectors[chosen] + by * noise
        codes = [
            np.resize(self._real.codes_of(paragraph), (min(count, self.window), self.code_bytes))
            for paragraph, count in zip(chosen.tolist(), self.count(texts), strict=True)
        ]
        done(len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), codes


@dataclass(frozen=True, slots=True)
class Ground:
    """A corpus and its index, with the paragraphs that were written and the passages that they became.

    `seconds` is how long the build took that made the index, moving vectors and counting word pieces included.
    """

    corpus: Path
    index: Path
    paragraphs: int
    passages: int
    seconds: float = 0.0


def ground(folders: Sequence[Path], paragraphs: int) -> Ground:
    """Return a corpus of so many paragraphs and its index, which is built once and kept."""
    encoder, _ = building_encoder(Settings(), anew=True)
    forms = f"{FORMAT}-{CUTTING}-{RECIPE}-{ANALYSIS}-{encoder.identity[:8]}"
    names = "-".join(folder.name for folder in folders)
    kept = CACHE / "unencoded" / f"{names}-{paragraphs}-{forms}"
    corpus, index, told = kept / "corpus", kept / "index", kept / "build.json"
    if not told.exists():
        real = _real_of(folders, encoder, CACHE / "unencoded" / f"{names}-vectors-{encoder.identity[:8]}-{FORMAT}.npz")
        print(f"    an index of {paragraphs:,} paragraphs is built, without the model, and kept", flush=True)
        shutil.rmtree(kept, ignore_errors=True)
        write_documents(load_paragraphs(folders, paragraphs).texts, corpus, _EACH)
        began = time.perf_counter()
        settings = Settings(corpus=corpus, index=index)
        build(Tools(settings, Disk(index), Unencoded(encoder, real), no_bars), BuildOptions())
        told.write_text(json.dumps({"seconds": round(time.perf_counter() - began, 1)}), "utf-8")
    with open_current(index) as generation:
        passages = generation.manifest.passages
    return Ground(corpus, index, paragraphs, passages, **json.loads(told.read_text("utf-8")))


def _real_of(folders: Sequence[Path], encoder: Encoder, path: Path) -> Real:
    """Return what the model makes of real paragraphs, which are encoded once."""
    if not path.exists():
        print(f"    {_REAL:,} paragraphs are encoded, and kept", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        vectors, codes = encoder.encode_with_codes(load_paragraphs(folders, _REAL).texts, lambda _: None)
        np.savez(path, vectors=vectors, codes=np.concatenate(codes), ends=ends_of([*map(len, codes)], np.int64))
    return Real(**np.load(path))
