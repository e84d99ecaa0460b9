"""What an index of very many passages costs to make, to keep and to ask.

    python -m benchmarks.scale --passages 100000 FOLDER...      collections in BEIR's form

Paragraphs are put together from real sentences, and go through the real build. Only the model does not encode them:
each gets the vector of a real paragraph, moved a little. The questions and their vectors are real. What has been made
stays below `benchmarks/.cache` and is used again. Prints the figures and writes them to `figures/scale-N.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.beir import RememberedQuestions, load_questions, no_bars
from benchmarks.building import machine
from benchmarks.paragraphs import load_paragraphs, write_documents
from benchmarks.processes import run
from briefbot.answering import Library, ask, open_library
from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.embedding.reference import ReferenceEncoder
from briefbot.index.disk import Disk
from briefbot.index.store import open_current
from briefbot.model import Filters, Question, Scope
from briefbot.search.sources import DenseSource, LexicalSource
from briefbot.settings import DEFAULT_MODEL, Settings
from briefbot.wording import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.embedding.encoder import Vectors
    from briefbot.index.generation import Generation

CACHE = Path(__file__).parent / ".cache"
FIGURES = Path(__file__).parent / "figures"
_REAL = 20_000  # paragraphs whose vectors are computed
_ASKED = 1_000
_COMPARED = 200  # questions whose ten nearest are compared with the exact ones
_EACH = 10  # paragraphs a document
_LEAST, _MOST = 0.33, 0.75  # the length of what is added to a vector: the cosine is then between 0.95 and 0.8
_OPEN = """
import sys
from pathlib import Path
from benchmarks.scale import first_answer
print(first_answer(Path(sys.argv[1])))
"""


@dataclass
class Moved:
    """An `Encoder` whose passage vectors are real ones, moved a little; the same text always gets the same one."""

    real: Vectors
    questions: dict[str, Vectors]
    name: str = "real vectors, moved"
    identity: str = "moved-1"
    window: int = 1_000_000
    compiled: None = None
    seconds: float = field(default=0.0)

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self.real.shape[1]

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words of each text."""
        return [text.count(" ") + 1 for text in texts]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors that the model made of the questions."""
        return np.array([self.questions[text] for text in texts], np.float32)

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return one vector a text, and count the seconds that this takes."""
        began = time.perf_counter()
        vectors = np.array([self._vector(text) for text in texts], np.float32)
        done(len(texts))
        self.seconds += time.perf_counter() - began
        return vectors

    def _vector(self, text: str) -> Vectors:
        chance = np.random.default_rng(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))
        noise = chance.standard_normal(self.dimensions, np.float32) * chance.uniform(_LEAST, _MOST)
        moved = self.real[chance.integers(len(self.real))] + noise / np.sqrt(self.dimensions)
        return moved / np.linalg.norm(moved)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--passages", type=int, default=100_000)
    options = parser.parse_args()
    place = CACHE / f"scale-{options.passages}"
    encoder = moved(options.folders)
    built = made(place, encoder, options.folders, options.passages)
    with open_current(place / "index") as generation:
        figures = {"machine": machine(), "passages": generation.manifest.passages, **built, **kept(place, generation)}
        figures["recall_at_10"] = recall(generation, list(encoder.questions.values())[:_COMPARED])
    figures |= asked_apart(place)
    print(json.dumps(figures, indent=2))
    FIGURES.mkdir(exist_ok=True)
    (FIGURES / f"scale-{options.passages}.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def moved(folders: Sequence[Path]) -> Moved:
    """Return the encoder; the real vectors are computed once."""
    path = CACHE / "real-vectors.npz"
    if not path.exists():
        texts = [asked.text for folder in folders for asked in load_questions(folder)]
        chosen = [texts[i] for i in np.random.default_rng(1).permutation(len(texts))[:_ASKED]]
        model = ReferenceEncoder(DEFAULT_MODEL)
        words = list(dict.fromkeys(map(normalised, chosen)))
        remembered = RememberedQuestions(model, words)
        real = model.encode_passages(real_paragraphs(folders), lambda _: None)
        CACHE.mkdir(exist_ok=True)
        np.savez(path, real=real, questions=remembered.encode_questions(words), words=np.array(words))
    with np.load(path) as kept_vectors:
        words = kept_vectors["words"].tolist()
        return Moved(kept_vectors["real"], dict(zip(words, kept_vectors["questions"], strict=True)))


def real_paragraphs(folders: Sequence[Path]) -> list[str]:
    """Return the paragraphs of the collections, as many as are wanted at most."""
    rows = (json.loads(line) for folder in folders for line in (folder / "corpus.jsonl").open(encoding="utf-8"))
    return list(dict.fromkeys(row["text"] for row in rows))[:_REAL]


def made(place: Path, encoder: Moved, folders: Sequence[Path], passages: int) -> dict[str, Any]:
    """Build the index unless it is there, and return what that cost."""
    told = place / "build.json"
    if not told.exists():
        if not (place / "corpus").exists():
            write_documents(load_paragraphs(folders, passages).texts, place / "writing", _EACH)
            (place / "writing").rename(place / "corpus")
        began = time.perf_counter()
        report = built(place, encoder)
        rest = time.perf_counter() - began - encoder.seconds
        figures = {"build_without_encoding_s": round(rest, 1), "passages_per_s": round(report.encoded / rest)}
        told.write_text(json.dumps(figures), "utf-8")
    return dict(json.loads(told.read_text("utf-8")))


def built(place: Path, encoder: Moved) -> Any:
    """Bring the index up to date."""
    settings = Settings(corpus=place / "corpus", index=place / "index")
    return build(Tools(settings, Disk(settings.index), encoder, no_bars), BuildOptions(allow_removals=True))


def kept(place: Path, generation: Generation) -> dict[str, Any]:
    """Return what the index is made of."""
    size = sum(path.stat().st_size for path in (place / "index").rglob("*") if path.is_file())
    segments = generation.manifest.segments
    return {
        "index_mb": round(size / 1e6, 1),
        "segments": [
            {"passages": one.passages, "live": one.live, "kind": one.kind, "recall": one.recall} for one in segments
        ],
    }


def recall(generation: Generation, questions: Sequence[Vectors]) -> float:
    """Return which share of the ten nearest passages is found, over the same vectors."""
    found = [_nearest_found(generation, question) for question in questions]
    return round(statistics.mean(found), 4)


def _nearest_found(generation: Generation, question: Vectors) -> float:
    exact: list[tuple[float, int]] = []
    ours: list[tuple[float, int]] = []
    for start, segment in generation.parted():
        few = np.zeros(segment.entry.passages, np.bool_)
        for half in (slice(0, None, 2), slice(1, None, 2)):  # of few passages, all are compared
            few[:] = False
            few[half] = True
            exact += zip(*_shifted(segment.vectors.search(question, 10, few), start), strict=True)
        ours += zip(*_shifted(segment.vectors.search(question, 10, None), start), strict=True)
    wanted, got = ({row for _, row in sorted(some, reverse=True)[:10]} for some in (exact, ours))
    return len(wanted & got) / len(wanted)


def _shifted(found: tuple[Any, Any], start: int) -> tuple[list[float], list[int]]:
    return found[0].tolist(), (found[1] + start).tolist()


def asked_apart(place: Path) -> dict[str, Any]:
    """Return what asking costs in a process of its own, first of all and thereafter."""
    told = run((sys.executable, "-c", _OPEN, str(place.resolve())), Path.cwd())
    return dict(json.loads(told.output))


def first_answer(place: Path) -> str:
    """Open the index, ask every question, and tell how long that took and what memory it holds."""
    encoder, imported = moved([]), anonymous_mb()
    began = time.perf_counter()
    with open_current(place / "index") as generation:
        library = open_library(generation, encoder, [DenseSource(generation), LexicalSource(generation)], ())
        times = [_timed(text, library) for text in encoder.questions]
        opened = time.perf_counter() - began - sum(times[1:])
        again = [_timed(text, library) for text in encoder.questions]
        spread = np.percentile(np.array(again) * 1000, [50, 95, 99]).round(2).tolist()
        first = np.percentile(np.array(times[1:]) * 1000, [50, 99]).round(2).tolist()
        return json.dumps(
            {
                "open_and_first_question_ms": round(opened * 1000, 1),
                "question_ms": dict(zip(("p50", "p95", "p99"), spread, strict=True)),
                "question_asked_first_time_ms": dict(zip(("p50", "p99"), first, strict=True)),
                "questions": len(times),
                "anonymous_mb": {"before": imported, "after": anonymous_mb()},
            }
        )


def _timed(text: str, library: Library) -> float:
    began = time.perf_counter()
    ask(Question(text, Scope.everything(), Filters(), 3), library)
    return time.perf_counter() - began


def anonymous_mb() -> int:
    """Return the anonymous memory of this process."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon"))


if __name__ == "__main__":
    main()
