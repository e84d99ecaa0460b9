"""What is read beside answers: a passage known again, its surroundings, a document's paragraphs; never out of scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk
from tests.serving.stage import library_with

from briefbot.index.store import open_current
from briefbot.model import Scope, Span
from briefbot.serving.reading import around, excerpt_at, paragraphs, place_of, places
from briefbot.serving.references import Reference, hash_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefbot.answering import Library
    from briefbot.serving.reading import Stretch

ALL = Scope.everything()
FIVE = "\n\n".join(f"Paragraph {number} stands here." for number in range(1, 6))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("five.txt", FIVE)
    made.write("other.txt", "Another one. It is short.")
    made.build()
    return made


@pytest.fixture
def library(desk: Desk) -> Iterator[Library]:
    with open_current(desk.index) as generation:
        yield library_with(desk.encoder)(generation)


def reference(number: int, name: str = "five.txt", text: str = "", start: int = 0, end: int = 9) -> Reference:
    return Reference(hash_of(name), hash_of(text or f"Paragraph {number} stands here."), number, start, end)


def shown(stretch: Stretch | None) -> tuple[list[int], int | None] | None:
    return stretch and ([each.citation.paragraph for each in stretch.paragraphs], stretch.cited)


def test_a_passage_is_found_by_its_words_with_the_sentence_that_answered(library: Library) -> None:
    found = excerpt_at(library, ALL, reference(3))
    assert found is not None
    assert (found.text, found.highlight, found.citation.document) == (
        "Paragraph 3 stands here.",
        Span(0, 9),
        "five.txt",
    )


def test_the_number_is_only_a_hint_and_a_sentence_that_cannot_be_is_the_whole_passage(library: Library) -> None:
    for number in (1, 99, 0):
        moved = Reference(hash_of("five.txt"), hash_of("Paragraph 3 stands here."), number, 5, 9_999)
        found = excerpt_at(library, ALL, moved)
        assert found is not None
        assert (found.citation.paragraph, found.highlight) == (3, Span(0, 24))


def test_a_passage_moved_to_another_place_of_its_document_is_still_found(desk: Desk) -> None:
    desk.write("five.txt", f"A new beginning.\n\n{FIVE}")
    desk.build()
    with open_current(desk.index) as generation:
        found = excerpt_at(library_with(desk.encoder)(generation), ALL, reference(3))
        assert found is not None
        assert found.citation.paragraph == 4


def test_what_is_gone_or_may_not_be_seen_is_none(desk: Desk, library: Library) -> None:
    absent = [reference(3, text="Other words."), reference(3, name="six.txt")]
    assert [excerpt_at(library, ALL, each) for each in absent] == [None, None]
    assert [around(library, ALL, each, 2) for each in absent] == [None, None]
    hidden = Scope(frozenset({"other.txt"}))
    assert excerpt_at(library, hidden, reference(3)) is None
    assert around(library, hidden, reference(3), 2) is None
    assert paragraphs(library, hidden, "five.txt", range(1, 6)) is None
    (desk.corpus / "five.txt").unlink()  # the index does not know of it yet
    assert excerpt_at(library, ALL, reference(3)) is None
    assert around(library, ALL, reference(3), 2) is None
    assert paragraphs(library, ALL, "five.txt", range(1, 6)) is None


def test_around_a_passage_are_its_neighbours_as_far_as_there_are_any(library: Library) -> None:
    assert shown(around(library, ALL, reference(3), 1)) == ([2, 3, 4], 1)
    assert shown(around(library, ALL, reference(1), 2)) == ([1, 2, 3], 0)
    assert shown(around(library, ALL, reference(5), 2)) == ([3, 4, 5], 2)
    stretch = around(library, ALL, reference(3), 1)
    assert stretch is not None
    assert [each.highlight for each in stretch.paragraphs] == [Span(0, 0), Span(0, 9), Span(0, 0)]


def test_paragraphs_are_read_by_number_and_none_is_none(library: Library) -> None:
    assert shown(paragraphs(library, ALL, "five.txt", range(4, 9))) == ([4, 5], None)
    assert shown(paragraphs(library, ALL, "five.txt", range(-3, 2))) == ([1], None)
    for name, numbers in [("five.txt", range(6, 11)), ("six.txt", range(1, 6))]:
        assert paragraphs(library, ALL, name, numbers) is None


def test_a_place_is_known_by_its_hash_among_those_that_are_given() -> None:
    names = ["a/b/c.txt", "d.txt"]
    assert places("a/b/c.txt") == ("a", "a/b", "a/b/c.txt")
    assert [place_of(names, hash_of(place)) for place in ("a", "a/b", "a/b/c.txt", "d.txt")] == [
        "a",
        "a/b",
        "a/b/c.txt",
        "d.txt",
    ]
    assert place_of(names, hash_of("b")) is None
    assert place_of([], hash_of("a")) is None
