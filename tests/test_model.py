"""The values themselves."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.model import Metadata, Scope, Span, in_place

TEXT = st.text(st.sampled_from("ab \t\r\n\u2028\x1c"), max_size=30)


@pytest.mark.parametrize(("text", "expected"), [(" ab ", Span(1, 3)), ("ab", Span(0, 2)), ("  ", Span(2, 2))])
def test_a_span_is_trimmed_at_both_ends(text: str, expected: Span) -> None:
    assert Span(0, len(text)).trimmed(text) == expected


@given(TEXT, st.integers(0, 30), st.integers(0, 30))
def test_what_is_trimmed_is_the_stripped_slice(text: str, start: int, length: int) -> None:
    span = Span(start, start + length)
    assert span.trimmed(text).of(text) == span.of(text).strip()


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 2)])
def test_a_span_that_runs_backwards_cannot_be_made(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


def test_metadata_speaks_where_the_better_source_is_silent() -> None:
    sidecar, own = Metadata(title="Better"), Metadata(title="Own", author="A", date=date(2024, 1, 2))
    assert sidecar.over(own) == Metadata(title="Better", author="A", date=date(2024, 1, 2))


@pytest.mark.parametrize(
    ("place", "expected"),
    [(None, True), ("a/b/c.md", True), ("a/b", True), ("a/", True), ("a/b/c", False), ("b", False), ("A", False)],
)
def test_a_document_is_in_its_folders_and_in_itself(place: str | None, *, expected: bool) -> None:
    assert in_place("a/b/c.md", place) is expected


def test_a_scope_of_no_documents_allows_none() -> None:
    assert [Scope(frozenset()).allows("a"), Scope(frozenset({"a"})).allows("a"), Scope.everything().allows("a")] == [
        False,
        True,
        True,
    ]
