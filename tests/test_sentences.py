from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syntok.segmenter import segment
from syntok.tokenizer import Tokenizer

from briefbot.model import Span
from briefbot.sentences import line_spans, sentence_spans, tokens_that_tell

PROSE = st.text(st.sampled_from("abK .!?…。！\"'»)\n\r\t-\u00ad\u200bé한平𝄞1,'"), max_size=80)


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)]


@given(st.one_of(PROSE, st.text(max_size=60)))
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)


@given(st.one_of(PROSE, st.text(max_size=60)))
def test_every_visible_character_is_in_exactly_one_line(text: str) -> None:
    spans = line_spans(text)
    assert [span.of(text) for span in spans] == [line.strip() for line in text.splitlines() if line.strip()]
    assert all(before.end <= after.start for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kim met Putin. They talked.", ["Kim met Putin.", "They talked."]),
        ("  One here.\n\nTwo there!  ", ["One here.", "Two there!"]),
        ("Mr. Peskov said no. He left.", ["Mr. Peskov said no.", "He left."]),
        ("It cost 1.5 million. Then it grew.", ["It cost 1.5 million.", "Then it grew."]),
        ("一九五〇年开战。苏联援助。", ["一九五〇年开战。", "苏联援助。"]),
        ("他说：「来吧。」然后走了。", ["他说：「来吧。」然后走了。"]),
        ("no end", ["no end"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_spans_count_from_the_beginning_of_the_text() -> None:
    assert sentence_spans("  𝄞 is one.  Next is two.") == (Span(2, 11), Span(13, 25))


PIECES = [
    *(
        ".",
        "...",
        "!",
        "?",
        ";",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "「",
        "」",
        "'",
        '"',
        "’",
        "”",
        ",",
        ":",
        "-",
        "。",
        "()",
    ),
    *(
        "a",
        "the",
        "The",
        "Mr",
        "Jan",
        "I",
        "IV",
        "B",
        "No",
        "no",
        "5",
        "1950",
        "U.S.",
        "e.g.",
        "don't",
        "USA",
        "iPhone",
    ),
    *(" ", "\n", "\r\n", "\t", "\u00a0", "\u200b", "\u3000", " many plain words and more of them", " x" * 60, "_", "½"),
]
MANY_PIECES = st.lists(st.sampled_from([*PIECES, *[" "] * 20]), max_size=120).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(MANY_PIECES, PROSE))
def test_what_syntok_is_shown_of_a_text_gives_the_sentences_of_the_whole(text: str) -> None:
    tokenizer = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
    whole = [found[0].offset for found in segment(tokenizer.tokenize(text)) if found]
    assert [found[0].offset for found in segment(tokens_that_tell(text)) if found] == whole
