"""Real paragraphs to build an index from, in files as a team would have them."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SHORTEST = 60  # characters; shorter ones are headings and scraps, which are no paragraphs of their own
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Distinct paragraphs without line ends. The last `recombined` of them were put together from real sentences."""

    texts: tuple[str, ...]
    recombined: int


def load_paragraphs(folders: Sequence[Path], count: int) -> Paragraphs:
    """Return `count` paragraphs of collections in BEIR's form; the same ones every time."""
    chance = random.Random(1)
    rows = (json.loads(line) for folder in folders for line in (folder / "corpus.jsonl").open(encoding="utf-8"))
    real = list(dict.fromkeys(text for row in rows if len(text := " ".join(row["text"].split())) >= _SHORTEST))
    chance.shuffle(real)
    missing = max(0, count - len(real))
    return Paragraphs((*real[:count], *_recombined(real, missing, chance)), missing)


def write_documents(paragraphs: Sequence[str], corpus: Path, each: int) -> None:
    """Write the paragraphs as text files of `each`, with a blank line between two."""
    corpus.mkdir(parents=True)
    for number, start in enumerate(range(0, len(paragraphs), each)):
        text = "\n\n".join(paragraphs[start : start + each])
        (corpus / f"document-{number:05d}.txt").write_text(f"{text}\n", "utf-8")


def _recombined(real: Sequence[str], count: int, chance: random.Random) -> list[str]:
    """Return paragraphs of as many sentences as real ones have, each sentence from somewhere else."""
    divided = [_SENTENCE_END.split(text) for text in real] if count else []
    sentences = [sentence for one in divided for sentence in one if len(sentence) >= _SHORTEST]
    return [" ".join(chance.sample(sentences, max(2, len(chance.choice(divided))))) for _ in range(count)]
