"""Languages that a model does not know are told by how it cuts their words, and only to who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.search.familiarity import Unfamiliar, in_words, unfamiliar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ENGLISH = "The red tram stops at the harbour every ten minutes, and on Sundays it stops at the market as well."
GERMAN = "Die rote Bahn hält alle zehn Minuten am Hafen, und an den Sonntagen hält sie außerdem noch am Markt."
CHINESE = "红色电车每十分钟停靠港口一次，星期日还会停靠市场。乘客需要在车上买票，司机会告诉你在哪里下车。" * 5
PLAIN_WORDS = set(ENGLISH.lower().replace(",", "").replace(".", "").split())


def count(words: Sequence[str]) -> list[int]:
    """Cut all but English words in two."""
    return [1 if word.lower() in PLAIN_WORDS else 2 for word in words]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for n in range(12):
        desk.write(f"en/{n}.txt", "\n\n".join([ENGLISH] * 3))
    desk.write("de/a.txt", "\n\n".join([GERMAN] * 4))
    desk.write("zh/a.txt", "\n\n".join([CHINESE] * 3))
    desk.write("fr/a.txt", "Le tram rouge s'arrête au port toutes les dix minutes.")
    desk.build()
    return desk


def found(desk: Desk, scope: Scope) -> tuple[Unfamiliar, ...]:
    with open_current(desk.index) as generation:
        return unfamiliar(generation, generation.visible(scope).rows, count)


def test_languages_whose_words_are_cut_are_told_with_how_much_is_in_them(desk: Desk) -> None:
    with open_current(desk.index) as generation:
        rows = generation.rows_by_language(generation.visible(Scope.everything()).rows)
    total = sum(map(len, rows.values()))
    told = {one.language: (one.passages, one.of) for one in found(desk, Scope.everything())}
    assert told == {"zh": (len(rows["zh"]), total), "de": (4, total)}  # of French there is too little
    assert list(told) == ["de", "zh"]


def test_what_may_not_be_seen_is_not_told(desk: Desk) -> None:
    assert [one.language for one in found(desk, Scope(frozenset({"de/a.txt", "en/1.txt"})))] == ["de"]
    assert found(desk, Scope(frozenset({"en/1.txt"}))) == ()
    assert found(desk, Scope(frozenset())) == ()


def test_it_is_one_sentence() -> None:
    some = (Unfamiliar("de", 1_200, 4_000), Unfamiliar("fr", 300, 4_000))
    assert in_words(some, "a model") == (
        "of all 4,000, 1,200 in de, 300 in fr: the model a model does not know the language, so that they are found by "
        "their words alone"
    )
    assert in_words((), "a model") == ""
