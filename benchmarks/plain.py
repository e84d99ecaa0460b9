"""An index as many write it: every paragraph encoded with the library's defaults, FAISS, NumPy and JSON.

    python benchmarks/plain.py MODEL CORPUS INDEX

What briefbot is measured against. It reads text files only and knows no sentences, words, citations or updates; a
paragraph beyond the model's window is cut off in silence.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import faiss
import numpy as np
from sentence_transformers import SentenceTransformer


def main(model: str, corpus: Path, index: Path) -> None:
    """Write the index of a folder of text files."""
    paragraphs = [
        {"document": path.name, "text": text.strip()}
        for path in sorted(corpus.glob("*.txt"))
        for text in path.read_text("utf-8").split("\n\n")
    ]
    vectors = SentenceTransformer(model).encode([paragraph["text"] for paragraph in paragraphs])
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    index.mkdir(parents=True)
    faiss.write_index(flat, str(index / "index.faiss"))
    np.save(index / "vectors.npy", vectors)
    (index / "paragraphs.json").write_text(json.dumps(paragraphs), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
