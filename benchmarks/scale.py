"""What an index of very many passages costs to make, to keep and to ask.

Paragraphs are put together from real sentences and go through the real build, but for the model (`unencoded.py`).
Questions are real and encoded by the real model. Recall is measured against a comparison with every vector.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.beir import shuffled_questions
from benchmarks.kept import Kept, machine, percentile
from benchmarks.processes import disk_mb, memory
from benchmarks.unencoded import ground
from briefbot.answering import ask
from briefbot.cli.encoders import answering_encoder, reference_encoder
from briefbot.cli.library import Libraries
from briefbot.index.store import open_current
from briefbot.model import Filters, Question, Scope
from briefbot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.plan import Plan
    from briefbot.embedding.encoder import Vectors
    from briefbot.index.generation import Generation

_WARMING = 20  # questions before the others are timed
_NEAREST = 10
_FOUND = 3  # passages an answer
_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def measure(folders: Sequence[Path], plan: Plan, kept: Kept) -> dict[str, Any]:
    """Return the figures of each size."""
    questions = shuffled_questions(folders[0])
    asked = questions[: plan.scale_questions]
    sizes = {
        str(size): kept.piece(
            "scale", {"paragraphs": size, "questions": len(asked)}, lambda size=size: _sized(folders, size, asked)
        )
        for size in plan.scale
    }
    return {"machine": machine(), "questions": len(asked), "sizes": sizes}


def _sized(folders: Sequence[Path], size: int, questions: Sequence[str]) -> dict[str, Any]:
    at = ground(folders, size)
    with open_current(at.index) as generation:
        segments = generation.manifest.segments
        vectors = answering_encoder(generation, Settings(), reference_encoder).encode_questions(questions)
        found = {
            "segments": [{"passages": one.live, "kind": one.kind, "recall": one.recall} for one in segments],
            "recall_at_10": round(statistics.mean(_recall(generation, vector) for vector in vectors), 4),
        }
    command = (sys.executable, "-m", "benchmarks.scale", str(at.index))
    told = subprocess.run(command, input=json.dumps(questions), capture_output=True, check=True, encoding="utf-8")
    return {
        "passages": at.passages,
        "build_s": at.seconds,
        "passages_per_s": round(at.passages / at.seconds),
        "index_mb": round(disk_mb(at.index), 1),
        **found,
        **json.loads(told.stdout),
    }


def _recall(generation: Generation, question: Vectors) -> float:
    """Return which share of the ten nearest passages is found, over the same vectors."""
    exact: list[tuple[float, int]] = []
    ours: list[tuple[float, int]] = []
    for start, segment in generation.parted():
        for half in (slice(0, None, 2), slice(1, None, 2)):  # where only half are allowed, all of them are compared
            allowed = np.zeros(segment.entry.passages, np.bool_)
            allowed[half] = True
            exact += _shifted(segment.vectors.search(question, _NEAREST, allowed), start)
        ours += _shifted(segment.vectors.search(question, _NEAREST, None), start)
    wanted, got = ({row for _, row in sorted(some, reverse=True)[:_NEAREST]} for some in (exact, ours))
    return len(wanted & got) / len(wanted)


def _shifted(found: tuple[Any, Any], start: int) -> list[tuple[float, int]]:
    return list(zip(found[0].tolist(), (found[1] + start).tolist(), strict=True))


def ask_all(index: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Open an index, ask every question once, and return how long that took and what memory it needs."""
    before, began = memory(os.getpid()), time.perf_counter()
    with open_current(index) as generation:
        libraries = Libraries(Settings(index=index), reference_encoder)
        library = libraries.open(generation)

        def milliseconds(text: str) -> float:
            began = time.perf_counter()
            ask(Question(text, Scope.everything(), Filters(), _FOUND), library)
            return 1000 * (time.perf_counter() - began)

        milliseconds(questions[0])
        opened = 1000 * (time.perf_counter() - began)
        for text in questions[1:_WARMING]:
            milliseconds(text)
        took = [milliseconds(text) for text in questions[_WARMING:]]
        encoder, encoding = library.encoder, []
        for text in questions:
            began = time.perf_counter()
            encoder.encode_questions([text])
            encoding.append(1000 * (time.perf_counter() - began))
        after = memory(os.getpid())
    return {
        "open_and_first_question_ms": round(opened, 1),
        "question_ms": {name: round(percentile(took, at), 2) for name, at in _SHARES.items()},
        "encoding_ms": round(percentile(encoding, 0.5), 2),
        "own_mb": {"before": round(before["own_mb"]), "after": round(after["own_mb"])},
        "resident_mb": round(after["resident_mb"]),
    }


if __name__ == "__main__":
    print(json.dumps(ask_all(Path(sys.argv[1]), json.load(sys.stdin))))
