"""How fast paragraphs become vectors: sentence-transformers, the compiled model, and what the processor could do.

Each contender has a process of its own. They encode the same paragraphs in turn, several times; ratios are those of one
round, and their median counts. Writes `figures/encoding.json`.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import limit
from benchmarks.beir import load_questions
from benchmarks.kept import Kept, machine, medians, spread
from benchmarks.paragraphs import load_paragraphs
from benchmarks.processes import Talker, busy_seconds, wall_seconds
from briefbot.embedding.cache import compiled_model
from briefbot.embedding.compiled import CompiledModel
from briefbot.embedding.models import model_folder
from briefbot.sentences import sentence_spans
from briefbot.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.plan import Plan

LIBRARY = "sentence-transformers"
PRECISIONS = ("int8", "float32")
CONTENDERS = (LIBRARY, *PRECISIONS)
_QUESTIONS = 100
_PRECISION_OF = {LIBRARY: "float32", "int8": "int8", "float32": "float32"}


@dataclass(frozen=True, slots=True)
class Workshop:
    """The files that the contenders' processes read, below one folder."""

    folder: Path

    def command(self, name: str, *rest: str) -> tuple[str, ...]:
        """Return what starts a contender."""
        kind, model = ("library", model_folder(DEFAULT_MODEL)) if name == LIBRARY else ("compiled", self.model(name))
        return (sys.executable, "-m", "benchmarks.encoding_worker", kind, str(model), *rest)

    def model(self, precision: str) -> Path:
        """Return the compiled model's file."""
        path = self.folder / f"{precision}.model"
        if not path.exists():
            path.write_bytes(compiled_model(model_folder(DEFAULT_MODEL), precision))
        return path

    def texts(self, name: str, texts: Sequence[str]) -> str:
        """Write texts, and return the file."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(list(texts)), "utf-8")
        return str(path)


def measure(folders: Sequence[Path], plan: Plan, kept: Kept) -> dict[str, Any]:
    """Return all figures."""
    chosen, count, rounds = list(folders[:2]), plan.encoded, plan.encoding_rounds
    parameters = {"collections": [folder.name for folder in chosen], "paragraphs": count, "rounds": rounds}

    def all_of_it() -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as scratch:
            return _measured(chosen, count, rounds, Workshop(Path(scratch)))

    return {"machine": machine(), **parameters, **kept.piece("encoding", parameters, all_of_it)}


def _measured(folders: Sequence[Path], count: int, rounds: int, workshop: Workshop) -> dict[str, Any]:
    limits = [limit.measured()]
    starts = _starts(workshop, rounds)
    questions = [asked.text for asked in load_questions(folders[0])[:_QUESTIONS]]
    with ExitStack() as stack:
        talkers = {
            name: stack.enter_context(Talker(workshop.command(name), Path.cwd(), _offline())) for name in CONTENDERS
        }
        asked = _questions(talkers, workshop.texts("questions", questions))
        collections = {}
        for folder in folders:
            collections[folder.name] = _collection(folder, count, rounds, talkers, workshop)
            limits.append(limit.measured())
        after = {name: talker.memory() for name, talker in talkers.items()}
    limits_found = limit.best(limits)
    return {
        "start_s": starts,
        "question_ms": {name: one["ms"] for name, one in asked.items()},
        "memory_questions_mb": {name: one["memory"] for name, one in asked.items()},
        "memory_paragraphs_mb": after,
        "collections": collections,
        "limit_gops": limits_found,
        "share_of_limit": {name: _shares(one, limits_found) for name, one in collections.items()},
    }


def _offline() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def _starts(workshop: Workshop, rounds: int) -> dict[str, dict[str, float]]:
    """Return the seconds of a whole process that makes one vector."""
    walls: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for name in CONTENDERS * (rounds + 1):  # the first time, the files are not yet in the system's cache
        walls[name].append(wall_seconds(workshop.command(name, "first"), Path.cwd(), _offline()))
    return {name: spread(seconds[1:]) for name, seconds in walls.items()}


def _questions(talkers: dict[str, Talker], texts: str) -> dict[str, dict[str, Any]]:
    found = {}
    for name, talker in talkers.items():
        _ask(talker, "questions", texts)
        ms = _ask(talker, "questions", texts)["ms"]
        found[name] = {"ms": round(statistics.median(ms), 2), "memory": talker.memory()}
    return found


def _collection(
    folder: Path, count: int, rounds: int, talkers: dict[str, Talker], workshop: Workshop
) -> dict[str, Any]:
    paragraphs = load_paragraphs([folder], count).texts
    sentences = [span.of(text) for text in paragraphs for span in sentence_spans(text)]
    files = workshop.texts(f"{folder.name}-paragraphs", paragraphs), workshop.texts(f"{folder.name}-s", sentences)
    vectors = {name: _vectors(talker, files[0], workshop) for name, talker in talkers.items()}
    seen = [_round(talkers, *files) for _ in range(rounds)]
    lengths = {name: _lengths(workshop, texts) for name, texts in (("text", paragraphs), ("sentence", sentences))}
    return {
        "texts": len(paragraphs),
        "sentences": len(sentences),
        "tokens_a_text": round(float(np.mean(lengths["text"])), 1),
        "tokens_a_sentence": round(float(np.mean(lengths["sentence"])), 1),
        "gflop_a_text": round(flop(lengths["text"]) / len(paragraphs) / 1e9, 4),
        "per_s": medians({name: len(paragraphs) / one[name] for name in CONTENDERS} for one in seen),
        "ratio": medians({name: one[LIBRARY] / one[name] for name in PRECISIONS} for one in seen),
        "sentences_per_s": medians([{"int8": len(sentences) / one["sentences"]} for one in seen])["int8"],
        "sentences_ms_a_text": medians([{"ms": 1000 * one["sentences"] / len(paragraphs)} for one in seen])["ms"],
        "others_cores": medians({"others": one["others"]} for one in seen)["others"],
        "cosine": {name: _cosines(vectors[name], vectors[LIBRARY]) for name in PRECISIONS},
    }


def _round(talkers: dict[str, Talker], paragraphs: str, sentences: str) -> dict[str, float]:
    """Return the seconds that each took, and how many cores others used meanwhile."""
    began, busy, own = time.perf_counter(), busy_seconds(), sum(map(_used, talkers.values()))
    seconds = {name: _ask(talker, "paragraphs", paragraphs)["seconds"] for name, talker in talkers.items()}
    seconds["sentences"] = _ask(talkers["int8"], "paragraphs", sentences)["seconds"]
    used = sum(map(_used, talkers.values())) - own
    return seconds | {"others": max(0.0, busy_seconds() - busy - used) / (time.perf_counter() - began)}


def _used(talker: Talker) -> float:
    fields = Path(f"/proc/{talker.process.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ask(talker: Talker, what: str, texts: str, **more: str) -> Any:
    return talker.ask(json.dumps({"do": what, "texts": texts, **more}))


def _vectors(talker: Talker, texts: str, workshop: Workshop) -> Any:
    target = workshop.folder / "vectors.npy"
    _ask(talker, "save", texts, to=str(target))
    return np.load(target)


def _cosines(ours: Any, theirs: Any) -> dict[str, float]:
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    return {"least": round(float(cosines.min()), 5), "mean": round(float(cosines.mean()), 5)}


def _lengths(workshop: Workshop, texts: Sequence[str]) -> list[int]:
    """Return how many tokens the model reads of each text."""
    model = CompiledModel(workshop.model("int8").read_bytes())
    return [len(row) for row in model.tokens(texts)]


def flop(lengths: Sequence[int]) -> float:
    """Return the operations that the model's shapes ask for: its linear layers, and the two products of attention."""
    config = json.loads((model_folder(DEFAULT_MODEL) / "config.json").read_text("utf-8"))
    width, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    linear = layers * (4 * width * width + 2 * width * inner)
    return float(sum(2 * linear * length + layers * 4 * length * length * width for length in lengths))


def _shares(collection: dict[str, Any], limits: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return what part of the fastest multiplication with its precision each contender reaches."""
    return dict(_each_share(collection, limits))


def _each_share(collection: dict[str, Any], limits: dict[str, dict[str, float]]) -> Iterator[tuple[str, float]]:
    for name, speed in collection["per_s"].items():
        most = max(limits[_PRECISION_OF[name]].values())
        yield name, round(speed * collection["gflop_a_text"] / most, 3)
