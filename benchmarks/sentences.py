"""How often the sentence that is marked holds an answer that people gave.

    python -m benchmarks.sentences FOLDER...

Of the questions of a collection with `answers` that `ask` puts the right passage first for: the share whose marked
sentence, or two that stand next to each other, holds one of the answers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.beir import Opened, no_bars, opened
from benchmarks.kept import CACHE
from briefbot.answering import ask
from briefbot.evaluation.asking import foreseeing
from briefbot.evaluation.rows import json_rows
from briefbot.model import Question, Scope
from briefbot.wording import folded


def marked(place: Opened, answers: dict[str, list[str]]) -> tuple[int, int, int]:
    """Return how many questions have the right passage first, how many marks hold an answer, and how many are two."""
    library = foreseeing(place.library, [query.text for query in place.collection.queries], no_bars)
    right = held = double = 0
    for query in place.collection.queries:
        answer = ask(Question(query.text, Scope.everything(), k=1), library)
        for excerpt in (*answer.excerpts, *answer.related)[:1]:
            if place.ids[excerpt.citation.document] in place.collection.relevant(query):
                mark = folded(excerpt.highlight.of(excerpt.text))
                right += 1
                held += any(folded(one) in mark for one in answers[query.id])
                double += excerpt.highlight not in excerpt.sentences
    return right, held, double


def main() -> None:
    """Print a line for each collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        answers = {row["_id"]: row["answers"] for _, row in json_rows(folder / "queries.jsonl")}
        with opened(folder, CACHE / folder.name) as place:
            right, *counts = marked(place, answers)
        held, double = (count / right for count in counts)
        print(f"{folder.name}: {right} first, {held:.3f} of the marks hold an answer, {double:.3f} are two sentences")


if __name__ == "__main__":
    main()
