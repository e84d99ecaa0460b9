"""Collections of questions with known answers, in BEIR's form, indexed by briefbot itself.

Each entry of `corpus.jsonl` becomes one text file with its title beside it, so that files are read, cut, embedded and
ranked exactly as a team's own would be.
"""

from __future__ import annotations

import contextlib
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from briefbot.answering import Library, open_library
from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.cli.encoders import building_encoder
from briefbot.index.disk import Disk
from briefbot.index.store import open_current
from briefbot.search.sources import DenseSource, LexicalSource
from briefbot.settings import Settings
from briefbot.wording import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from briefbot.embedding.encoder import Encoder, Vectors


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a collection, and the names of the documents that answer it; none where nothing does."""

    text: str
    relevant: frozenset[str]


class LikeReal:
    """What an encoder says of itself that stands for the real one."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.identity, self.source = encoder.name, encoder.identity, encoder.source
        self.compiled = encoder.compiled
        self.dimensions, self.window, self.count = encoder.dimensions, encoder.window, encoder.count


class RememberedQuestions(LikeReal):
    """The real encoder, with the vectors of all questions computed beforehand in large batches."""

    def __init__(self, encoder: Encoder, questions: Sequence[str]) -> None:
        super().__init__(encoder)
        self.encode_passages, self._encode = encoder.encode_passages, encoder.encode_questions
        words = list(dict.fromkeys(normalised(text) for text in questions))
        self._vectors = dict(zip(words, encoder.encode_questions(words), strict=True))

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors computed beforehand; what a question was corrected to is encoded now."""
        new = [text for text in texts if text not in self._vectors]
        self._vectors |= dict(zip(new, self._encode(new), strict=True)) if new else {}
        return np.array([self._vectors[text] for text in texts])


def load_questions(folder: Path) -> list[Asked]:
    """Return the questions of a collection."""
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        query, entry, score = line.split("\t")
        if float(score) > 0:
            relevant.setdefault(query, set()).add(file_name(entry))
    rows = map(json.loads, (folder / "queries.jsonl").read_text("utf-8").splitlines())
    return [Asked(row["text"], frozenset(relevant.get(row["_id"], ()))) for row in rows]


def shuffled_questions(folder: Path) -> list[str]:
    """Return the texts of a collection's questions, in the same chance order every time."""
    texts = [asked.text for asked in load_questions(folder)]
    random.Random(1).shuffle(texts)
    return texts


def file_name(entry: str) -> str:
    """Return the document name of an entry."""
    return "".join(mark if mark.isalnum() or mark in "-_" else f"%{ord(mark):x}" for mark in entry) + ".txt"


def write_corpus(folder: Path, corpus: Path) -> None:
    """Write each entry of a collection as a text file, with its title in a sidecar."""
    corpus.mkdir(parents=True, exist_ok=True)
    for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        path = corpus / file_name(row["_id"])
        path.write_text(row["text"], "utf-8")
        if row.get("title"):
            Path(f"{path}.meta.toml").write_text(f"title = {json.dumps(row['title'], ensure_ascii=False)}\n", "utf-8")


@contextlib.contextmanager
def library(folder: Path, cache: Path, questions: Sequence[Asked], *, precision: str = "int8") -> Iterator[Library]:
    """Build the index of a collection below `cache`, or bring it up to date, and open it."""
    write_corpus(folder, cache / "corpus")
    settings = Settings(corpus=cache / "corpus", index=cache / f"index-{precision}", precision=precision)
    encoder, _ = building_encoder(settings, anew=False)
    report = build(Tools(settings, Disk(settings.index), encoder, no_bars), BuildOptions(allow_removals=True))
    print(f"{folder.name}: {report.documents} documents, {report.passages} passages, {len(report.skipped)} skipped")
    remembered = RememberedQuestions(encoder, [question.text for question in questions])
    with open_current(settings.index) as generation:
        yield open_library(generation, remembered, [DenseSource(generation), LexicalSource(generation)], ())


@contextlib.contextmanager
def no_bars(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
    """Show no progress."""
    yield lambda _: None
