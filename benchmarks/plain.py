"""An index as many write it: every paragraph encoded with the library's defaults, FAISS, NumPy and JSON.

    python benchmarks/plain.py build MODEL CORPUS INDEX
    python benchmarks/plain.py ask MODEL CORPUS INDEX QUESTION
    python benchmarks/plain.py serve MODEL CORPUS INDEX      a question a line, an answer in JSON a line

What briefbot is measured against. It reads text files only and knows no sentences, words, citations or updates; a
paragraph beyond the model's window is cut off in silence.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from sentence_transformers import SentenceTransformer

_ANSWERS = 3  # as briefbot gives by default


def main(what: str, model: str, corpus: str, index: str, *question: str) -> None:
    """Do what the command line says."""
    encoder = SentenceTransformer(model)
    if what == "build":
        build(encoder, Path(corpus), Path(index))
        return
    flat = faiss.read_index(str(Path(index) / "index.faiss"))
    paragraphs = json.loads((Path(index) / "paragraphs.json").read_text("utf-8"))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not land among the answers
    for asked in question or map(str.strip, sys.stdin):
        scores, places = flat.search(encoder.encode([asked]), _ANSWERS)
        found = [paragraphs[place] | {"score": float(score)} for score, place in zip(scores[0], places[0], strict=True)]
        print(json.dumps(found), file=answers, flush=True)


def build(encoder: Any, corpus: Path, index: Path) -> None:
    """Write the index of a folder of text files."""
    paragraphs = [
        {"document": path.name, "text": text.strip()}
        for path in sorted(corpus.glob("*.txt"))
        for text in path.read_text("utf-8").split("\n\n")
    ]
    vectors = encoder.encode([paragraph["text"] for paragraph in paragraphs])
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    index.mkdir(parents=True)
    faiss.write_index(flat, str(index / "index.faiss"))
    np.save(index / "vectors.npy", vectors)
    (index / "paragraphs.json").write_text(json.dumps(paragraphs), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
