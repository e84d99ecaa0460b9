"""From the passages that fusion puts in front to their final order, by finer features.

A linear model of a few features, whose weights stand in `reranking.json` beside this module, with what they were learnt
on and the command that learns them again. Weights belong to a model: what was learnt with one says nothing of another.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from briefbot.search.analysis import asked_terms_at, terms
from briefbot.search.interaction import interaction
from briefbot.search.ranking import Hits
from briefbot.search.sources import DenseMatches, LexicalMatches, Pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from briefbot.codes import Codes
    from briefbot.embedding.encoder import EncodedQuestion
    from briefbot.index.generation import Generation
    from briefbot.index.vectors import Rows
    from briefbot.search.ranking import Ranked
    from briefbot.search.sources import Query, Scores

DEPTH = 50  # hits; the right passage stands among them for 99.7 % of SQuAD's questions
_REMEMBERED = 4_096  # titles with headings, whose terms are remembered: many questions meet the same
_FAMILIAR, _STRANGE = 0.4, 0.6  # pieces a letter: what a model knows well is cut into few
_SAID, _HEARD = 1.0, 10  # by how much a hit is put back that was given as an answer before, and how many are looked at
_OF_PIECES = ("short", "middle", "long", "pairs")
_BELOW = 1.0  # how far the first hit that is not looked at stands below the last that is


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts, and the hash of the model's files that this was learnt with."""

    model: str
    features: Mapping[str, float]


@cache
def weights() -> Weights:
    """Return the weights that come with briefbot."""
    numbers = json.loads(resources.files("briefbot.search").joinpath("reranking.json").read_text("utf-8"))
    return Weights(numbers["model"], numbers["weights"])


def pieces_of(text: str, encoded: EncodedQuestion, languages: Sequence[str]) -> Pieces:
    """Return the word pieces of a question, as the encoder read them; its words are analysed in the languages."""
    runs = asked_terms_at(text, languages)
    starts = [start for start, _ in runs]
    its_terms = tuple(tuple(runs[bisect_right(starts, place) - 1][1]) for place in encoded.places.tolist())
    letters = sum(map(str.isalnum, text))
    known = (_STRANGE - len(its_terms) / max(1, letters)) / (_STRANGE - _FAMILIAR)
    return Pieces(encoded.pieces, its_terms, min(1.0, max(0.0, known)))


def reranked(ranked: Ranked, query: Query, generation: Generation, learnt: Weights) -> Ranked:
    """Return the hits with the first of them in the order of the learnt model; the others keep theirs."""
    hits = ranked.hits
    first, rest = hits.rows[:DEPTH], slice(DEPTH, None)
    if not len(first):
        return ranked
    features = features_of(first, ranked, query, generation)
    scores = sum((weight * features[name] for name, weight in learnt.features.items()), np.zeros(len(first)))
    order = np.argsort(-scores, kind="stable")
    below = hits.scores[rest] - hits.scores[rest].max(initial=-np.inf) + scores.min() - _BELOW
    none = np.full(len(below), np.nan)
    everything = {name: np.concatenate([values[order], none]) for name, values in features.items()}
    rows = np.concatenate([first[order], hits.rows[rest]])
    reordered = Hits(rows, np.concatenate([scores[order], below]), everything)
    return replace(ranked, hits=reordered, weights=learnt.features)


def put_back(ranked: Ranked, said: Callable[[int], bool]) -> Ranked:
    """Return the hits with those put back, of the first few, whose rows were `said` before: who asks on wants more."""
    hits = ranked.hits
    scores = hits.scores.copy()
    scores[:_HEARD] -= _SAID * np.array([said(row) for row in hits.rows[:_HEARD].tolist()], np.float64)
    order = np.argsort(-scores, kind="stable")
    features = {name: values[order] for name, values in hits.features.items()}
    return replace(ranked, hits=Hits(hits.rows[order], scores[order], features))


def features_of(rows: Rows, ranked: Ranked, query: Query, generation: Generation) -> dict[str, Scores]:
    """Return the features of some of the candidates, one number a row.

    `cosine` is that of the whole passage; `short`, `middle`, `long` and `pairs` are means of the cosines of
    word pieces. These and `bm25`, a part of the best, count as far as the model knows the question's words, and `alone`
    is BM25 as far as it does not. `coverage` and `title` are the share of what the question's terms are worth that the
    passage holds, and that its title and headings hold.
    """
    dense, lexical = ranked.matches["dense"], ranked.matches["lexical"]
    if not isinstance(dense, DenseMatches) or not isinstance(lexical, LexicalMatches):
        raise TypeError("reranking needs the dense and the lexical source")
    known, bm25 = query.pieces.known, lexical.scores(rows)
    codes = [generation.codes(int(row)) for row in rows]
    near = interaction(query.pieces.vectors, _worths(query.pieces, lexical), codes)
    short, middle, long = near.stretches
    return {
        "cosine": known * dense.cosines(rows),
        "short": known * short,
        "middle": known * middle,
        "long": known * long,
        "pairs": known * near.pairs,
        "bm25": known * bm25,
        "alone": (1 - known) * bm25,
        "coverage": lexical.coverages(rows),
        "title": _titles(rows, lexical, generation),
    }


@lru_cache(maxsize=_REMEMBERED)
def _distinct_terms(heading: str, language: str | None) -> frozenset[str]:
    return frozenset(terms(heading, language))


def scores_of_parts(ranked: Ranked, pieces: Pieces, places: Rows, codes: Sequence[Codes], learnt: Weights) -> Scores:
    """Return the scores of parts of passages, whose word pieces are `codes`, of the hits at `places`.

    A part has its own word pieces, and everything else in common with its passage.
    """
    lexical = ranked.matches["lexical"]
    if not isinstance(lexical, LexicalMatches):
        raise TypeError("parts of passages need the lexical source")
    near = interaction(pieces.vectors, _worths(pieces, lexical), codes)
    own = dict(zip(_OF_PIECES, (*near.stretches, near.pairs), strict=True))
    features = {name: values[places] for name, values in ranked.hits.features.items()}
    features |= {name: pieces.known * values for name, values in own.items()}
    return np.asarray(sum(weight * features[name] for name, weight in learnt.features.items()))


def _worths(pieces: Pieces, lexical: LexicalMatches) -> Scores:
    """Return what each piece of the question counts: as much as the term of its word is worth."""
    worth = lexical.worth
    return np.array([max((worth.get(term, 0.0) for term in its), default=0.0) for its in pieces.terms])


def _titles(rows: Rows, lexical: LexicalMatches, generation: Generation) -> Scores:
    """Return for each row the share of what the question's terms are worth that stand in its title and headings."""
    worth, total = lexical.worth, sum(lexical.worth.values())
    if not total:
        return np.zeros(len(rows))

    def share(heading: tuple[str, str | None]) -> float:
        return sum(worth[term] for term in _distinct_terms(*heading) & worth.keys()) / total

    headings = [generation.heading(int(row)) for row in rows]
    shares = {heading: share(heading) for heading in set(headings)}
    return np.array([shares[heading] for heading in headings])
