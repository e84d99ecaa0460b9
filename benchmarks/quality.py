"""How often the right paragraph comes first, and how well briefbot knows that it does not know.

    python -m benchmarks.quality FOLDER...      collections in BEIR's form

Every question goes through `briefbot.answering.ask`. A document counts by its best passage.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.beir import Asked, library, load_questions
from benchmarks.kept import CACHE
from briefbot.answering import Library, ask
from briefbot.model import Question, Scope
from briefbot.settings import PRECISIONS


@dataclass(frozen=True, slots=True)
class Outcome:
    """The documents given for a question, best first, how sure briefbot was, and whether it answered."""

    asked: Asked
    documents: tuple[str, ...]
    confidence: float
    answered: bool

    def found_within(self, n: int) -> bool:
        """Tell whether a relevant document is among the first n."""
        return bool(self.asked.relevant & set(self.documents[:n]))


def outcome(asked: Asked, opened: Library) -> Outcome:
    """Ask one question."""
    answer = ask(Question(asked.text, Scope.everything(), k=20), opened)
    excerpts = answer.excerpts or answer.related
    cited = [citation.document for excerpt in excerpts for citation in (excerpt.citation, *excerpt.also)]
    documents = tuple(dict.fromkeys(cited))
    return Outcome(asked, documents, answer.confidence, answer.answered)


def report(name: str, outcomes: list[Outcome]) -> None:
    """Print the figures of one collection."""
    answerable = [outcome for outcome in outcomes if outcome.asked.relevant]
    shares = {n: np.mean([outcome.found_within(n) for outcome in answerable]) for n in (1, 3, 10)}
    print(f"{name}: " + ", ".join(f"R@{n} {share:.3f}" for n, share in shares.items()))
    given = [outcome for outcome in outcomes if outcome.answered]
    right = [outcome for outcome in given if outcome.found_within(1)]
    print(f"  answered {len(given)} of {len(outcomes)}, right first {len(right)}", end="")
    print(f" (precision {len(right) / max(1, len(given)):.3f}, coverage {len(right) / len(answerable):.3f})")
    if len(answerable) < len(outcomes):
        print(f"  answerable against not: AUROC {area(outcomes):.3f}")


def area(outcomes: list[Outcome]) -> float:
    """Return the chance that an answerable question has the higher confidence."""
    yes = np.array([outcome.confidence for outcome in outcomes if outcome.asked.relevant])
    no = np.sort([outcome.confidence for outcome in outcomes if not outcome.asked.relevant])
    below, up_to = np.searchsorted(no, yes, "left"), np.searchsorted(no, yes, "right")
    return float((below + up_to).mean() / 2 / len(no))


def main() -> None:
    """Measure each collection that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0], help="what the model computes with")
    options = parser.parse_args()
    for folder in options.folders:
        questions = load_questions(folder)
        with library(folder, CACHE / folder.name, questions, precision=options.precision) as opened:
            report(folder.name, [outcome(asked, opened) for asked in questions])


if __name__ == "__main__":
    main()
