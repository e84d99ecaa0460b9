"""Large indexes in minutes: everything is done as in a build, only that most passages are not encoded.

Each gets the vector of a real paragraph, moved a little. What is measured on such an index must not depend on what the
vectors mean: how long a build takes that has next to nothing to do, how long a process takes to open the index, and how
much memory a bot has.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.beir import no_bars
from benchmarks.kept import CACHE
from benchmarks.paragraphs import load_paragraphs, write_documents
from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.cli.encoders import building_encoder
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

    from briefbot.embedding.encoder import Encoder, Vectors

_EACH = 10  # paragraphs a document
_REAL = 2_000  # paragraphs that are encoded
_LEAST, _MOST = 0.33, 0.75  # the length of what is added to a vector: the cosine is then between 0.95 and 0.8


class Unencoded:
    """The real encoder, but for passages: each gets one of the `real` vectors, moved a little."""

    def __init__(self, encoder: Encoder, real: Vectors) -> None:
        self.name, self.identity, self.source = encoder.name, encoder.identity, encoder.source
        self.compiled = encoder.compiled
        self.dimensions, self.window, self.count = encoder.dimensions, encoder.window, encoder.count
        self.encode_questions = encoder.encode_questions
        self._real, self._chance = real, np.random.default_rng(1)

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return vectors of length 1."""
        noise = self._chance.standard_normal((len(texts), self.dimensions), np.float32) / np.sqrt(self.dimensions)
        by = self._chance.uniform(_LEAST, _MOST, (len(texts), 1)).astype(np.float32)
        vectors = self._real[self._chance.integers(len(self._real), size=len(texts))] + by * noise
        done(len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class Ground:
    """A corpus and its index, with the paragraphs that were written and the passages that they became."""

    corpus: Path
    index: Path
    paragraphs: int
    passages: int


def ground(folders: Sequence[Path], paragraphs: int) -> Ground:
    """Return a corpus of so many paragraphs and its index, which is built once and kept."""
    encoder, _ = building_encoder(Settings(), anew=True)
    forms = f"{FORMAT}-{CUTTING}-{RECIPE}-{ANALYSIS}-{encoder.identity[:8]}"
    kept = CACHE / "unencoded" / f"{'-'.join(folder.name for folder in folders)}-{paragraphs}-{forms}"
    corpus, index = kept / "corpus", kept / "index"
    if not (kept / "whole").exists():
        print(f"    an index of {paragraphs:,} paragraphs is built, without the model, and kept", flush=True)
        shutil.rmtree(kept, ignore_errors=True)
        texts = load_paragraphs(folders, paragraphs).texts
        write_documents(texts, corpus, _EACH)
        settings = Settings(corpus=corpus, index=index)
        unencoded = Unencoded(encoder, encoder.encode_passages(texts[:_REAL], lambda _: None))
        build(Tools(settings, Disk(index), unencoded, no_bars), BuildOptions())
        (kept / "whole").touch()
    with open_current(index) as generation:
        return Ground(corpus, index, paragraphs, generation.manifest.passages)
