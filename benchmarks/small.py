"""What is done often: a build with nothing or one document to do, a question in a fresh process, and `--help`.

Every figure is that of a whole process, from its start to its end. Writes `figures/small.json`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.kept import Kept, machine, spread
from benchmarks.processes import BRIEFBOT, run, wall_seconds
from benchmarks.unencoded import Ground, ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.plan import Plan

NOT_FOR_HELP = ("torch", "sentence_transformers", "onnxruntime", "faiss", "discord")
SAMPLES = Path(__file__).parents[1] / "docs_corpus"
_CHANGE = "On the first of April the team moved its weekly meeting to the small room on the second floor."
_QUESTION = "Where did Kim Jong Un and Vladimir Putin meet?"


def measure(folders: Sequence[Path], plan: Plan, kept: Kept) -> dict[str, Any]:
    """Return all figures."""
    builds = {"documents": plan.small_documents, "runs": plan.small_runs}
    return {
        "machine": machine(),
        **builds,
        "builds": kept.piece("small-builds", builds, lambda: _builds(folders, plan)),
        "cold": {
            str(size): kept.piece(
                "ask-cold",
                {"paragraphs": size, "runs": plan.asked_cold_runs},
                lambda size=size: _cold(folders, size, plan.asked_cold_runs),
            )
            for size in (0, *plan.asked_cold)
        },
        "help": kept.piece("help", {"runs": plan.small_runs}, lambda: _help(plan.small_runs)),
    }


def imported(command: Sequence[str], folder: Path) -> list[str]:
    """Return which libraries of `NOT_FOR_HELP` a Python process imports."""
    told = run((command[0], "-X", "importtime", *command[1:]), folder).errors
    roots = set(re.findall(r"\|\s+(\w+)[.\w]*$", told, re.MULTILINE))
    return [name for name in NOT_FOR_HELP if name in roots]


def _builds(folders: Sequence[Path], plan: Plan) -> dict[str, Any]:
    """Build documents of ten passages again and again: as they are, and with one of them changed."""
    at = ground(folders, 10 * plan.small_documents)
    build = _command("build", at)
    here = Path.cwd()
    for _ in range(2):  # files that were young at the first build are hashed once more
        wall_seconds(build, here)
    return {
        "paragraphs": at.paragraphs,
        "passages": at.passages,
        "without_change_s": spread([wall_seconds(build, here) for _ in range(plan.small_runs)]),
        "one_changed_s": spread([_changed_build(build, at.corpus) for _ in range(plan.small_runs)]),
    }


def _changed_build(build: Sequence[str], corpus: Path) -> float:
    first = min(corpus.iterdir())
    text = first.read_text("utf-8")
    first.write_text(f"{text}\n{_CHANGE}\n", "utf-8")
    seconds = wall_seconds(build, Path.cwd())
    first.write_text(text, "utf-8")
    wall_seconds(build, Path.cwd())  # as it was, so that the document does not grow
    return seconds


def _cold(folders: Sequence[Path], size: int, runs: int) -> dict[str, Any]:
    """Return the seconds of `ask` in a fresh process; size 0 stands for the samples."""
    with tempfile.TemporaryDirectory() as scratch:
        if size:
            at = ground(folders, size)
        else:
            at = Ground(SAMPLES, Path(scratch) / "index", 0, 0)
            wall_seconds(_command("build", at), Path.cwd())
        command = (*_command("ask", at), _QUESTION)
        wall_seconds(command, Path.cwd())  # brings the files into the system's cache
        return {"passages": at.passages, "s": spread([wall_seconds(command, Path.cwd()) for _ in range(runs)])}


def _help(runs: int) -> dict[str, Any]:
    command = (*BRIEFBOT, "--help")
    seconds = spread([wall_seconds(command, Path.cwd()) for _ in range(runs)])
    return {"s": seconds, "imports": imported(command, Path.cwd()), "python": sys.version.split()[0]}


def _command(what: str, at: Ground) -> tuple[str, ...]:
    return (*BRIEFBOT, what, "--corpus", str(at.corpus), "--index", str(at.index))
