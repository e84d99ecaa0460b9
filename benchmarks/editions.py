"""Documents that change while a bot answers from them, and whether what it said is what one generation holds.

An edited document says in every paragraph which edition it is, and every other edition has a paragraph more in front,
so that words, paragraph numbers and titles of two generations do not fit together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefbot.index.store import open_number
from briefbot.wording import letters

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_CITED = re.compile(r"(document-\d{5})\b.* paragraph (\d+)")
_QUOTED = "> "


@dataclass(frozen=True, slots=True)
class Claim:
    """What a message says stands in a paragraph of a document: pieces of it, as letters only."""

    document: str
    paragraph: int
    pieces: tuple[str, ...]


def claims(content: str) -> list[Claim]:
    """Return what an answer claims: a line that cites, the sentence above the first of them, the quotations below."""
    lines = content.replace("\\", "").split("\n")
    cited = [
        (i, found) for i, line in enumerate(lines) if not line.startswith(_QUOTED) and (found := _CITED.search(line))
    ]
    ends = [*(i for i, _ in cited[1:]), len(lines)]
    made = []
    for (i, found), end in zip(cited, ends, strict=True):
        quoted = [line.removeprefix(_QUOTED) for line in lines[i:end] if line.startswith(_QUOTED)]
        parts = ["\n".join(quoted), *(lines[:1] if i == 1 else [])]
        pieces = (letters(piece) for part in parts for piece in part.split("…"))
        made.append(Claim(found[1], int(found[2]), tuple(filter(None, pieces))))
    return made


@dataclass(slots=True)
class Editions:
    """The documents of a corpus, what each generation holds of them, and how they are edited."""

    corpus: Path
    index: Path
    generations: list[int] = field(default_factory=list)
    _held: dict[str, dict[int, tuple[str, ...]]] = field(default_factory=dict)

    def edit(self, names: Iterable[str], edition: int) -> None:
        """Write a new edition of documents."""
        for name in names:
            path = self.corpus / f"{name}.txt"
            paragraphs = [_bare(text) for text in path.read_text("utf-8").strip().split("\n\n")]
            marked = [f"{text} (Edition {edition}.)" for text in paragraphs if text]
            first = [f"This document has been edited {edition} times."] if edition % 2 else []
            path.write_text("\n\n".join([*first, *marked]) + "\n", "utf-8")

    def note(self, number: int, changed: Iterable[str] | None = None) -> None:
        """Note what a generation holds of the changed documents, by default of all; unpublished numbers are none."""
        if number in self.generations:
            return
        with open_number(self.index, number) as generation:
            for name in generation.documents if changed is None else (f"{name}.txt" for name in changed):
                held = tuple(letters(passage.text) for passage in generation.passages(name))
                self._held.setdefault(name.removesuffix(".txt"), {})[number] = held
        self.generations.append(number)

    def true_in(self, said: Sequence[Claim]) -> set[int]:
        """Return the generations in which all of it stands."""
        return {number for number in self.generations if all(self._holds(number, claim) for claim in said)}

    def was_edited(self, claim: Claim) -> bool:
        """Tell whether the document that a claim is about had several editions."""
        return len(self._held.get(claim.document, {})) > 1

    def _holds(self, number: int, claim: Claim) -> bool:
        known = self._held.get(claim.document, {})
        held = known[max(made for made in known if made <= number)] if known else ()
        here = held[claim.paragraph - 1] if claim.paragraph <= len(held) else ""
        return bool(claim.pieces) and all(piece in here for piece in claim.pieces)


def _bare(text: str) -> str:
    """Return a paragraph without the mark of its edition, and nothing where it was put in front by one."""
    return re.sub(r" \(Edition \d+\.\)|This document has been edited \d+ times\.", "", text)


@dataclass(frozen=True, slots=True)
class Rounds:
    """Which documents are edited: few in all, so that most are edited several times, half of them often asked about."""

    asked: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def of(cls, asked: Sequence[str], others: Sequence[str], each: int, chance: random.Random) -> Rounds:
        """Choose among documents that questions are about, and others, for rounds of `each`."""
        return cls(*(tuple(chance.sample(names, min(len(names), 2 * each))) for names in (asked, others)))

    def choose(self, each: int, chance: random.Random) -> list[str]:
        """Return the documents of one round."""
        first = chance.sample(self.asked, min(len(self.asked), -(-each // 2)))
        return [*first, *chance.sample(self.others, min(len(self.others), each - len(first)))]
