"""A claim is laid beside the part of a document that it has most in common with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.checking.alignment import Alignment, aligned

DOCUMENT = "yesterday he said that we will never surrender to them because it is wrong and so he left"
NUMBERS = st.lists(st.integers(1, 4), max_size=30)


def numbered(claim: str, document: str) -> tuple[list[int], list[int]]:
    known: dict[str, int] = {}
    one, two = ([known.setdefault(word, len(known)) for word in text.split()] for text in (claim, document))
    return one, two


@pytest.mark.parametrize(
    ("claim", "marked", "agreeing", "beside"),
    [
        ("we will never surrender", (), ["we will never surrender"], "we will never surrender"),
        ("we will surrender to them", (), ["we will", "surrender to them"], "we will never surrender to them"),
        (
            "they will never surrender to us because",
            (),
            ["will never surrender to", "because"],
            "will never surrender to them because",
        ),
        (
            "we will never surrender because it is wrong",
            (4,),
            ["we will never surrender", "because it is wrong"],
            "we will never surrender to them because it is wrong",
        ),
        (
            "surrender to them and so he left",
            (3,),
            ["surrender to them", "and so he left"],
            "surrender to them because it is wrong and so he left",
        ),
    ],
)
def test_what_agrees(claim: str, marked: tuple[int, ...], agreeing: list[str], beside: str) -> None:
    one, two = numbered(claim, DOCUMENT)
    found = aligned(one, two, set(marked))

    said = claim.split()
    assert [" ".join(said[it.first : it.first + it.length]) for it in found.blocks] == agreeing
    assert " ".join(DOCUMENT.split()[found.start : found.end]) == beside


def test_the_place_that_has_more_is_taken_of_two_with_the_same_beginning() -> None:
    one, two = numbered("they move it to my city", "they move it to Lima and then they move it to my city")

    assert aligned(one, two, set()).blocks == ((0, 7, 6),)


def test_a_word_that_agrees_by_chance_before_a_leap_does_not_count() -> None:
    one, two = numbered("of far we have seen it", "the end of the long investigation so far we have seen it")

    assert aligned(one, two, set()).blocks == ((1, 7, 5),)


def test_the_nearest_place_is_taken_after_an_omission_mark() -> None:
    one, two = numbered("we go home and stay", "we go home or we go home early and stay")

    assert aligned(one, two, {3}).blocks == ((0, 4, 3), (3, 8, 2))


@given(NUMBERS, NUMBERS, st.sets(st.integers(1, 29)))
def test_blocks_agree_and_follow_one_another(claim: list[int], document: list[int], marked: set[int]) -> None:
    found = aligned(claim, document, marked)
    first = place = 0
    for block in found.blocks:
        assert block.length > 0
        assert block.first >= first
        assert block.place >= place
        first, place = block.first + block.length, block.place + block.length
        assert claim[block.first : first] == document[block.place : place]
        assert found.start <= block.place < place <= found.end
    assert 0 <= found.start <= found.end <= max(1, len(document))


@given(NUMBERS.filter(bool), NUMBERS, NUMBERS)
def test_a_claim_that_is_there_agrees_as_a_whole(claim: list[int], before: list[int], after: list[int]) -> None:
    assert aligned(claim, [*before, *claim, *after], set()).matched == len(claim)


def test_nothing_agrees_with_nothing() -> None:
    assert aligned([], [], set()) == Alignment((), 0, 1)
