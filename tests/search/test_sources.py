"""Both sources over a real index of several segments, one of them with a dead document."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.desk import Desk

from briefbot.index.store import open_current
from briefbot.model import Filters, Scope
from briefbot.search.analysis import terms
from briefbot.search.sources import DenseSource, LexicalSource, Query
from briefbot.wording import search_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefbot.index.generation import Generation

PARAGRAPHS = {
    "a.txt": ["Kim met Putin and Kim spoke.", "Grain came in ships."],
    "b.txt": ["The grain was Russian grain, tons of grain."],
    "team/c.txt": ["Putin rode the green train.", "Nobody met anybody here."],
}
DATES = {"a.txt": "2023-09-13", "team/c.txt": "2020-01-01"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.write("a.txt", "Grain grain grain of the past, which Kim met.")
    made.write("b.txt", "\n\n".join(PARAGRAPHS["b.txt"]))
    made.build()
    for name in ("a.txt", "team/c.txt"):
        made.write(name, "\n\n".join(PARAGRAPHS[name]))
        made.write(f"{name}.meta.toml", f'author = "Author of {name}"\ndate = {DATES[name]}\n')
    made.build()
    return made


@pytest.fixture
def generation(desk: Desk) -> Iterator[Generation]:
    with open_current(desk.index) as opened:
        yield opened


def query(
    desk: Desk, generation: Generation, text: str, scope: Scope | None = None, filters: Filters | None = None
) -> Query:
    allowed = generation.allowed(scope or Scope.everything(), filters or Filters())
    visible = generation.visible(scope or Scope.everything())
    return Query(desk.encoder.encode_questions([text])[0], tuple(dict.fromkeys(terms(text, "en"))), allowed, visible)


def texts(generation: Generation) -> dict[int, str]:
    """Return the search text of each live passage by its row."""
    rows = np.flatnonzero(generation.allowed(Scope.everything(), Filters()))
    passages = {int(row): generation.passage(int(row)) for row in rows}
    titles = {name: generation.document(name).title for name in generation.documents}
    return {row: search_text(titles[p.document], p.heading, p.header, p.text) for row, p in passages.items()}


def bm25(corpus: dict[int, list[str]], asked: list[str], row: int) -> float:
    """Compute BM25 by its formula (Robertson's saturation, Lucene's inverse frequency) from the terms themselves."""
    average = sum(map(len, corpus.values())) / len(corpus)
    total = 0.0
    for term in asked:
        holding = sum(term in words for words in corpus.values())
        worth = math.log(1 + (len(corpus) - holding + 0.5) / (holding + 0.5))
        frequency = corpus[row].count(term)
        total += worth * frequency / (frequency + 1.2 * (0.25 + 0.75 * len(corpus[row]) / average))
    return total


def places(generation: Generation, rows: list[int]) -> list[tuple[str, int]]:
    return [generation.place(row) for row in rows]


def test_the_index_holds_a_dead_document(generation: Generation) -> None:
    assert [entry.dead for entry in generation.manifest.segments if entry.dead] == [(0,)]
    assert generation.manifest.passages == 5


@pytest.mark.parametrize("text", ["grain", "Kim met Putin", "green train unheard", "met met met the grain"])
def test_lexical_scores_are_bm25_over_the_live_passages(desk: Desk, generation: Generation, text: str) -> None:
    corpus = {row: terms(words, "en") for row, words in texts(generation).items()}
    asked = query(desk, generation, text)
    expected = {row: bm25(corpus, list(asked.terms), row) for row in corpus}
    best = max(expected.values())
    matches = LexicalSource(generation).match(asked)
    rows = np.array(sorted(corpus), np.int64)
    assert matches.scores(rows) == pytest.approx([expected[row] / best for row in sorted(corpus)], abs=1e-9)
    assert sorted(matches.candidates(100)) == [row for row in sorted(corpus) if expected[row] > 0]
    assert expected[int(matches.candidates(1)[0])] == best


def test_a_term_is_worth_what_it_is_worth_among_live_passages(desk: Desk, generation: Generation) -> None:
    worth = LexicalSource(generation).match(query(desk, generation, "grain Kim nothing")).worth
    assert worth == pytest.approx(
        {"grain": math.log(1 + 3.5 / 2.5), "kim": math.log(1 + 4.5 / 1.5), "noth": math.log(1 + 5.5 / 0.5)}
    )


def test_coverages_are_the_share_of_worth_that_a_passage_holds(desk: Desk, generation: Generation) -> None:
    matches = LexicalSource(generation).match(query(desk, generation, "Kim grain"))
    kim, grain = math.log(1 + 4.5 / 1.5), math.log(1 + 3.5 / 2.5)
    rows = {generation.place(row): row for row in texts(generation)}
    wanted = [rows[place] for place in [("a.txt", 1), ("a.txt", 2), ("team/c.txt", 1)]]
    assert matches.coverages(np.array(wanted)) == pytest.approx([kim / (kim + grain), grain / (kim + grain), 0.0])


@pytest.mark.parametrize("text", ["grain", "Kim met Putin", "something else entirely"])
def test_dense_scores_are_cosines_moved_to_start_at_zero(desk: Desk, generation: Generation, text: str) -> None:
    live = texts(generation)
    asked = query(desk, generation, text)
    kept = desk.encoder.encode_questions([live[row] for row in sorted(live)]).astype(np.float16).astype(np.float32)
    cosines = kept @ asked.vector
    matches = DenseSource(generation).match(asked)
    rows = np.array(sorted(live), np.int64)
    assert matches.cosines(rows) == pytest.approx(cosines, abs=1e-6)
    assert matches.scores(rows) == pytest.approx((cosines + 1) / (cosines.max() + 1), abs=1e-6)
    order = rows[np.argsort(-cosines, kind="stable")].tolist()
    assert matches.candidates(2).tolist() == order[:2]
    assert sorted(matches.candidates(100)) == sorted(live)


def test_the_source_with_the_dead_document_never_shows_it(desk: Desk, generation: Generation) -> None:
    asked = query(desk, generation, "grain grain grain of the past, which Kim met")
    for source in (DenseSource(generation), LexicalSource(generation)):
        rows = source.match(asked).candidates(100).tolist()
        assert [passage.text for passage in map(generation.passage, rows) if "past" in passage.text] == []


@pytest.mark.parametrize(
    ("scope", "filters", "expected"),
    [
        (Scope(frozenset({"b.txt"})), Filters(), {"b.txt"}),
        (Scope(frozenset()), Filters(), set()),
        (Scope.everything(), Filters(document="team"), {"team/c.txt"}),
        (Scope.everything(), Filters(document="team/"), {"team/c.txt"}),
        (Scope.everything(), Filters(document="b.txt"), {"b.txt"}),
        (Scope.everything(), Filters(document="tea"), set()),
        (Scope.everything(), Filters(author="author OF A"), {"a.txt"}),
        (Scope.everything(), Filters(since=date(2023, 9, 13)), {"a.txt"}),
        (Scope.everything(), Filters(until=date(2023, 9, 12)), {"team/c.txt"}),
        (Scope.everything(), Filters(since=date(2020, 1, 1), until=date(2023, 9, 13)), {"a.txt", "team/c.txt"}),
        (Scope(frozenset({"a.txt", "b.txt"})), Filters(document="a.txt", author="Author"), {"a.txt"}),
        (Scope(frozenset({"b.txt"})), Filters(document="a.txt"), set()),
    ],
)
def test_scope_and_filters_act_before_ranking(
    desk: Desk, generation: Generation, scope: Scope, filters: Filters, expected: set[str]
) -> None:
    """Even one candidate comes from the allowed documents, however good the others are."""
    asked = query(desk, generation, "Kim met Putin and grain the", scope, filters)
    for source in (DenseSource(generation), LexicalSource(generation)):
        matches = source.match(asked)
        assert {generation.place(int(row))[0] for row in matches.candidates(100)} == expected
        assert {generation.place(int(row))[0] for row in matches.candidates(1)} <= expected
        assert len(matches.candidates(1)) == min(1, len(expected))


@pytest.mark.parametrize("frequent", [0, 1, 2])
def test_scores_do_not_depend_on_which_terms_are_taken_for_frequent(
    desk: Desk, generation: Generation, frequent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = query(desk, generation, "Kim met Putin and grain the")
    matches = LexicalSource(generation).match(asked)
    rows = np.sort(matches.candidates(100))
    monkeypatch.setattr("briefbot.search.sources._FREQUENT", frequent)
    others = LexicalSource(generation).match(asked)
    assert np.sort(others.candidates(100)).tolist() == rows.tolist() != []
    assert others.scores(rows) == pytest.approx(matches.scores(rows), abs=1e-12)
    best = matches.scores(matches.candidates(1))
    assert others.scores(others.candidates(1)) == pytest.approx(best, abs=1e-12)


def test_an_index_without_documents_has_no_candidates(tmp_path: Path) -> None:
    empty = Desk(tmp_path)
    empty.build()
    with open_current(empty.index) as generation:
        asked = query(empty, generation, "grain")
        for source in (DenseSource(generation), LexicalSource(generation)):
            assert source.match(asked).candidates(100).tolist() == []
