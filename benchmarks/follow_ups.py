"""What is gained by reading a question after earlier ones, and what is lost where it needs none.

    python -m benchmarks.follow_ups FOLDER... [--questions N] [--seed N]

Queries that have a `history` are asked by themselves and after it; where all have a `manual_rewrite`, also as that.
Intervals are of 95 %, from conversations drawn anew, since the turns of one hang together. Questions of a collection
without any history are complete: N of them are asked by themselves, after three about the same article (entries of one
title), each with the entry that answers it, and after three about others. All go through the search of `ask`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.beir import Opened, opened
from benchmarks.kept import CACHE
from briefbot.answering import search
from briefbot.evaluation.measures import mean_measures
from briefbot.model import Question, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from briefbot.evaluation.beir import Query

MEASURES = ("nDCG@10", "P@1", "MRR@10")
NAMES = "nDCG@10     R@1  MRR@10"
TURNS, DRAWN = 3, 2_000
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turn:
    """A query of a conversation, and where it is known, what it says when it is written out."""

    query: Query
    rewritten: str | None

    @property
    def conversation(self) -> str:
        """What the conversation began with."""
        return self.query.history[0]


def turns_of(folder: Path, place: Opened) -> list[Turn]:
    """Return the queries that have a history and are answered by something."""
    lines = map(json.loads, (folder / "queries.jsonl").read_text("utf-8").splitlines())
    rewritten = {str(line["_id"]): line.get("manual_rewrite") for line in lines}
    collection = place.collection
    answered = (query for query in collection.queries if query.history and collection.relevant(query))
    return [Turn(query, rewritten[query.id]) for query in answered]


def scores_of(place: Opened, query: Query, text: str, history: Sequence[str]) -> list[float]:
    """Return the measures of one query, asked as `text` after `history`."""
    hits = search(Question(text, Scope.everything(), history=tuple(history)), place.library).ranked.hits
    entries = dict.fromkeys(place.ids[place.library.generation.place(row)[0]] for row in hits.rows.tolist())
    found = mean_measures([(place.collection.grades.get(query.id, {}), tuple(entries))])
    return [found[name] for name in MEASURES]


def report_turns(place: Opened, turns: list[Turn]) -> Iterator[str]:
    """Yield the lines of a collection of conversations."""
    bare = np.array([scores_of(place, it.query, it.query.text, ()) for it in turns])
    after = np.array([scores_of(place, it.query, it.query.text, it.query.history) for it in turns])
    conversations = [turn.conversation for turn in turns]
    yield f"{place.collection.name}: {len(turns)} follow-ups in {len(set(conversations))} conversations"
    yield f"  {'':28}{NAMES}"
    yield _line("by itself", bare)
    yield _line("after its history", after)
    yield from intervals("  gained", conversations, lambda rows: (after - bare)[rows].mean(axis=0))
    if all(turn.rewritten for turn in turns):
        full = np.array([scores_of(place, it.query, it.rewritten or "", ()) for it in turns])
        yield _line("written out by hand", full)
        yield from intervals(
            "  share of the gap", conversations, lambda rows: share_of_gap(bare[rows], after[rows], full[rows])
        )


def _line(label: str, scores: Scores) -> str:
    return f"  {label:28}{'  '.join(f'{value:6.4f}' for value in scores.mean(axis=0))}"


def share_of_gap(bare: Scores, after: Scores, full: Scores) -> Scores:
    """Return which share of the gap is closed; NaN where there is none."""
    gap = (full - bare).sum(axis=0)
    closed = (after - bare).sum(axis=0)
    return np.where(gap > 0, closed / np.where(gap > 0, gap, 1), np.nan)


def intervals(label: str, groups: Sequence[str], value: Callable[[list[int]], Scores]) -> Iterator[str]:
    """Yield a line for each measure: its value, and between what it lies when whole groups are drawn anew."""
    members = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    chance, names = random.Random(1), list(members)
    drawn = [value([i for name in chance.choices(names, k=len(names)) for i in members[name]]) for _ in range(DRAWN)]
    for name, whole, column in zip(NAMES.split(), value(list(range(len(groups)))), np.array(drawn).T, strict=True):
        if np.isnan(whole):
            yield f"{label}, {name}: there is none"
            continue
        low, high = np.nanpercentile(column, [2.5, 97.5])
        without = np.isnan(column).mean()
        yield f"{label}, {name}: {whole:+.3f} [{low:+.3f}, {high:+.3f}]" + (
            f"; no gap in {without:.0%} of the draws" if without else ""
        )


def report_complete(place: Opened, count: int, seed: int) -> Iterator[str]:
    """Yield the line of a collection of complete questions."""
    chance, collection = random.Random(seed), place.collection
    entries = {entry.id: entry for entry in collection.entries}
    answer = {query.id: min(collection.relevant(query), default=None) for query in collection.queries}
    asked = [query for query in collection.queries if answer[query.id] in entries]
    about = defaultdict(list)
    for query in asked:
        about[entries[answer[query.id] or ""].title].append(query)

    def history(queries: Sequence[Query]) -> tuple[str, ...]:
        return tuple(text for it in queries for text in (it.text, entries[answer[it.id] or ""].text))

    rows = []
    for query in chance.sample(asked, min(count, len(asked))):
        title = entries[answer[query.id] or ""].title
        same = [it for it in about[title] if it.id != query.id]
        others = [it for it in chance.sample(asked, min(len(asked), 50)) if it not in about[title]]
        histories = ((), history(chance.sample(same, min(TURNS, len(same)))), history(others[:TURNS]))
        rows.append([_is_first(place, query, it) for it in histories])
    alone, related, unrelated = np.array(rows, float).mean(axis=0)
    yield (
        f"{collection.name}: {len(rows)} complete questions, R@1 {alone:.4f}; "
        f"after the same article {related - alone:+.4f}, after others {unrelated - alone:+.4f}"
    )


def _is_first(place: Opened, query: Query, history: tuple[str, ...]) -> bool:
    hits = search(Question(query.text, Scope.everything(), history=history), place.library).ranked.hits
    return place.ids[place.library.generation.place(int(hits.rows[0]))[0]] in place.collection.relevant(query)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for folder in options.folders:
        with opened(folder, CACHE / folder.name) as place:
            turns = turns_of(folder, place)
            lines = report_turns(place, turns) if turns else report_complete(place, options.questions, options.seed)
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main()
