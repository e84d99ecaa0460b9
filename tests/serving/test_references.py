"""How a passage is known again: written in few characters, read back, and refused where it is anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.model import Citation, Excerpt, Span
from briefbot.serving.references import Reference, base36, hash_of

NUMBERS = st.integers(0, 36**6 - 1)
EXCERPT = Excerpt(
    kind="paragraph",
    text="They came by train. Kim met Putin.",
    score=1.0,
    highlight=Span(20, 34),
    header=None,
    citation=Citation("visit.md", "The Visit", None, 3, None, (), (1, 1), Span(0, 34), None, None, None),
    stale=None,
    sentences=(),
    also=(),
)


def test_a_reference_is_made_of_what_a_passage_says_and_not_of_where_it_stands() -> None:
    made = Reference.of(EXCERPT)
    assert made == Reference(hash_of("visit.md"), hash_of("They came by train. Kim met Putin."), 3, 20, 34)
    assert Reference.of(replace(EXCERPT, score=0.1, kind="row", header="A,B")) == made
    assert Reference.of(replace(EXCERPT, text="They came by train. Kim met Poutine.")) != made


def test_hashes_stay_what_they_are_since_they_stand_in_messages() -> None:
    assert hash_of("visit.md") == "1hmAKbHIsgA"
    assert hash_of("") == "5KagV3R5srQ"


@given(st.text(), st.text(), NUMBERS, NUMBERS, NUMBERS)
def test_a_reference_read_back_is_the_same(document: str, words: str, number: int, start: int, end: int) -> None:
    made = Reference(hash_of(document), hash_of(words), number, start, end)
    assert Reference.read(str(made)) == made
    assert len(str(made)) <= 43


GOOD = str(Reference(hash_of("a"), hash_of("b"), 1, 2, 3))


@pytest.mark.parametrize(
    "text", ["", GOOD[1:], f" {GOOD}", f"{GOOD}\n", f"{GOOD}.0", f"{GOOD[:-1]}é", f"{GOOD[:-1]}A", f"{GOOD}000000"]
)
def test_what_is_not_quite_a_reference_is_none(text: str) -> None:
    assert Reference.read(GOOD) is not None
    assert Reference.read(text) is None


def test_numbers_are_written_with_digits_and_letters() -> None:
    assert [base36(number) for number in (0, 9, 10, 35, 36, 36**6 - 1)] == ["0", "9", "a", "z", "10", "zzzzzz"]
