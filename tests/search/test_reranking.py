"""The first hits are put in the order of the learnt model, whose features are what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.answering import open_library, search
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search import reranking
from briefbot.search.reranking import Weights, pieces_of, weights
from briefbot.search.sources import DenseSource, LexicalSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefbot.answering import Library
    from briefbot.search.ranking import Hits

TEXTS = {
    "a.md": "# Grain\n\nKim sent grain. Nothing else was sent by train to anybody.\n",
    "b.txt": "Putin met Kim in Vladivostok. Grain was not a subject there.\n",
    "c.txt": "Ships were late.\n\nThe harbour of Vladivostok was closed.\n",
}
FEATURES = {"cosine", "short", "middle", "long", "pairs", "bm25", "alone", "coverage", "title"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    desk = Desk(tmp_path)
    for name, text in TEXTS.items():
        desk.write(name, text)
    desk.build()
    with open_current(desk.index) as generation:
        yield open_library(generation, desk.encoder, (DenseSource(generation), LexicalSource(generation)), ())


def ranked(library: Library, text: str, **counted: float) -> Hits:
    learnt = Weights(library.encoder.source, counted)
    return search(Question(text, Scope.everything()), replace(library, weights=learnt)).ranked.hits


def names(hits: Hits, library: Library) -> list[tuple[str, int]]:
    return [library.generation.place(hit.row) for hit in hits]


def test_the_score_is_the_sum_of_weight_times_feature(library: Library) -> None:
    hits = ranked(library, "Who sent grain to Vladivostok?", long=2.0, title=-1.0, bm25=0.5)
    assert len(hits) == 4
    assert list(hits.scores) == sorted(hits.scores, reverse=True)
    for hit in hits:
        assert set(hit.features) == FEATURES
        found = hit.features
        assert hit.score == pytest.approx(2 * found["long"] - found["title"] + 0.5 * found["bm25"])


@pytest.mark.parametrize(
    ("feature", "first"),
    [("title", ("a.md", 1)), ("coverage", ("b.txt", 1)), ("bm25", ("b.txt", 1)), ("long", ("b.txt", 1))],
)
def test_each_feature_puts_in_front_what_it_speaks_for(library: Library, feature: str, first: tuple[str, int]) -> None:
    text = "grain" if feature == "title" else "Putin Kim Vladivostok grain"
    assert names(ranked(library, text, **{feature: 1.0}), library)[0] == first


def test_title_is_the_share_of_worth_in_title_and_headings(library: Library) -> None:
    hits = ranked(library, "grain", title=1.0)
    assert {place: hit.features["title"] for place, hit in zip(names(hits, library), hits, strict=True)} == {
        ("a.md", 1): 1.0, ("b.txt", 1): 0.0, ("c.txt", 1): 0.0, ("c.txt", 2): 0.0
    }  # fmt: skip


def test_what_the_model_does_not_know_counts_by_its_words_alone(library: Library) -> None:
    known = ranked(library, "Vladivostok harbour", cosine=1.0)[0].features
    unknown = ranked(library, "V l a", cosine=1.0)[0].features
    assert known["alone"] == 0
    assert known["bm25"] == 1
    assert [unknown[name] for name in ("cosine", "short", "middle", "pairs", "bm25")] == [0] * 5


def test_hits_that_are_not_looked_at_stand_below_in_the_order_of_fusion(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    fused = search(Question("Kim grain", Scope.everything()), library).ranked.hits
    monkeypatch.setattr(reranking, "DEPTH", 2)
    hits = ranked(library, "Kim grain", long=-1.0)
    assert set(hits.rows[:2]) == set(fused.rows[:2])
    assert hits.rows[2:].tolist() == fused.rows[2:].tolist()
    assert (np.diff(hits.scores) <= 0).all()
    assert np.isnan(hits.features["long"][2:]).all()


def test_nothing_found_stays_nothing(library: Library) -> None:
    nobody = Scope(frozenset())
    learnt = replace(library, weights=Weights("words-1", {"long": 1.0}))
    assert len(search(Question("Kim", nobody), learnt).ranked.hits) == 0


def test_each_piece_belongs_to_the_word_that_it_stands_in(library: Library) -> None:
    text = "Where's  ships' harbour, v2.4.1?"
    pieces = pieces_of(text, library.encoder.encode_with_pieces([text])[0], ("en",))
    assert pieces.terms == (("where",), ("ship",), ("harbour",), ("v2", "4", "1", "v2.4.1"))
    assert pieces.known == 1.0


def test_weights_and_calibration_belong_to_the_model_that_they_were_learnt_with(tmp_path: Path) -> None:
    desk = Desk(tmp_path, WordEncoder(source="another model"))
    desk.write("a.txt", TEXTS["b.txt"])
    desk.build()
    with open_current(desk.index) as generation:
        other = open_library(generation, desk.encoder, (DenseSource(generation), LexicalSource(generation)), ())
        hits = search(Question("Kim", Scope.everything()), other).ranked.hits
    assert (other.weights, other.calibration) == (None, None)
    assert set(hits.features) == {"dense", "lexical"}  # plain fusion
    assert (desk.ask("Kim").confidence, desk.ask("Kim").answered) == (None, True)
    assert not desk.ask('Who said "no such phrase here"?').answered  # what is asked for literally decides by itself


def test_the_weights_that_come_with_briefbot_are_of_its_features(library: Library) -> None:
    assert library.weights == weights()
    assert set(weights().features) == FEATURES
    assert len(weights().model) == 64
