"""briefbot beside others that index the same paragraphs on the same machine, in turn.

The others are `plain.py`, the script that many write with sentence-transformers and FAISS, and `peer.py`, which uses
txtai. Every figure is that of whole processes, measured from outside. Writes `figures/beside.json`.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.beir import shuffled_questions
from benchmarks.kept import CACHE, Kept, machine, medians, percentile
from benchmarks.paragraphs import load_paragraphs, write_documents
from benchmarks.processes import BRIEFBOT, Talker, disk_mb, run, wall_seconds
from briefbot.embedding.models import model_folder
from briefbot.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.plan import Plan

NAMES = ("briefbot", "plain", "txtai")
TXTAI = "9.14.0"
_ROOT = Path(__file__).parents[1]
_EACH = 10  # paragraphs a document


@dataclass(frozen=True, slots=True)
class Contender:
    """How one of them is started: to build, to answer one question, and to answer one line after the other."""

    name: str
    build: tuple[str, ...]
    ask: tuple[str, ...]
    serve: tuple[str, ...]
    index: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of its processes: offline, and without the packages of others."""
        chosen = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        if self.name == "txtai":
            chosen.pop("PYTHONPATH", None)
        return chosen


def measure(folders: Sequence[Path], plan: Plan, kept: Kept) -> dict[str, Any]:
    """Return the figures of each size; each round of each size is a piece of its own."""
    python = peer_python()
    questions = shuffled_questions(folders[0])
    sizes = {}
    for count, rounds in plan.beside:
        paragraphs = load_paragraphs(folders, count)
        seen = []
        for number in range(rounds):
            parameters = {"paragraphs": count, "round": number, "questions": plan.beside_questions, "txtai": TXTAI}

            def one(number: int = number, texts: Sequence[str] = paragraphs.texts) -> dict[str, dict[str, float]]:
                return _round(texts, questions[: plan.beside_questions], plan.beside_starts, (number, python))

            seen.append(kept.piece("beside", parameters, one))
        sizes[str(count)] = _together(seen) | {"recombined": paragraphs.recombined, "rounds": rounds}
    return {"machine": machine(), "txtai": TXTAI, "questions": plan.beside_questions, "sizes": sizes}


def peer_python() -> Path:
    """Return the Python of the peer's own environment, which is made the first time."""
    folder = CACHE / "peer"
    python = folder / "bin" / "python"
    if not (folder / f"txtai-{TXTAI}").exists():
        print(f"  txtai {TXTAI} is installed into {folder}", flush=True)
        subprocess.run((sys.executable, "-m", "venv", "--clear", str(folder)), check=True)
        wanted = ("-c", str(_ROOT / "constraints.txt"), "torch", f"txtai=={TXTAI}")
        subprocess.run((str(python), "-m", "pip", "-qq", "install", *wanted), check=True)
        (folder / f"txtai-{TXTAI}").touch()
    return python


def contenders(folder: Path, python: Path) -> list[Contender]:
    """Return how each of them works in a folder."""
    corpus, index = folder / "corpus", folder / "briefbot"
    places = ("--corpus", str(corpus), "--index", str(index))
    found = [
        Contender(
            "briefbot",
            (*BRIEFBOT, "build", *places, "--quiet"),
            (*BRIEFBOT, "ask", *places),
            (*BRIEFBOT, "chat", *places, "--json", "--no-input"),
            index,
        )
    ]
    for name, interpreter, script in (("plain", sys.executable, "plain.py"), ("txtai", str(python), "peer.py")):
        index = folder / name
        program = (interpreter, str(Path(__file__).with_name(script).resolve()))
        arguments = (str(model_folder(DEFAULT_MODEL)), str(corpus), str(index))
        commands = ((*program, what, *arguments) for what in ("build", "ask", "serve"))
        found.append(Contender(name, *commands, index))
    return found


def _round(
    texts: Sequence[str], questions: Sequence[str], starts: int, turn: tuple[int, Path]
) -> dict[str, dict[str, float]]:
    """Let each build, be started and answer, in another order each round."""
    number, python = turn
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_documents(texts, folder / "corpus", _EACH)
        able = contenders(folder, python)
        order = able if number % 2 == 0 else able[::-1]
        found = {one.name: _built(one, folder, len(texts)) for one in order}
        cold: dict[str, list[float]] = {one.name: [] for one in able}
        for one in order * starts:
            cold[one.name].append(wall_seconds((*one.ask, questions[0]), folder, one.environment))
        for one in order:
            found[one.name] |= {"cold_s": statistics.median(cold[one.name])} | _served(one, folder, questions)
    return {name: {key: round(value, 3) for key, value in figures.items()} for name, figures in found.items()}


def _built(one: Contender, folder: Path, count: int) -> dict[str, float]:
    shutil.rmtree(one.index, ignore_errors=True)
    done = run(one.build, folder, one.environment)
    return {
        "wall_s": done.wall,
        "processor_s": done.processor,
        "per_s": count / done.wall,
        "peak_mb": done.own_mb,
        "peak_child_mb": done.children_mb,
        "others_cores": done.others,
        "disk_mb": disk_mb(one.index),
    }


def _served(one: Contender, folder: Path, questions: Sequence[str]) -> dict[str, float]:
    """Ask a running process one question after the other; the first ones warm it up and are asked once more."""
    with Talker(one.serve, folder, one.environment) as talker:
        for question in questions[:5]:
            talker.ask(question)
        ms = []
        for question in questions:
            began = time.perf_counter()
            talker.ask(question)
            ms.append(1000 * (time.perf_counter() - began))
        return {"p50_ms": percentile(ms, 0.5), "p99_ms": percentile(ms, 0.99)} | talker.memory()


def _together(rounds: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    """Return the medians of all rounds, and of the ratios within each."""
    return {
        "figures": {name: medians([one[name] for one in rounds], 3) for name in NAMES},
        "ratio": {
            name: medians([_ratios(one["briefbot"], one[name]) for one in rounds], 3)
            for name in NAMES
            if name != "briefbot"
        },
    }


def _ratios(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, float]:
    """Return ours in units of theirs, where there is any of theirs."""
    return {name: ours[name] / theirs[name] for name in ours if theirs[name] and name != "others_cores"}
