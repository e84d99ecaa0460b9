"""A small collection in BEIR's form, written to a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def write_collection(folder: Path, corpus: list[dict[str, Any]], queries: list[dict[str, Any]], qrels: str) -> Path:
    (folder / "qrels").mkdir(parents=True)
    for name, rows in {"corpus.jsonl": corpus, "queries.jsonl": queries}.items():
        (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, "utf-8")
    return folder
