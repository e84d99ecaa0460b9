"""What the model in bytes loses: the product's own ranking with its vectors, and with those of full precision.

    figures/quality.json holds, for each collection, how often the right paragraph is first and among the first ten.

Every question goes through the search of `ask`, over the same paragraphs, with the precisions `float32`, which computes
what sentence-transformers does (`encoding.py`), and `int8`.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from benchmarks.beir import no_bars, opened
from benchmarks.kept import CACHE, Kept, machine
from briefbot.evaluation.asking import rank_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.plan import Plan

PRECISIONS = ("float32", "int8")


def measure(folders: Sequence[Path], plan: Plan, kept: Kept) -> dict[str, Any]:
    """Return the figures of each collection; each precision of each is a piece of its own."""
    collections = {}
    for folder in folders:
        chosen = part_of(folder, plan.quality_entries) if plan.quality_entries else folder
        found = {}
        for precision in PRECISIONS:
            parameters = {"collection": chosen.name, "precision": precision}
            found[precision] = kept.piece("quality", parameters, _measuring(chosen, precision))
        collections[folder.name] = _compared(found)
    return {"machine": machine(), "collections": collections}


def part_of(folder: Path, entries: int) -> Path:
    """Write the first entries of a collection, with the questions that they answer, as a smaller collection."""
    part = CACHE / "parts" / f"{folder.name}-{entries}"
    shutil.rmtree(part, ignore_errors=True)
    (part / "qrels").mkdir(parents=True)
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()[:entries]
    names = {json.loads(line)["_id"] for line in lines}
    head, *rows = (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()
    kept = [row for row in rows if row.split("\t")[1] in names]
    asked = {row.split("\t")[0] for row in kept}
    queries = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    texts = {
        "corpus.jsonl": lines,
        "queries.jsonl": [line for line in queries if json.loads(line)["_id"] in asked],
        "qrels/test.tsv": [head, *kept],
    }
    for name, written in texts.items():
        (part / name).write_text("\n".join(written) + "\n", "utf-8")
    return part


def _measuring(folder: Path, precision: str) -> Any:
    return lambda: _found(folder, precision)


def _found(folder: Path, precision: str) -> dict[str, Any]:
    """Return for each question that has an answer whether it is first and among the first ten, as rows of 0 and 1."""
    with opened(folder, CACHE / folder.name, precision=precision) as place:
        relevant = {query: found for query in place.collection.queries if (found := place.collection.relevant(query))}
        rankings = rank_all(list(relevant), place.ids, place.library, no_bars, conversation=False)
        passages = place.library.generation.manifest.passages
    within = {n: [int(not relevant[one.query].isdisjoint(one.entries[:n])) for one in rankings] for n in (1, 10)}
    return {"passages": passages, "first": within[1], "ten": within[10]}


def _compared(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    full, ours = (found[precision]["first"] for precision in PRECISIONS)
    return {
        "questions": len(ours),
        "passages": found["int8"]["passages"],
        **{precision: {n: round(100 * _mean(found[precision][n]), 2) for n in ("first", "ten")} for precision in found},
        "lost": sum(theirs > mine for theirs, mine in zip(full, ours, strict=True)),
        "gained": sum(theirs < mine for theirs, mine in zip(full, ours, strict=True)),
    }


def _mean(values: Sequence[int]) -> float:
    return sum(values) / max(1, len(values))
