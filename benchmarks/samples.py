"""A corpus with its index, made of a collection or, where there is none, of the sample documents."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.paragraphs import load_paragraphs, write_documents
from benchmarks.processes import BRIEFBOT
from briefbot.index.manifest import FORMAT
from briefbot.index.store import open_current

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = Path(__file__).parent / ".cache" / "discord_load"
_EACH = 10  # paragraphs a document
_WORDS = 12  # of a sentence that is made a question
_SHORTEST = 60  # characters of a sentence that is worth asking about


@dataclass(frozen=True, slots=True)
class Ground:
    """A corpus and its index, to be changed at will; `documents` counts those of the corpus."""

    corpus: Path
    index: Path
    documents: int
    figures: dict[str, Any]


def prepared(collection: Path, paragraphs: int, place: Path) -> Ground:
    """Return copies of a corpus of so many paragraphs and of its index, which is kept and brought up to date."""
    kept = CACHE / f"{collection.name}-{paragraphs}-{FORMAT}"
    chosen = load_paragraphs([collection], paragraphs)
    if not kept.exists():
        print(f"The first index of {paragraphs:,} paragraphs is built and kept in {kept}.")
        write_documents(chosen.texts, kept / "corpus", _EACH)
    folders = ("--corpus", str(kept / "corpus"), "--index", str(kept / "index"))
    subprocess.run((*BRIEFBOT, "build", *folders), check=True, stdout=subprocess.DEVNULL)
    corpus, index = place / "corpus", place / "index"
    shutil.copytree(kept / "corpus", corpus)
    shutil.copytree(kept / "index", index)
    with open_current(index) as generation:
        manifest = generation.manifest
    figures = {"name": collection.name, "paragraphs": len(chosen.texts), "recombined": chosen.recombined}
    figures |= {"documents": manifest.documents, "passages": manifest.passages}
    return Ground(corpus, index, manifest.documents, figures)


def document_of(collection: Path, corpus: Path) -> dict[str, str]:
    """Return, for each entry of a collection, the document that holds it."""
    places = {
        text: path.stem
        for path in sorted(corpus.glob("*.txt"))
        for text in path.read_text("utf-8").rstrip("\n").split("\n\n")
    }
    rows = map(json.loads, (collection / "corpus.jsonl").read_text("utf-8").splitlines())
    found = {str(row["_id"]): places.get(" ".join(row["text"].split())) for row in rows}
    return {entry: document for entry, document in found.items() if document}


def sample_collection(index: Path, folder: Path) -> Path:
    """Write the passages of an index as a collection, with a question made of the words of each long sentence."""
    (folder / "qrels").mkdir(parents=True)
    entries, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for entry, (text, sentences) in enumerate(_passages(index)):
        entries.append(json.dumps({"_id": f"p{entry}", "text": text}))
        for number, sentence in enumerate(sentences):
            queries.append(json.dumps({"_id": f"q{entry}-{number}", "text": f"{' '.join(sentence.split()[:_WORDS])}?"}))
            qrels.append(f"q{entry}-{number}\tp{entry}\t1")
    for name, lines in {"corpus.jsonl": entries, "queries.jsonl": queries, "qrels/test.tsv": qrels}.items():
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def _passages(index: Path) -> Iterator[tuple[str, list[str]]]:
    with open_current(index) as generation:
        for name in generation.documents:
            for passage in generation.passages(name):
                sentences = [sentence.text for sentence in passage.sentences if len(sentence.text) >= _SHORTEST]
                if passage.kind == "paragraph" and sentences:
                    yield passage.text, sentences
