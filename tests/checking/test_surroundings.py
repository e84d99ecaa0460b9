"""The sentence around a place, the quotation it is in, and whether more was said in that sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checking.told import told

from briefbot.checking.surroundings import quoted, same_paragraph, sentence_around, surroundings
from briefbot.model import Span


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("One is here. Two is there. Three.", "is there", "Two is there."),
        ("One is here. Two is there. Three.", "here. Two", "One is here. Two is there."),
        ("He met Sen. Lee there. Three.", "Lee", "He met Sen. Lee there."),
        ("“We go!” he said, if asked. Three.", "We go", "“We go!” he said, if asked."),
        ("I doubt it ... We go. Three.", "We go", "I doubt it ... We go."),
        ("First part.\n\nSecond part\n\nThird part.", "Second", "Second part"),
        ("alone", "alone", "alone"),
        ("我不去。你去吗？", "你去", "你去吗？"),
    ],
)
def test_the_whole_sentence(text: str, words: str, sentence: str) -> None:
    assert sentence_around(text, span_of(text, words)).of(text) == sentence


def test_a_place_in_one_quotation_or_in_two_or_partly_in_none() -> None:
    document, quotations = told("“We go,”<Kim 1> said Kim, “when it rains.”<Kim 1> “Stay!”<Lee> He left.")
    one, rest, other = quotations

    def inside(*pieces: str) -> tuple[object, bool, bool]:
        found = quoted(document, [span_of(document.text, it) for it in pieces], quotations)
        return found.first, found.whole, found.one

    assert inside("We go") == (one, True, True)
    assert inside("We", "rains") == (one, True, True)
    assert inside("when it rains.” “Stay") == (rest, True, False)
    assert inside("Stay!” He left") == (other, False, True)
    assert inside("He left") == (None, False, False)


def test_of_nested_quotations_the_inner_one_is_taken() -> None:
    document, (inner,) = told("“He told me „we go“<Lee> and left,” said Kim.")
    span = span_of(document.text, "He told me „we go“ and left,")
    outer = replace(inner, span=span, text=span.of(document.text), utterance=1)

    assert quoted(document, [span_of(document.text, "we go")], [outer, inner]).first == inner
    assert quoted(document, [span_of(document.text, "told me „we go")], [outer, inner]).first == outer


@pytest.mark.parametrize(
    ("text", "words", "is_part"),
    [
        ("“We go home now.”<Kim>", "We go home now", False),
        ("“We go home now.”<Kim>", "We go home", True),
        ("“We go home now.”<Kim>", "go home now", True),
        ("“We go home. They stay there.”<Kim>", "They stay there", False),
        ("“We go,”<Kim 1> said Kim, “if asked.”<Kim 1>", "We go", True),
        ("“We go.”<Kim 1> said Kim. “They stay.”<Kim 1>", "They stay", False),
        ("“We go;”<Kim 1> said Kim: “They stay.”<Kim 1>", "They stay", False),
        ("He is not “a great man”<Kim> for us.", "a great man", True),
        ("He is “a great man”<Kim> for us.", "a great man", False),
        ("He is no “Einstein”<Kim> for us.", "Einstein", True),
    ],
)
def test_whether_more_was_said_in_the_sentence(text: str, words: str, is_part: bool) -> None:
    document, quotations = told(text)
    span = span_of(document.text, words)
    inside = quoted(document, [span], quotations).first

    assert surroundings(document, span, quotations, inside).is_part is is_part


def test_a_blank_line_ends_a_paragraph() -> None:
    assert same_paragraph("one\ntwo", Span(0, 7))
    assert not same_paragraph("one\n \ntwo", Span(0, 9))
