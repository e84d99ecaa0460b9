"""A concordance knows where every word is, and in which document and quotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.checking.told import source, told

from briefbot.checking.concordance import BETWEEN, DEPTH, UNKNOWN, Concordance
from briefbot.checking.folding import words
from briefbot.index.columns import Columns, column_chunks
from briefbot.index.disk import Disk
from briefbot.index.parts import MappedPart, write_part
from briefbot.model import Scope

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.lists(st.text("ab ", max_size=30), min_size=1, max_size=4)


def made(texts: list[str]) -> Concordance:
    return Concordance.of([(f"{i}.txt", text) for i, text in enumerate(texts)], [])


def test_places_follow_the_documents() -> None:
    concordance = made(["Ab cd AB", "", "cd"])

    assert concordance.words[: -DEPTH or None].tolist() == [1, 2, 1, 0, 0, 2, 0]
    assert concordance.starts.tolist() == [0, 3, 6, 8, 0, 0, 2]
    assert [concordance.name(i) for i in range(3)] == ["0.txt", "1.txt", "2.txt"]
    assert [concordance.document_of(place) for place in (0, 3, 4, 5)] == [0, 0, 1, 2]
    assert [concordance.last_of(i) for i in range(3)] == [3, 4, 6]
    assert [concordance.number(word) for word in ("ab", "CD", "ef")] == [1, 2, UNKNOWN]


def test_nothing_is_a_concordance_too() -> None:
    concordance = Concordance.of([], [])

    assert (concordance.documents, concordance.number("a"), concordance.having(UNKNOWN)) == (0, UNKNOWN, (0, 0))
    assert concordance.quotations_in(concordance.visible(Scope.everything())) == 0


@given(TEXTS)
def test_places_are_sorted_by_the_words_from_there_on(texts: list[str]) -> None:
    concordance = made(texts)
    padded = concordance.words
    runs = [padded[place : place + DEPTH].tolist() for place in concordance.order]

    assert sorted(concordance.order.tolist()) == list(range(len(concordance.starts)))
    assert runs == sorted(runs)


@given(TEXTS, st.lists(st.sampled_from(["a", "b", "ab", "ba", "zz"]), min_size=1, max_size=4))
def test_rows_are_all_the_places_of_a_run(texts: list[str], run: list[str]) -> None:
    concordance = made(texts)
    low, high = concordance.having(concordance.number(run[0]))
    for depth, word in enumerate(run[1:], 1):
        number = concordance.number(word)
        low, high = concordance.narrowed(low, high, depth, number) if number > BETWEEN else (0, 0)
    found = {
        (concordance.name(concordance.document_of(place)), int(concordance.starts[place]))
        for place in concordance.order[low:high].tolist()
    }

    expected = set()
    for i, text in enumerate(texts):
        here = words(text)
        forms = [word.form for word in here]
        expected |= {(f"{i}.txt", here[j].start) for j in range(len(here)) if forms[j : j + len(run)] == run}
    assert found == expected


def test_quotations_are_found_by_place_and_keep_their_rows() -> None:
    one = told("He said “we go” twice. “We stay here,”<Kim> said Kim. “We sail,”<Lee> said Lee.", "one.txt")
    two = told("“Nobody came,”<Lee> said Lee.", "two.txt")
    concordance = source(two, one).concordance

    assert (concordance.quoted(0), concordance.quoted(1)) == ([0], [1, 2])
    assert concordance.quotations_in(concordance.visible(Scope.everything())) == 3
    assert concordance.quotations_in(concordance.visible(Scope(frozenset(["two.txt"])))) == 1
    inside = concordance.in_quotations(np.arange(len(concordance.starts)))
    assert inside.tolist() == [
        *[True] * 2,
        *[False] * 3,
        *[False] * 5,
        *[True] * 3,
        *[False] * 2,
        True,
        True,
        *[False] * 3,
    ]
    assert concordance.are_quotations(np.array([0, 1]), 2).tolist() == [True, False]
    assert concordance.are_quotations(np.array([0, 1]), 1).tolist() == [False, False]


def test_a_concordance_is_kept_as_columns_and_found_in_where_they_are_mapped(tmp_path: Path) -> None:
    built = source(told("He said “we go” twice. “We stay here,”<Kim> said Kim.", "one.txt")).concordance
    disk = Disk(tmp_path)
    disk.make_folder("staging")
    disk.make_folder("parts")
    entry = write_part(disk, "staging", "concordance", list(column_chunks(built.columns)))
    kept = Columns(MappedPart(tmp_path, entry))
    mapped = Concordance(**{name: kept.whole(name) for name in built.columns})

    assert {name: it.tolist() for name, it in mapped.columns.items()} == {
        name: it.tolist() for name, it in built.columns.items()
    }
    low, high = mapped.having(mapped.number("We"))
    assert mapped.order[low:high].tolist() == built.order[low:high].tolist()
    assert high - low == 2


def test_a_folder_of_the_same_documents_has_the_same_bytes() -> None:
    one, two = made(["the same words and the same order"] * 3), made(["the same words and the same order"] * 3)

    assert all(np.array_equal(column, two.columns[name]) for name, column in one.columns.items())
    assert one.nbytes == two.nbytes > 0
