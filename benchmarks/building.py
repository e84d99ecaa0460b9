"""What building an index costs, beside the plain script that many write; and what the small commands cost.

    python -m benchmarks.building FOLDER...      collections in BEIR's form, whose paragraphs are indexed

Every figure is that of a whole process. Prints Markdown tables and writes the figures to `figures/building.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.paragraphs import Paragraphs, load_paragraphs, write_documents
from benchmarks.processes import Run, run, wall_seconds
from briefbot.embedding.models import model_folder
from briefbot.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BRIEFBOT = (sys.executable, "-m", "briefbot")
PLAIN = (sys.executable, str(Path(__file__).with_name("plain.py").resolve()))
FIGURES = Path(__file__).parent / "figures" / "building.json"
NOT_FOR_HELP = ("torch", "faiss", "discord")
REPEATS = 7  # of the short commands
_TITLES = {
    "wall_s": "wall time, s",
    "processor_s": "processor time, s",
    "paragraphs_per_s": "paragraphs a second",
    "memory_mb": "peak memory of the process, MB",
    "children_memory_mb": "peak memory of its largest child, MB",
    "index_mb": "index on disk, MB",
    "others_cores": "cores that others used meanwhile",
}
_COMMANDS = {
    "build_without_change": "build, nothing changed",
    "build_one_changed": "build, one document changed",
    "ask": "ask",
    "help": "--help",
}
_EACH = 10  # paragraphs a document, in the full build
_CHANGE = "On the first of April the team moved its weekly meeting to the small room on the second floor."


@dataclass(frozen=True, slots=True)
class Side:
    """One full build: the process, and the bytes of what it wrote."""

    run: Run
    index: int

    def figures(self, paragraphs: int) -> dict[str, float]:
        """Return what is measured of it."""
        return {
            "wall_s": round(self.run.wall, 2),
            "processor_s": round(self.run.processor, 2),
            "paragraphs_per_s": round(paragraphs / self.run.wall, 1),
            "memory_mb": round(self.run.own_mb),
            "children_memory_mb": round(self.run.children_mb),
            "index_mb": round(self.index / 1e6, 1),
            "others_cores": round(self.run.others, 2),
        }


def main() -> None:
    """Measure, print and write."""
    options = _options()
    paragraphs = load_paragraphs(options.folders, options.paragraphs)
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            "machine": machine(),
            "full_build": full_builds(paragraphs, options.rounds, Path(folder)),
            "short_commands": short_commands(paragraphs.texts[: options.documents], Path(folder)),
        }
    print(as_markdown(figures))
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--paragraphs", type=int, default=10_000, help="in the full build")
    parser.add_argument("--documents", type=int, default=2_000, help="of one paragraph, for the small builds")
    parser.add_argument("--rounds", type=int, default=3, help="full builds of each side, in turn")
    parser.add_argument("--out", type=Path, default=FIGURES, help="where the figures are written")
    return parser.parse_args()


def machine() -> dict[str, Any]:
    """Return where and when this was measured."""
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def full_builds(paragraphs: Paragraphs, rounds: int, folder: Path) -> dict[str, Any]:
    """Build with briefbot and with the plain script in turn; leave briefbot's last index in `folder`/index."""
    corpus, index, plain = folder / "corpus", folder / "index", folder / "plain"
    write_documents(paragraphs.texts, corpus, _EACH)
    count = len(paragraphs.texts)
    briefbot_command = (*BRIEFBOT, "build", "--corpus", str(corpus), "--index", str(index), "--json")
    plain_command = (*PLAIN, str(model_folder(DEFAULT_MODEL)), str(corpus), str(plain))
    pairs = []
    for _ in range(rounds):
        ours = _built(briefbot_command, index, folder)
        theirs = _built(plain_command, plain, folder)
        pairs.append((ours.figures(count), theirs.figures(count)))
    return {
        "paragraphs": count,
        "recombined": paragraphs.recombined,
        "documents": -(-count // _EACH),
        "passages": json.loads(ours.run.output)["passages"],
        "rounds": rounds,
        "briefbot": _medians(ours for ours, _ in pairs),
        "plain": _medians(theirs for _, theirs in pairs),
        "ratio": _medians(_ratios(ours, theirs) for ours, theirs in pairs),
        "walls_s": {"briefbot": [ours["wall_s"] for ours, _ in pairs], "plain": [it["wall_s"] for _, it in pairs]},
    }


def short_commands(texts: Sequence[str], folder: Path) -> dict[str, Any]:
    """Measure the small builds on an index of their own, `ask` on the one of the full build, and `--help`."""
    corpus, index = folder / "small", folder / "small-index"
    write_documents(texts, corpus, 1)
    build = (*BRIEFBOT, "build", "--corpus", str(corpus), "--index", str(index))
    run(build, folder)
    wall_seconds(build, folder)  # files that were young at the first build are hashed once more
    ask = (*BRIEFBOT, "ask", "Who proclaimed an oil embargo in October 1973?", "--index", str(folder / "index"))
    return {
        "documents": len(texts),
        "build_without_change": _timed(build, folder),
        "build_one_changed": _spread([_changed_build(build, corpus, folder) for _ in range(REPEATS)]),
        "ask": _timed((*ask, "--corpus", str(folder / "corpus")), folder),
        "help": _timed((*BRIEFBOT, "--help"), folder),
        "help_imports": imported((*BRIEFBOT, "--help"), folder),
    }


def imported(command: Sequence[str], folder: Path) -> list[str]:
    """Return which libraries of `NOT_FOR_HELP` a Python process imports."""
    told = run((command[0], "-X", "importtime", *command[1:]), folder).errors
    roots = set(re.findall(r"\|\s+(\w+)[.\w]*$", told, re.MULTILINE))
    return [name for name in NOT_FOR_HELP if name in roots]


def as_markdown(figures: dict[str, Any]) -> str:
    """Return the figures as Markdown tables."""
    machine_line = ", ".join(f"{name} {value}" for name, value in figures["machine"].items())
    tables = (_full_table(figures["full_build"]), _short_table(figures["short_commands"]))
    return "\n\n".join([machine_line, *("\n".join(lines) for lines in tables)])


def _full_table(full: dict[str, Any]) -> list[str]:
    return [
        f"{full['paragraphs']:,} paragraphs, {full['recombined']:,} of them recombined from real sentences;",
        f"{full['documents']:,} documents, {full['passages']:,} passages; medians of {full['rounds']}.",
        "",
        "| full build | briefbot | plain script | ratio |",
        "|---|---|---|---|",
        *(
            f"| {title} | {full['briefbot'][name]} | {full['plain'][name]} | {full['ratio'].get(name) or '–'} |"
            for name, title in _TITLES.items()
        ),
    ]


def _short_table(short: dict[str, Any]) -> list[str]:
    return [
        f"Small builds of {short['documents']:,} documents of one paragraph; `ask` on the index of the full build.",
        "",
        "| whole process, s | median | least | most |",
        "|---|---|---|---|",
        *(
            f"| {title} | {short[name]['median']} | {short[name]['least']} | {short[name]['most']} |"
            for name, title in _COMMANDS.items()
        ),
        "",
        f"Of {', '.join(NOT_FOR_HELP)}, `--help` imports: {', '.join(short['help_imports']) or 'none'}.",
    ]


def _built(command: Sequence[str], index: Path, folder: Path) -> Side:
    shutil.rmtree(index, ignore_errors=True)
    done = run(command, folder)
    return Side(done, sum(path.stat().st_size for path in index.rglob("*") if path.is_file()))


def _changed_build(build: Sequence[str], corpus: Path, folder: Path) -> float:
    first = min(corpus.iterdir())
    first.write_text(f"{first.read_text('utf-8')}\n{_CHANGE}\n", "utf-8")
    return wall_seconds(build, folder)


def _timed(command: Sequence[str], folder: Path) -> dict[str, float]:
    return _spread([wall_seconds(command, folder) for _ in range(REPEATS)])


def _spread(walls: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(walls), 3),
        "least": round(min(walls), 3),
        "most": round(max(walls), 3),
        "runs": len(walls),
    }


def _medians(rows: Iterable[dict[str, float]]) -> dict[str, float]:
    """Return the median of each column."""
    kept = list(rows)
    return {name: round(statistics.median(row[name] for row in kept), 2) for name in kept[0]}


def _ratios(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, float]:
    """Return ours in units of theirs, where there is any of theirs."""
    return {name: ours[name] / theirs[name] for name in ours if theirs[name] and name != "others_cores"}


if __name__ == "__main__":
    main()
