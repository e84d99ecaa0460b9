"""Laws that hold for the quotations of any text, however its marks stand, and how the work grows with the text."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.quotes.reading import document_of, found, passages_of

from briefbot.model import Document, Metadata, Passage, Quotation, Sentence, Span
from briefbot.quotes import quotations

PIECES = st.sampled_from(
    [
        *"\"“”„‟«»‹›‘’‚'「」『』`>:—.,?! \n",
        "''", "\n\n", "> ", "\n> ", " said ", "Karin Holt", " he ", "the ", "5'10\"", "n't", "Q: ", "\nA: ", "HOLT: ",
        "that ", "according to ", "他说：", "сказал ", "ï", "e\u0301", "\r\n", "\u00a0", "\ufeff", "— Bo", "(R-Tex.)",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join)
LANGUAGES = st.sampled_from(["en", "de", "zh", "tr", None, "xx"])


def whole(text: str) -> tuple[Document, tuple[Passage, ...]]:
    """A document that is one passage and one sentence, however long."""
    span, document = Span(0, len(text)), Document("notes.txt", "notes", text, Metadata(), "en", ())
    passage = Passage("notes.txt", 1, "paragraph", span, text, (), None, (1, 1), "en", None, (Sentence(span, text),))
    return document, (passage,)


@given(TEXTS, LANGUAGES)
@example("> \n> — Bo", "en")
def test_every_quotation_is_a_slice_of_its_document(text: str, language: str | None) -> None:
    for one in found(text, language):
        assert one.text == one.span.of(text) != ""
        assert one.text == one.text.strip()
        assert one.context.start <= one.span.start <= one.span.end <= one.context.end
        if one.attribution:
            assert one.attribution.speaker == one.attribution.span.of(text)
            assert 0 <= one.attribution.confidence <= 1


@given(TEXTS)
def test_direct_quotations_stand_in_order_and_do_not_overlap(text: str) -> None:
    direct = [one.span for one in found(text) if one.kind == "direct"]

    assert all(before.end <= after.start for before, after in pairwise(direct))


@given(TEXTS)
def test_utterances_are_counted_from_one_in_order_of_their_first_part(text: str) -> None:
    numbers = [one.utterance for one in found(text)]

    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))


@given(TEXTS)
def test_the_same_document_has_the_same_quotations(text: str) -> None:
    assert found(text) == found(text)


@given(TEXTS)
def test_nothing_within_code_is_a_quotation(text: str) -> None:
    document, passages = whole(text)
    code = tuple(Passage(*(*fields[:2], "code", *fields[3:])) for fields in map(values, passages))

    assert quotations(document, code) == ()


def values(passage: Passage) -> tuple[Any, ...]:
    return tuple(getattr(passage, name) for name in Passage.__dataclass_fields__)


def work(text: str) -> int:
    """How many functions of the package are entered to find the quotations of a text."""
    entered = 0

    def count(frame: Any, event: str, _: Any) -> None:
        nonlocal entered
        entered += event in ("call", "c_call")

    document, passages = whole(text)
    quotations(*whole("“Warm,” said Bo."))  # what is read once
    sys.setprofile(count)
    try:
        quotations(document, passages)
    finally:
        sys.setprofile(None)
    return entered


@pytest.mark.parametrize(
    "piece",
    ["“", "“a ", "“a ‘b ", '"a ', "”a ", "'as ' b ", "«»", "`a` ", '"I am here," he said. ', "Kim said “I go.” ",
     "Q: a b.\nA: c d.\n", "> hi\n", "“‘", "Kim ( ", "official ", "他说：“好。”", "Kim said that it is "],
    ids=repr,
)  # fmt: skip
def test_the_work_grows_with_the_text_and_not_faster(piece: str) -> None:
    short, long = work(piece * 300), work(piece * 1200)

    assert long <= 4.4 * short


def test_a_hundred_thousand_opening_marks_are_no_trouble() -> None:
    document, passages = whole("“a " * 100_000)

    assert len(quotations(document, passages)) <= 1


def test_a_hundred_thousand_marks_that_nest_and_close_are_one_quotation_at_most() -> None:
    document, passages = whole("He said " + "“" * 100_000 + "never" + "”" * 100_000)

    assert len(quotations(document, passages)) <= 1


def test_a_quotation_of_a_million_characters_is_found_whole() -> None:
    words = "word " * 200_000
    document, passages = whole(f"Karin Holt said, “{words}and that is all.”")

    (one,) = quotations(document, passages)
    assert (one.text, one.attribution and one.attribution.speaker) == (f"{words}and that is all.", "Karin Holt")


def test_a_long_quotation_is_one_though_its_paragraph_is_divided_for_the_model() -> None:
    words = "We go on. " * 400
    document = document_of(f"Karin Holt said, “{words}That is all.”")
    passages = passages_of(document)

    made: tuple[Quotation, ...] = quotations(document, passages)
    assert len(passages) > 1
    assert [one.text for one in made if one.kind == "direct"] == [f"{words}That is all."]
