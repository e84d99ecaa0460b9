"""The story of a compiled model: export, quantise, verify against sentence-transformers, put into one file.

`python -m briefbot.embedding.compiling FOLDER PRECISION SOURCE TARGET` does it in a process of its own, because torch
takes seconds to import and hundreds of megabytes: the process that wants the model waits, and keeps its memory.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from functools import cached_property
from importlib import resources
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from briefbot.embedding.compiled import CompiledModel, ModelFacts, optimise, probe_of, run_graph
from briefbot.embedding.exporting import export, reference_vectors
from briefbot.embedding.graph import with_metadata
from briefbot.embedding.quantising import quantise
from briefbot.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.embedding.encoder import Vectors

_LEAST = {"int8": 0.97, "float32": 0.9999}  # cosine to sentence-transformers' vector, for every text tried
_TRIED = 32  # of the sample texts; the others are what the scales are learnt from
_PROBES = 3
_LONGEST_REASON = 300
_PROBE_LENGTH = 400  # characters at most, so that they are encoded in an instant


def main(folder: str, precision: str, source: str, target: str) -> int:
    """Write the compiled model to `target`, or tell why not in one line."""
    try:
        Path(target).write_bytes(compiled(Path(folder), precision, source))
    except Exception as error:  # noqa: BLE001 - whatever an exporter raises is a reason to do without
        reason = str(error) if isinstance(error, ModelError) else f"{type(error).__name__}: {error}"
        print(f"briefbot: {' '.join(reason.split())[:_LONGEST_REASON]}", file=sys.stderr)  # noqa: T201 - for its parent
        return 1
    return 0


def compiled(folder: Path, precision: str, source: str) -> bytes:
    """Return the compiled model of `folder`; with full precision where bytes are too coarse for this model.

    Raises ModelError where it cannot be compiled or does not agree with sentence-transformers.
    """
    with tempfile.TemporaryDirectory() as scratch:
        workshop = _Workshop(folder, source, Path(scratch))
        found = workshop.int8() if precision == "int8" else workshop.float32()
        return found or workshop.float32() or _refused()


def _agreement(vectors: Vectors, reference: Vectors) -> float:
    """Return the least cosine between two vectors of one text, counted from the middle of all.

    Many models give all texts a part in common, which would make any two vectors look alike.
    """
    ours, theirs = vectors - reference.mean(axis=0), reference - reference.mean(axis=0)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return float(((ours * theirs).sum(axis=1) / np.maximum(lengths, 1e-12)).min())


def _refused() -> bytes:
    raise ModelError("The compiled model makes other vectors than sentence-transformers")


class _Workshop:
    """The steps from a model's folder to a compiled file; each that is tried is compared with sentence-transformers."""

    def __init__(self, folder: Path, source: str, scratch: Path) -> None:
        self._folder, self._scratch = folder, scratch
        exported = export(folder, scratch / "exported.onnx", sample_texts()[_TRIED:])
        optimise(scratch / "exported.onnx", scratch / "folded.onnx", thoroughly=False)
        self._tokenizer = exported.tokenizer
        self._facts = ModelFacts(
            source=source,
            precision="float32",
            length=exported.length,
            dimensions=exported.dimensions,
            code_bytes=exported.code_bytes,
            question_prompt=exported.question_prompt,
            passage_prompt=exported.passage_prompt,
            agreement=0.0,
        )

    def float32(self) -> bytes | None:
        """Return the model with full precision, or None where it does not agree."""
        return self._finished("folded.onnx", "float32")

    def int8(self) -> bytes | None:
        """Return the model in bytes, or None where they are too coarse for it."""
        tokens = self._model("folded.onnx", self._facts).tokens(self._with_prompt(sample_texts()[_TRIED:]))
        folded, reduced = self._scratch / "folded.onnx", self._scratch / "reduced.onnx"
        quantise(folded, reduced, lambda path, names: run_graph(path, names, tokens))
        return self._finished("reduced.onnx", "int8")

    def _finished(self, graph: str, precision: str) -> bytes | None:
        joined = f"joined-{graph}"
        optimise(self._scratch / graph, self._scratch / joined, thoroughly=True)
        facts = replace(self._facts, precision=precision)
        vectors = self._model(joined, facts).encode(self._with_prompt(self._tried), lambda _: None)
        agreement = _agreement(vectors, self._reference)
        if agreement < _LEAST[precision]:
            return None
        tried = zip(self._with_prompt(self._tried), vectors, strict=True)
        probes = [(text, vector) for text, vector in tried if len(text) < _PROBE_LENGTH]
        facts = replace(facts, agreement=round(agreement, 5), probes=tuple(starmap(probe_of, probes[:_PROBES])))
        return with_metadata(self._scratch / joined, facts.metadata(self._tokenizer))

    def _model(self, graph: str, facts: ModelFacts) -> CompiledModel:
        return CompiledModel(with_metadata(self._scratch / graph, facts.metadata(self._tokenizer)))

    def _with_prompt(self, texts: Sequence[str]) -> list[str]:
        return [self._facts.passage_prompt + text for text in texts]

    @cached_property
    def _tried(self) -> list[str]:
        return sample_texts()[:_TRIED]

    @cached_property
    def _reference(self) -> Vectors:
        return reference_vectors(self._folder, self._tried)


def sample_texts() -> list[str]:
    """Return the texts that come with briefbot for calibration and for trying a model out."""
    text = resources.files("briefbot.embedding").joinpath("calibration.txt").read_text("utf-8")
    return text.strip().split("\n\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
