"""The same job done with txtai: paragraphs, their vectors, their words and their text, asked by both.

    python benchmarks/peer.py build MODEL CORPUS INDEX
    python benchmarks/peer.py ask MODEL CORPUS INDEX QUESTION
    python benchmarks/peer.py serve MODEL CORPUS INDEX      a question a line, an answer in JSON a line

It runs in an environment of its own, which holds txtai and no briefbot. Settings: `hybrid` (vectors and BM25) and
`content` (the texts are kept); all else is txtai's default.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from txtai import Embeddings

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANSWERS = 3  # as briefbot gives by default


def main(what: str, model: str, corpus: str, index: str, *question: str) -> None:
    """Do what the command line says."""
    if what == "build":
        embeddings = Embeddings(path=model, hybrid=True, content=True)
        embeddings.index(_paragraphs(Path(corpus)))
        embeddings.save(index)
        return
    embeddings = Embeddings()
    embeddings.load(index)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not land among the answers
    for asked in question or map(str.strip, sys.stdin):
        print(json.dumps(_answered(embeddings, asked)), file=answers, flush=True)


def _paragraphs(corpus: Path) -> Iterator[dict[str, str]]:
    for path in sorted(corpus.glob("*.txt")):
        for text in path.read_text("utf-8").split("\n\n"):
            yield {"text": text.strip(), "document": path.name}


def _answered(embeddings: Any, question: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = embeddings.search(question, _ANSWERS)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
