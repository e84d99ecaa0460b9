"""Questions asked as `ask` asks them: a team's own, and the queries of a collection, whose entries are ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from briefbot.answering import answer_of, ask, consider, search
from briefbot.evaluation.calibrating import Observed
from briefbot.evaluation.judging import Outcome, judged
from briefbot.evaluation.remembering import RememberedQuestions, distinct
from briefbot.model import Question, Scope
from briefbot.search.confidence import signals
from briefbot.search.ranking import CANDIDATES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from briefbot.answering import Library
    from briefbot.evaluation.beir import Query
    from briefbot.evaluation.questions import Asked
    from briefbot.index.generation import Generation

    Bars = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]

SHOWN = 10  # excerpts that a team's own question is judged by
RANKED = 100  # entries of a collection
_DEEPER = 4  # times as many candidates, where the entries are too few


@dataclass(frozen=True, slots=True)
class Ranking:
    """The entries found for a query, best first, and how sure `ask` is of the first one, if that is calibrated."""

    query: Query
    entries: tuple[str, ...]
    confidence: float | None


def ask_all(asked: Sequence[Asked], library: Library, bars: Bars) -> list[Outcome]:
    """Ask a team's own questions, and judge the answers."""
    library = foreseeing(library, [one.text for one in asked], bars)
    outcomes = []
    with bars("asking", len(asked)) as step:
        for one in asked:
            outcomes.append(judged(one, ask(_question(one.text, one.history), library)))
            step(1)
    return outcomes


def observe_all(asked: Sequence[Asked], library: Library, bars: Bars) -> list[Observed]:
    """Ask a team's own questions, and return what confidence can be learnt from."""
    library = foreseeing(library, [one.text for one in asked], bars)
    observed = []
    with bars("asking", len(asked)) as step:
        for one in asked:
            observed.append(_observed(one, library))
            step(1)
    return observed


def _observed(asked: Asked, library: Library) -> Observed:
    considered = consider(_question(asked.text, asked.history), library)
    right = judged(asked, answer_of(considered, library)).first
    if not considered.groups:
        return Observed({}, asked.answerable, right, "missing")
    first, copies = considered.first
    retrieved = considered.retrieved
    found = signals(retrieved.ranked, first, copies)
    return Observed(found, asked.answerable, right, retrieved.literally(first))


def rank_all(
    queries: Sequence[Query], ids: Mapping[str, str], library: Library, bars: Bars, *, conversation: bool
) -> list[Ranking]:
    """Rank the entries for each query; `ids` tells which document is which entry."""
    library = foreseeing(library, [query.text for query in queries], bars)
    entry_at = _entries_by_row(ids, library.generation)
    rankings = []
    with bars("asking", len(queries)) as step:
        for query in queries:
            question = _question(query.text, query.history if conversation else ())
            rankings.append(_ranking(query, question, entry_at, library))
            step(1)
    return rankings


def foreseeing(library: Library, texts: Sequence[str], bars: Bars) -> Library:
    """Return the library with the vectors of these questions computed beforehand."""
    with bars("encoding questions", len(distinct(texts))) as step:
        return replace(library, encoder=RememberedQuestions(library.encoder, texts, step))


def _question(text: str, history: tuple[str, ...]) -> Question:
    return Question(text, Scope.everything(), k=SHOWN, history=history)


def _ranking(query: Query, question: Question, entry_at: Callable[[int], str], library: Library) -> Ranking:
    """Rank as `ask` does; only where that gives too few entries, look deeper for those that come after."""
    retrieved = search(question, library)
    entries = dict.fromkeys(map(entry_at, retrieved.ranked.hits.rows.tolist()))
    depth, passages = CANDIDATES, library.generation.manifest.passages
    while len(entries) < RANKED and depth < passages:
        depth *= _DEEPER
        entries |= dict.fromkeys(map(entry_at, search(question, library, depth=depth).ranked.hits.rows.tolist()))
    return Ranking(query, tuple(entries)[:RANKED], retrieved.confidence())


def _entries_by_row(ids: Mapping[str, str], generation: Generation) -> Callable[[int], str]:
    """Return what tells a row's entry, and remembers it: every query meets the same rows."""
    return cache(lambda row: ids[generation.place(row)[0]])
