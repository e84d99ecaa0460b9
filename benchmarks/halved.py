"""A collection once more with half of its articles, so that nothing answers about half of its questions.

    python -m benchmarks.halved FOLDER INTO

The entries of one article, known by the first part of their title or else of their id, stay or go together. A question
counts as answered by those of its entries that stay.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
from pathlib import Path

_NUMBER = re.compile(r"[#:_-]\d+$")
_PART = re.compile(r"\s[›>]\s")


def article_of(entry: dict[str, str]) -> str:
    """Return what the entries of one article have in common."""
    return _PART.split(entry.get("title") or "")[0] or _NUMBER.sub("", entry["_id"])


def stays(article: str) -> bool:
    """Tell whether an article stays: by a hash of its name, so that it is the same every time."""
    return hashlib.sha256(article.encode()).digest()[0] % 2 == 0


def write_halved(folder: Path, into: Path) -> None:
    """Write the collection with half of its articles and all of its questions."""
    (into / "qrels").mkdir(parents=True, exist_ok=True)
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    kept = {entry["_id"]: line for line in lines if stays(article_of(entry := json.loads(line)))}
    (into / "corpus.jsonl").write_text("".join(f"{line}\n" for line in kept.values()), "utf-8")
    shutil.copy(folder / "queries.jsonl", into / "queries.jsonl")
    header, *judged = (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()
    staying = [line for line in judged if line.split("\t")[1] in kept]
    (into / "qrels" / "test.tsv").write_text("".join(f"{line}\n" for line in (header, *staying)), "utf-8")


def main() -> None:
    """Write the collection that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("into", type=Path)
    options = parser.parse_args()
    write_halved(options.folder, options.into)


if __name__ == "__main__":
    main()
