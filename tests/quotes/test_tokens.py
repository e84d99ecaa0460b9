from __future__ import annotations

import pytest

from briefbot.model import Span
from briefbot.quotes.marks import segments
from briefbot.quotes.tokens import LONGEST, Token, tokens_of
from briefbot.quotes.words import words_for


def tokens(text: str, language: str = "en") -> list[Token]:
    span = Span(0, len(text))
    outer = [(place, one) for place, one in enumerate(segments(text, [span])) if one.depth == 0]
    return tokens_of(text, span, outer, words_for(language))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mr. Hall of the U.S. left.", ["Mr.", "Hall", "of", "the", "U.S.", "left", "."]),
        ("O’Neill’s dog isn't 3.5 years", ["O’Neill", "’s", "dog", "isn't", "3.5", "years"]),
        ("J. K. Berg-Holt, @bo", ["J.", "K.", "Berg-Holt", ",", "@bo"]),
        ("李明周三表示", ["李明", "周三", "表示"]),
    ],
)  # fmt: skip
def test_words_are_divided_as_speakers_and_cues_need_it(text: str, words: list[str]) -> None:
    assert [one.text for one in tokens(text, "zh")] == words


def test_a_quotation_is_one_token_and_ends_a_sentence_where_it_ends_one() -> None:
    said = tokens("“We go.” He left. “Go,” he said")

    assert [(one.text, one.quote, one.sentence) for one in said] == [
        (".", 0, 0),
        ("He", -1, 1),
        ("left", -1, 1),
        (".", -1, 1),
        (",", 1, 2),
        ("he", -1, 2),
        ("said", -1, 2),
    ]


def test_a_token_knows_what_it_is() -> None:
    name, owner, sign, quotation = tokens("Holt's : “A”")

    assert (name.is_word, name.is_capital, owner.is_possessive, sign.is_word) == (True, True, True, False)
    assert (quotation.is_word, quotation.is_capital) == (False, False)


def test_of_a_very_long_paragraph_only_both_ends_are_read() -> None:
    read = tokens("a " * LONGEST * 2)

    assert len(read) == LONGEST
    assert (read[0].start, read[-1].start) == (0, 4 * LONGEST - 2)
