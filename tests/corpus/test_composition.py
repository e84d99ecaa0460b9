"""A text and its spans, made together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from briefbot.corpus.composition import Composition
from briefbot.model import Block, Span


@given(st.lists(st.text()))
def test_every_block_is_the_exact_slice_that_was_added(pieces: list[str]) -> None:
    composition = Composition()
    for piece in pieces:
        composition.add("paragraph", piece)
    kept = [piece.strip() for piece in pieces if piece.strip()]
    assert composition.text == "\n\n".join(kept)
    assert [block.span.of(composition.text) for block in composition.blocks] == kept


def test_the_next_start_is_where_the_next_block_begins() -> None:
    composition = Composition()
    assert composition.next_start == 0
    composition.add("heading", " One ", level=2)
    assert composition.next_start == 5
    composition.add("table", "a | b\n1 | 2", header_length=5)
    assert composition.text == "One\n\na | b\n1 | 2"
    assert composition.blocks == (
        Block("heading", Span(0, 3), level=2),
        Block("table", Span(5, 16), header=Span(5, 10)),
    )
